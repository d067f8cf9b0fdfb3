// What the server said last, and what was asked of it since. It knows no page and no network.
const STEPS = {
  pin: (pins, { card, place }) => {
    const others = pins.filter((one) => one.id !== card.id);
    if (!place) return others.length < pins.length ? pins : [...pins, card].slice(0, 3);
    const there = pins.find((one) => one.id === card.id);
    return there ? moved(others, there, place) : [...pins.slice(0, place - 1), card, ...pins.slice(place)];
  },
  unpin: (pins, { ids }) => pins.filter((one) => !ids.includes(one.id)),
  shift: (pins, { id, place }) => {
    const there = pins.find((one) => one.id === id);
    return there ? moved(pins.filter((one) => one !== there), there, place) : pins;
  },
};

const moved = (others, card, place) => [...others.slice(0, place - 1), card, ...others.slice(place - 1)];

export class Store extends EventTarget {
  #asked = [];
  #answered = 0;

  constructor(first, tray) {
    super();
    this.tray = tray;
    this.doc = first;
    this.#clock(first);
  }

  // The pins with what was asked for and not answered yet.
  get pins() {
    return this.#asked.reduce((pins, { kind, ...step }) => STEPS[kind](pins, step), this.doc.state.pins);
  }

  get isLive() {
    return this.doc.is_rehearsal || ["active", "paused"].includes(this.doc.status);
  }

  get isOver() {
    return ["replay", "completed", "expired"].includes(this.doc.status);
  }

  get nextCue() {
    return this.doc.cues.find((cue) => !cue.done_at);
  }

  get currentCue() {
    const done = this.doc.cues.filter((cue) => cue.done_at);
    return done.sort((a, b) => Date.parse(a.done_at) - Date.parse(b.done_at)).at(-1);
  }

  // The server's time, whatever this computer's clock says.
  get now() {
    return Date.now() + this.skew;
  }

  ask(kind, step) {
    const asked = { kind, ...step };
    this.#asked.push(asked);
    this.#changed();
    return asked;
  }

  // The answer to a question: what it says is the truth, also where the server refused.
  settle(asked, doc) {
    this.#asked = this.#asked.filter((one) => one !== asked);
    this.#answered += 1;
    if (doc) this.#take(doc);
    this.#changed();
  }

  // A look at the server; worth nothing where a question was answered since it began.
  look() {
    const before = this.#answered;
    return (doc) => {
      if (before !== this.#answered) return;
      this.#take(doc);
      this.#changed();
    };
  }

  // A whole state, or the part of it that an event holds. Whether it was news.
  hear(part) {
    if (part.version <= this.doc.state.version) return false;
    this.doc = { ...this.doc, state: { ...this.doc.state, ...part } };
    this.#changed();
    return true;
  }

  count(viewers) {
    this.doc = { ...this.doc, figures: { ...this.doc.figures, viewers } };
    this.#changed();
  }

  #take({ tray, warning, csrf, ...doc }) {
    if (tray) this.tray = tray;
    const state = doc.state.version < this.doc.state.version ? this.doc.state : doc.state;
    this.doc = { ...doc, state };
    this.#clock(doc);
  }

  #clock(doc) {
    this.skew = Date.parse(doc.now) - Date.now();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
