/** MediaRecorder: which type to record, and one film in chunks. */
import { FILM, TIMING } from "./options.js";

/** The first type that this browser can both record and play back; "" leaves the choice to the recorder. */
export function pickMime(canRecord, canPlay = () => true, wanted = FILM.types) {
  return wanted.find((type) => canRecord(type) && canPlay(type)) ?? "";
}

function recorderOptions(scope) {
  const player = scope.document.createElement("video");
  const mimeType = pickMime(
    (type) => scope.MediaRecorder.isTypeSupported(type),
    (type) => player.canPlayType(type) !== "",
  );
  const { videoBitsPerSecond, audioBitsPerSecond } = FILM;
  // Without regular key frames an mp4 recorder hands out nothing before the end.
  const keyFrames = { videoKeyFrameIntervalDuration: TIMING.timesliceMs };
  return { ...(mimeType && { mimeType }), ...keyFrames, videoBitsPerSecond, audioBitsPerSecond };
}

export class Capture {
  #wasAsked = false;

  /**
   * `onStart(type)`, `onChunk(blob)` each second, `onEnd({broken})` once, after the last chunk; broken when
   * it ended without being asked to. Throws when this browser cannot record the stream.
   */
  constructor(stream, { onStart, onChunk, onEnd, scope = globalThis }) {
    this.recorder = new scope.MediaRecorder(stream, recorderOptions(scope));
    this.recorder.addEventListener("start", () => onStart(this.type), { once: true });
    this.recorder.addEventListener("dataavailable", ({ data }) => data.size && onChunk(data));
    this.recorder.addEventListener("error", () => this.breakOff());
    this.recorder.addEventListener("stop", () => onEnd({ broken: !this.#wasAsked }), { once: true });
  }

  /** What the recorder reports, never what was asked for. */
  get type() {
    return this.recorder.mimeType || "video/webm";
  }

  start() {
    this.recorder.start(TIMING.timesliceMs);
  }

  stop() {
    this.#wasAsked = true;
    this.breakOff();
  }

  /** Something went away: keep what there is. */
  breakOff() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }
}
