/** A video with one big button, which goes on where it was after its links have expired. */
import { freshPlayer } from "./links.js";

const TRIES = 2; // without a picture in between: then the viewer is asked

export function start(root) {
  root.querySelectorAll("[data-gc-player]").forEach((node) => new Player(node));
}

class Player {
  constructor(node) {
    this.video = node.querySelector("video");
    this.button = node.querySelector("[data-gc-play]");
    this.trouble = node.querySelector("[data-gc-trouble]");
    this.save = document.querySelector("[data-gc-save]");
    this.lastsMs = Number(node.dataset.gcSeconds) * 1000;
    this.renewedAt = Date.now();
    this.tries = 0;
    this.playing = false;
    this.position = 0;
    this.listen();
    this.offer();
  }

  listen() {
    this.button.addEventListener("click", () => this.play());
    this.video.addEventListener("play", () => this.watching());
    this.video.addEventListener("pause", () => { this.playing = false; });
    this.video.addEventListener("timeupdate", () => this.remember());
    this.video.addEventListener("ended", () => this.offerAgain());
    this.video.addEventListener("error", () => this.recover());
    this.save?.addEventListener("click", (event) => this.saveLater(event));
  }

  offer() {
    this.video.controls = false;
    this.button.hidden = false;
    this.button.classList.remove("gc-play--open");
  }

  offerAgain() {
    this.button.classList.add("gc-play--again");
    this.button.querySelector("[data-gc-play-text]").textContent = this.button.dataset.gcAgain;
    this.offer();
  }

  /** The button leaves at once; the focus stays with the video. */
  watching() {
    this.playing = true;
    this.video.controls = true;
    if (this.button.contains(document.activeElement)) this.video.focus();
    this.button.classList.add("gc-play--open");
    this.trouble.hidden = true;
  }

  remember() {
    if (this.video.currentTime === 0) return;
    this.position = this.video.currentTime;
    this.tries = 0;
  }

  async play() {
    this.playing = true;
    if (this.video.error) await this.recover();
    else await this.video.play().catch(() => {}); // what went wrong is told by the error event
  }

  async recover() {
    this.tries += 1;
    if (this.tries > TRIES || !(await this.renewed())) this.giveUp();
  }

  giveUp() {
    this.tries = 0;
    this.playing = false;
    this.trouble.hidden = false;
    this.offer();
  }

  /** New addresses for the same files. False where they are not to be had. */
  async renewed() {
    const fresh = await freshPlayer().catch(() => undefined);
    if (fresh === null) location.reload(); // withdrawn in the meantime: the page says so
    if (!fresh) return false;
    if (this.save) this.save.href = fresh.ownerDocument.querySelector("[data-gc-save]").href;
    this.renewedAt = Date.now();
    this.goOn(fresh.querySelector("video"));
    return true;
  }

  goOn({ src, poster }) {
    this.video.poster = poster;
    this.video.src = src;
    this.video.currentTime = this.position;
    if (this.playing) this.play();
  }

  async saveLater(event) {
    if (Date.now() - this.renewedAt < this.lastsMs) return;
    event.preventDefault();
    if (await this.renewed()) location.assign(this.save.href);
    else location.reload();
  }
}
