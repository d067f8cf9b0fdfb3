/** The stage: the rounded screen that shows the camera, a film or a picture of what is going on. */
import { h } from "./elements.js";
import { icon } from "./icons.js";

const WIDEST = 16 / 9;
const TALLEST = 9 / 16;
const FIRST_FRAME = 0.01; // iOS paints nothing at 0

export class Stage {
  element = h("div", { class: "gc-stage" });
  #media = null;

  /** The same media node stays where it is: moving a playing video would interrupt it. */
  show(media, overlay = null) {
    if (this.#media !== media) this.#replace(media);
    this.element.replaceChildren(...[media, overlay].filter(Boolean));
  }

  #replace(media) {
    this.#media?.release?.();
    this.#media = media;
    this.element.style.removeProperty("--gc-ratio");
    ["loadedmetadata", "resize"].forEach((name) => media.addEventListener(name, () => this.#fit(media)));
    this.#fit(media);
  }

  #fit(media) {
    if (media !== this.#media || !media.videoWidth) return;
    const ratio = Math.min(Math.max(media.videoWidth / media.videoHeight, TALLEST), WIDEST);
    this.element.style.setProperty("--gc-ratio", ratio.toFixed(4));
  }
}

/** A picture in the place of a film. `mood`: calm, good or bad. */
export function picture(symbol, mood = "calm") {
  const medal = h("span", { class: "gc-medal" }, icon(symbol));
  return h("div", { class: `gc-picture gc-picture--${mood}` }, medal);
}

/** The camera as a mirror: that is how people know their face. */
export function mirror(stream) {
  const video = h("video", { class: "gc-video gc-video--mirror", playsinline: true, autoplay: true });
  video.setAttribute("aria-hidden", "true");
  video.muted = true;
  video.srcObject = stream;
  video.play().catch(() => {}); // autoplay does it where a bare play() may not
  return video;
}

/** A film to watch, from a Blob or an address; `onUnplayable` when this browser cannot. */
export function player({ film, poster, label, playLabel, onUnplayable = () => {} }) {
  const url = film instanceof Blob ? URL.createObjectURL(film) : film;
  const video = h("video", { class: "gc-video", playsinline: true, "aria-label": label, poster });
  const start = h("button", { type: "button", class: "gc-play", "aria-label": playLabel }, icon("play"));
  const frame = h("div", { class: "gc-player" }, video, start);
  start.addEventListener("click", () => play(video));
  video.addEventListener("play", () => handOver(video, start));
  video.addEventListener("error", () => onUnplayable(frame));
  video.addEventListener("loadedmetadata", () => settle(video, frame), { once: true });
  video.preload = poster ? "none" : "auto";
  video.src = url;
  frame.release = () => release(video, url);
  return frame;
}

function play(video) {
  video.play().catch(() => {}); // the error event tells
  video.focus();
}

function handOver(video, start) {
  start.remove();
  video.controls = true;
}

/** A recorded webm does not say how long it is until its end was looked for. */
async function settle(video, frame) {
  Object.assign(frame, { videoWidth: video.videoWidth, videoHeight: video.videoHeight });
  frame.dispatchEvent(new Event("resize"));
  if (video.duration === Infinity) await findEnd(video);
  if (video.paused) video.currentTime = FIRST_FRAME;
}

function findEnd(video) {
  return new Promise((resolve) => {
    video.addEventListener("durationchange", () => Number.isFinite(video.duration) && resolve());
    video.currentTime = Number.MAX_SAFE_INTEGER;
  });
}

function release(video, url) {
  video.pause();
  video.removeAttribute("src");
  video.load();
  URL.revokeObjectURL(url);
}
