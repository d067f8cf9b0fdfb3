/** Looking at a chosen file before a byte of it is sent. */
import { TIMING } from "./options.js";

const VIDEO_NAME = /\.(mp4|m4v|mov|webm|mkv|avi|3gp|mpe?g|ogv)$/i;

/** Why the file cannot be a message (`empty`, `not_video`, `too_large`), or null. */
export function fileProblem(file, { maxBytes }) {
  const isVideo = file.type ? file.type.startsWith("video/") : VIDEO_NAME.test(file.name);
  if (!isVideo) return "not_video";
  if (file.size === 0) return "empty";
  return file.size > maxBytes ? "too_large" : null;
}

/** `too_long`, or null; a film that this browser cannot read is left for the server to judge. */
export async function lengthProblem(file, { maxSeconds }) {
  const seconds = await readSeconds(file);
  return seconds !== null && seconds > maxSeconds + 1 ? "too_long" : null;
}

function readSeconds(file) {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.preload = "metadata";
  return new Promise((resolve) => {
    const answer = () => resolve(Number.isFinite(video.duration) ? video.duration : null);
    setTimeout(answer, TIMING.metadataTimeoutMs);
    video.addEventListener("loadedmetadata", answer);
    video.addEventListener("error", answer);
    video.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}
