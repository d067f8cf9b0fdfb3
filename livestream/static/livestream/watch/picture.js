/** Puts one source into the video element, and takes it out again. */
import { abilities, loadHls, wayOf } from "./sources.js";

export class Picture extends EventTarget {
  /** Fires `trouble` where the source does not play, `unable` where this browser never will. */
  constructor({ video, hlsUrl }) {
    super();
    Object.assign(this, { video, hlsUrl });
    video.addEventListener("error", () => this.hls || this.#tell("trouble"));
  }

  /** Plays nothing yet. What an older call is still loading is forgotten. */
  async put(src) {
    this.clear();
    const turn = (this.turn = {});
    const can = abilities(this.video, this.hlsUrl);
    const way = wayOf(src, can);
    if (way === "hls") await this.#putHls(src, turn, can);
    else if (way === "native") this.#putNative(src);
    else this.#tell("unable");
  }

  clear() {
    this.turn = undefined;
    this.hls?.destroy();
    this.hls = undefined;
    if (!this.video.hasAttribute("src")) return;
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** No more is loaded; the last picture stays. */
  freeze() {
    this.video.pause();
    this.hls?.stopLoad();
  }

  /** Where "live" is, in seconds of the video; undefined where nobody knows. */
  edge() {
    const { seekable } = this.video;
    const last = seekable.length ? seekable.end(seekable.length - 1) : undefined;
    return this.hls?.liveSyncPosition ?? last;
  }

  #putNative(src) {
    if (this.video.getAttribute("src") !== src) this.video.src = src;
  }

  async #putHls(src, turn, can) {
    const Hls = await loadHls(can.hlsUrl).catch(() => undefined);
    if (turn !== this.turn) return;
    if (Hls?.isSupported()) this.#attach(Hls, src);
    else if (can.playsPlaylists) this.#putNative(src);
    else this.#tell("unable");
  }

  #attach(Hls, src) {
    this.hls = new Hls({ liveSyncDurationCount: 2, enableWorker: true });
    this.hls.on(Hls.Events.ERROR, (_, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) this.hls?.recoverMediaError();
      else this.#tell("trouble");
    });
    this.hls.loadSource(src);
    this.hls.attachMedia(this.video);
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
