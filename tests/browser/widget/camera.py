"""Scripts for a page: cameras with troubles that Chromium's fake device does not have."""

KEEP_STREAMS = """() => {
  window.streams = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    window.streams.push(stream);
    return stream;
  };
}"""
TRACK_STATES = "window.streams.flatMap((stream) => stream.getTracks()).map((track) => track.readyState)"
STOP_TRACKS = "window.streams.forEach((stream) => stream.getTracks().forEach((track) => track.stop()))"
UNPLUG = "window.streams.at(-1).getVideoTracks()[0].dispatchEvent(new Event('ended'))"

BUSY = """navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("in use", "NotReadableError");
};"""
NO_MICROPHONE = """{
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.audio) throw new DOMException("no microphone", "NotFoundError");
    return open(wanted);
  };
}"""
NO_ANSWER_YET = """{
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => new Promise((resolve) => {
    window.allow = async () => {
      window.streams = [await open(wanted)];
      resolve(window.streams[0]);
    };
  });
}"""
NO_RECORDER = "delete window.MediaRecorder;"
INSECURE = "Object.defineProperty(window, 'isSecureContext', { value: false });"
