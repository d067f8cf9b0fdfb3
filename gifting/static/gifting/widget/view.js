/** What the giver sees: a card in a shadow root, one page per state. Knows no network. */
import { isColor, readableOn } from "./colors.js";
import { h } from "./elements.js";
import { TIMING } from "./options.js";
import * as problems from "./problems.js";
import * as screens from "./screens.js";
import { Stage } from "./stage.js";
import * as studio from "./studio.js";

/** One function per state of `machine.js`. */
export const PAGES = Object.freeze({
  loading: screens.loading,
  welcome: screens.welcome,
  asking: studio.asking,
  preview: studio.preview,
  countdown: studio.countdown,
  recording: studio.recording,
  review: screens.review,
  writing: screens.writing,
  sending: screens.sending,
  stalled: screens.stalled,
  done: screens.done,
  refused: problems.refused,
  blocked: problems.blocked,
  locked: problems.locked,
  failed: problems.failed,
});

function nameplate(name, logoUrl) {
  const words = h("span", { class: "gc-name" }, name);
  if (!logoUrl) return words;
  const logo = h("img", { class: "gc-logo", src: logoUrl, alt: name });
  logo.addEventListener("error", () => logo.replaceWith(words));
  return logo;
}

export class View {
  #stage = new Stage();
  #header = h("header", { class: "gc-brand" });
  #banner = h("p", { class: "gc-banner", hidden: true });
  #notice = h("p", { class: "gc-notice", hidden: true });
  #body = h("div", { class: "gc-body" });
  #live = h("p", { class: "gc-live", role: "status", "aria-live": "polite" });
  #page = {};
  #state = null;
  #share = 0;
  #leftMs = 0;

  /** `session` is set afterwards: the pages call its methods. */
  constructor({ host, t, language }) {
    Object.assign(this, { host, t, session: null });
    this.root = h("div", { class: "gc", lang: language });
    host.attachShadow({ mode: "open" }).append(this.root);
  }

  /** Resolves when the style is there, or will not come: the widget works without it. */
  async open() {
    await this.#style();
    const side = h("div", { class: "gc-side" }, this.#banner, this.#notice, this.#body);
    const grid = h("div", { class: "gc-grid" }, this.#stage.element, side);
    const label = this.t("app.label");
    this.root.append(h("section", { class: "gc-card", "aria-label": label }, this.#header, grid, this.#live));
    this.show("loading", {});
  }

  #style() {
    const href = new URL("./widget.css", import.meta.url).href;
    const sheet = h("link", { rel: "stylesheet", href });
    return new Promise((resolve) => {
      setTimeout(resolve, TIMING.stylesheetTimeoutMs);
      ["load", "error"].forEach((name) => sheet.addEventListener(name, resolve));
      this.host.shadowRoot.prepend(sheet);
    });
  }

  /** `light` or `dark`. */
  paint(theme) {
    this.root.dataset.theme = theme;
  }

  /** Puts the brand's name, logo and color on. */
  dress({ name, accentColor, logoUrl }, { isBrandHidden }) {
    if (isColor(accentColor)) {
      this.root.style.setProperty("--gc-accent", accentColor);
      this.root.style.setProperty("--gc-on-accent", readableOn(accentColor));
    }
    if (!isBrandHidden) this.#header.replaceChildren(nameplate(name, logoUrl));
  }

  /** Shows the page of a state and brings the giver there, unless they are busy elsewhere. */
  show(state, { quiet = false, ...detail }) {
    const isNew = this.#state !== null && this.#state !== "loading" && this.#state !== state;
    const mayFocus = isNew && !quiet && this.#hasAttention();
    this.#state = state;
    this.#leftMs = 0; // nothing is passed by the first tick
    this.root.dataset.state = state;
    this.#page = PAGES[state]({ t: this.t, session: this.session, ...detail });
    this.#render(this.#page);
    this.progress(this.#share);
    if (mayFocus) this.#bring();
  }

  #render({ media, overlay, body, notice = "", news = "" }) {
    this.#stage.show(media, overlay);
    this.#body.replaceChildren(...body.filter(Boolean));
    this.#showNotice(notice);
    if (news || notice) this.announce(news || notice);
  }

  #hasAttention() {
    const { activeElement } = document;
    return !activeElement || activeElement === document.body || activeElement === this.host;
  }

  #bring() {
    const target = this.#page.focus ?? this.#body.querySelector(".gc-title");
    target.focus({ preventScroll: true });
    this.root.firstElementChild.scrollIntoView({ block: "nearest" });
  }

  count(left) {
    this.#page.count?.(left);
    this.announce(`${left}`);
  }

  tick(leftMs, totalMs) {
    this.#page.tick?.(leftMs, totalMs);
    const isPassed = (seconds) => this.#leftMs > seconds * 1_000 && leftMs <= seconds * 1_000;
    const seconds = TIMING.spokenSecondsLeft.find(isPassed);
    this.#leftMs = leftMs;
    if (seconds) this.announce(this.t("recording.spoken", { seconds }));
  }

  /** The share of the film that the server has: 0 to 1. */
  progress(share) {
    this.#share = share;
    this.#page.progress?.(share);
  }

  network(isWaiting) {
    this.#banner.hidden = !isWaiting;
    this.#banner.textContent = isWaiting ? this.t("network.waiting") : "";
    this.announce(this.t(isWaiting ? "network.waiting" : "network.back"));
  }

  /** A sentence above the page that stays until the next page. */
  notice(words) {
    this.#showNotice(words);
    this.announce(words);
  }

  #showNotice(words) {
    this.#notice.hidden = !words;
    this.#notice.textContent = words;
  }

  announce(words) {
    this.#live.textContent = words;
  }
}
