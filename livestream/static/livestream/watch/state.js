/** What the page knows of the show; the newest version wins. Knows no page and no network. */

export class Show extends EventTarget {
  constructor(state) {
    super();
    this.state = state;
  }

  /** The whole state. Fires `change` with {before, after}; what is not newer changes nothing. */
  take(next) {
    if (next.version <= this.state.version) return;
    const before = this.state;
    this.state = next;
    this.dispatchEvent(new CustomEvent("change", { detail: { before, after: next } }));
  }

  /** A part of a newer state: the rest stays as it is. */
  takePart(part) {
    this.take({ ...this.state, ...part });
  }

  /** How many pages are open; it has no version. Fires `viewers`. */
  count(viewers) {
    this.dispatchEvent(new CustomEvent("viewers", { detail: { viewers } }));
  }
}

/** Whether anything can still happen that viewers must see. */
export function wantsNews({ status, player }) {
  if (status === "replay") return !player.src; // it is being prepared
  return ["idle", "active", "paused"].includes(status);
}

/** The names of the cards that were not there before. */
export function newNames(before, after) {
  const known = new Set(before.map(({ id }) => id));
  return after.filter(({ id }) => !known.has(id)).map(nameOf);
}

export function nameOf({ name, variant, price }) {
  return [name, variant, price].filter(Boolean).join(", ");
}
