/** What the player does in each status: trailer, live, last frame, replay. */
import { showCaptions } from "./captions.js";

const BEHIND_SECONDS = 12;
const RETRY_MS = [2_000, 3_000, 5_000, 8_000];

export class Player {
  /** `parts`: the elements of the stage by their data-lv- names. */
  constructor({ parts, picture, say }) {
    Object.assign(this, { ...parts, picture, say });
    this.tries = 0;
    this.#listen();
  }

  /** Shows a state's player. The same video goes on undisturbed. */
  show({ mode, src, poster, captions, captions_language: language }) {
    const isSame = mode === this.mode && src === this.src;
    const wasLive = this.mode === "live";
    Object.assign(this, { mode, src });
    if (!isSame) this.#begin(mode, src, { wasLive });
    if (poster) this.video.poster = poster;
    else this.video.removeAttribute("poster");
    this.plate.hidden = Boolean(src || poster || this.video.readyState > 0);
    showCaptions(this.video, captions, language);
  }

  /** Moves to a moment of the replay and plays. */
  jump(seconds) {
    this.video.currentTime = seconds;
    this.#play();
  }

  #begin(mode, src, { wasLive }) {
    clearTimeout(this.retry);
    this.tries = 0;
    this.isLate = false;
    this.video.controls = Boolean(src);
    this.video.preload = "metadata";
    this.#notice(this.#wordsFor(mode, src));
    if (mode === "frame" && wasLive) this.picture.freeze();
    else if (src) this.#put(src);
    else this.picture.clear();
    this.#offer(Boolean(src) && mode !== "live");
    this.unmute.hidden = this.edge.hidden = true;
    this.full.hidden = !(src && this.stage.requestFullscreen);
  }

  #wordsFor(mode, src) {
    if (mode === "frame") return "paused";
    if (src) return "";
    return { live: "soon", replay: "replaySoon" }[mode] ?? "";
  }

  async #put(src) {
    await this.picture.put(src);
    if (this.mode === "live") this.#autoplay();
  }

  /** Browsers let a page begin by itself only without sound. */
  #autoplay() {
    this.video.muted = true;
    this.video.play().catch((error) => this.#offer(error.name === "NotAllowedError"));
  }

  async #play() {
    await this.video.play().catch(() => {}); // what went wrong is told by the error event
  }

  #listen() {
    const { video } = this;
    video.addEventListener("playing", () => this.#playing());
    video.addEventListener("pause", () => (this.pausedAt = performance.now()));
    video.addEventListener("volumechange", () => this.#sound());
    video.addEventListener("timeupdate", () => this.#distance());
    video.addEventListener("loadedmetadata", () => this.#shape());
    this.picture.addEventListener("trouble", () => this.#trouble());
    this.picture.addEventListener("unable", () => this.#notice("noHls"));
    this.play.addEventListener("click", () => this.#play());
    this.unmute.addEventListener("click", () => this.#turnUp());
    this.edge.addEventListener("click", () => this.#toEdge());
    this.#listenToFullscreen();
  }

  #playing() {
    this.tries = 0;
    this.isLate ||= performance.now() - this.pausedAt > BEHIND_SECONDS * 1000;
    this.pausedAt = undefined;
    this.#notice("");
    this.#offer(false);
    this.#sound();
  }

  #sound() {
    const { muted, paused, readyState } = this.video;
    const isQuiet = this.mode === "live" && muted && !paused && readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
    this.#hide(this.unmute, !isQuiet);
  }

  #turnUp() {
    this.video.muted = false;
    if (this.video.volume === 0) this.video.volume = 1;
    this.#hide(this.unmute, true);
  }

  /** Some browsers do not say where "live" is; then we know of the pauses only. */
  #distance() {
    const edge = this.picture.edge();
    const isBehind = edge === undefined ? this.isLate : edge - this.video.currentTime > BEHIND_SECONDS;
    this.#hide(this.edge, !(this.mode === "live" && isBehind));
  }

  #toEdge() {
    const edge = this.picture.edge();
    this.isLate = false;
    this.#hide(this.edge, true);
    if (edge === undefined) return this.#again();
    this.video.currentTime = edge;
    return this.#play();
  }

  /** From the beginning of what is live now, with the sound as it was. */
  async #again() {
    await this.picture.put(this.src);
    await this.#play();
  }

  #shape() {
    const { videoWidth, videoHeight } = this.video;
    this.stage.toggleAttribute("data-lv-tall", videoHeight > videoWidth);
  }

  /** A live picture comes back; any other video is told about, and can be tried again. */
  #trouble() {
    if (this.mode !== "live") return this.#notice("noVideo");
    this.#notice(this.tries ? "interrupted" : "soon");
    this.#sound();
    const pause = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)];
    this.tries += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.mode === "live" && this.#put(this.src), pause);
  }

  #notice(word) {
    this.notice.textContent = word ? this.say(word) : "";
    this.notice.hidden = !word;
  }

  #offer(isOffered) {
    this.#hide(this.play, !isOffered);
  }

  /** The focus goes to the video, and is not lost with the button. */
  #hide(button, isHidden) {
    if (isHidden && button === document.activeElement) this.video.focus();
    button.hidden = isHidden;
  }

  #listenToFullscreen() {
    const { full, stage } = this;
    if (!stage.requestFullscreen) return; // an iPhone shows the video alone, by its own button
    full.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else stage.requestFullscreen().catch(() => {}); // refused in a frame, or by the viewer
    });
    document.addEventListener("fullscreenchange", () => {
      label(full, this.say(document.fullscreenElement ? "leaveFullscreen" : "fullscreen"));
    });
  }
}

/** The name of a button that is only a sign. */
export function label(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}
