/** The replay's products: at their moments on the video, on the timeline, and in a list to jump from. */

const MOST = 3;

/** The cards at this moment: those that were pinned last, in their order. */
export function shownAt(chapters, ms) {
  const now = chapters.filter(({ start_ms: start, end_ms: end }) => start <= ms && ms < end);
  return now.slice(-MOST).map(({ card }) => card);
}

/** The place of a chapter on a timeline of so many milliseconds, in percent: [from, width]. */
export function placeOf({ start_ms: start, end_ms: end }, duration) {
  const from = Math.min(start / duration, 1) * 100;
  return [from, Math.min(end / duration, 1) * 100 - from];
}

export function clock(ms) {
  const all = Math.floor(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

export class Chapters {
  /** `show(cards)` shows those of the moment, `jump(seconds)` moves the video. */
  constructor({ parts, blank, video, show, jump, say }) {
    Object.assign(this, { ...parts, blank, video, show, jump, say, found: [] });
    video.addEventListener("timeupdate", () => this.#follow());
    video.addEventListener("seeking", () => this.#follow());
    video.addEventListener("durationchange", () => this.#draw());
    this.moments.addEventListener("click", (event) => this.#clicked(event, "[data-lv-jump]"));
    this.timeline.addEventListener("click", (event) => this.#clicked(event, "[data-lv-jump]"));
  }

  /** Shows these chapters; none takes everything away. */
  set(found) {
    this.found = found;
    this.moments.replaceChildren(...found.map((chapter) => this.#moment(chapter)));
    this.chapters.hidden = found.length === 0;
    this.#draw();
    if (found.length) this.#follow();
  }

  #moment({ start_ms: start, title, card }) {
    const node = this.blank();
    const part = (name) => node.querySelector(`[data-lv-${name}]`);
    part("jump").dataset.lvJump = start;
    part("jump").href = `#t=${Math.floor(start / 1000)}`;
    part("jump").setAttribute("aria-label", this.say("jump", { title, time: clock(start) }));
    part("time").textContent = clock(start);
    part("title").textContent = title;
    part("image").hidden = !card.image;
    if (card.image) part("image").src = card.image;
    return node;
  }

  #draw() {
    const duration = this.video.duration * 1000;
    this.timeline.hidden = !(this.found.length && duration > 0 && Number.isFinite(duration));
    if (this.timeline.hidden) return;
    this.played = mark("played");
    this.marks = this.found.map((chapter) => {
      const [from, width] = placeOf(chapter, duration);
      const node = Object.assign(mark("moment"), { title: chapter.title });
      node.dataset.lvJump = chapter.start_ms;
      node.style.insetInlineStart = `${from}%`;
      node.style.inlineSize = `${width}%`;
      return node;
    });
    this.timeline.replaceChildren(...this.marks, this.played);
  }

  #follow() {
    if (!this.found.length) return;
    const ms = this.video.currentTime * 1000;
    this.show(shownAt(this.found, ms));
    this.found.forEach(({ start_ms: start, end_ms: end }, place) => this.#light(place, start <= ms && ms < end));
    if (this.played) this.played.style.inlineSize = `${(ms / (this.video.duration * 1000)) * 100}%`;
  }

  #light(place, isNow) {
    const link = this.moments.children[place].querySelector("[data-lv-jump]");
    if (isNow) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    this.marks?.[place]?.toggleAttribute("data-lv-now", isNow);
  }

  #clicked(event, selector) {
    const target = event.target.closest(selector);
    if (!target) return;
    event.preventDefault();
    this.jump(Number(target.dataset.lvJump) / 1000);
  }
}

function mark(kind) {
  return Object.assign(document.createElement("span"), { className: `lv-timeline__${kind}` });
}
