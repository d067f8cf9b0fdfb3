/** Opening the camera, and its many ways to say no as a few codes. */
import { FILM } from "./options.js";

const CODES = {
  NotAllowedError: "camera_denied",
  SecurityError: "camera_denied",
  NotFoundError: "camera_missing",
  OverconstrainedError: "camera_missing",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
};

export class CameraError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Why this browser cannot record at all, or null. Asked, never guessed from its name. */
export function obstacle(scope = globalThis) {
  if (!scope.isSecureContext) return "insecure_context";
  return scope.navigator?.mediaDevices?.getUserMedia && scope.MediaRecorder ? null : "not_supported";
}

/** A stream, with sound where there is a microphone. Throws CameraError. */
export async function openCamera(scope = globalThis) {
  const problem = obstacle(scope);
  if (problem) throw new CameraError(problem);
  try {
    return await withOrWithoutSound(scope.navigator.mediaDevices);
  } catch (error) {
    throw new CameraError(CODES[error.name] ?? "camera_busy");
  }
}

async function withOrWithoutSound(devices) {
  try {
    return await devices.getUserMedia(FILM.constraints);
  } catch (error) {
    if (error.name !== "NotFoundError") throw error;
    return devices.getUserMedia({ video: FILM.constraints.video });
  }
}

export function closeCamera(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}

/** Calls back once when a camera or microphone goes away; returns how to stop watching. */
export function watchTracks(stream, onLost) {
  const tracks = stream.getTracks();
  const unwatch = () => tracks.forEach((track) => track.removeEventListener("ended", lost));
  const lost = () => {
    unwatch();
    onLost();
  };
  tracks.forEach((track) => track.addEventListener("ended", lost));
  return unwatch;
}
