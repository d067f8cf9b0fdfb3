/** The date in the viewer's own time zone, and how long it is until then. */

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** `[["day", 2], ["hour", 0], ...]` of milliseconds, from the largest unit that is there; empty at zero. */
export function partsOf(ms) {
  let rest = Math.max(Math.ceil(ms / 1000), 0);
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return [unit, count];
  });
  return parts.slice(parts.findIndex(([, count]) => count > 0)).filter(() => ms > 0);
}

/** The viewer's own variant of the page's language: `en-GB` writes dates in another way than `en`. */
export function ownLanguage(language, wished) {
  return wished.find((tag) => tag.split("-")[0] === language.split("-")[0]) ?? language;
}

export function localDate(iso, language) {
  const form = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
  const time = { hour: "numeric", minute: "2-digit", timeZoneName: "short" };
  return new Intl.DateTimeFormat(language, { ...form, ...time }).format(new Date(iso));
}

/** The word for a count of a unit, such as "days", in the language. */
export function unitWord(count, unit, language) {
  const parts = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).formatToParts(count);
  return parts.find(({ type }) => type === "unit")?.value ?? unit;
}

/** Counts down in `node` until `stop()`; at the end it says so. */
export class Countdown {
  constructor({ node, starts, language, say }) {
    Object.assign(this, { node, starts: Date.parse(starts), language, say });
  }

  start() {
    this.timer ??= setInterval(() => this.#draw(), 1000);
    this.#draw();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  #draw() {
    const parts = partsOf(this.starts - Date.now());
    this.node.hidden = false;
    if (!parts.length) {
      this.node.textContent = this.say("anyMoment");
      return this.stop();
    }
    this.node.replaceChildren(...parts.map(([unit, count]) => this.#box(unit, count)));
  }

  #box(unit, count) {
    const box = document.createElement("span");
    const number = Object.assign(document.createElement("b"), { textContent: String(count) });
    box.append(number, unitWord(count, unit, this.language));
    return box;
  }
}
