// What can be done: at once on the page, then by the server, whose word is the last.
import { find } from "./dom.js";

export class Desk {
  constructor(store, api, words, may) {
    Object.assign(this, { store, api, words, may });
  }

  toggle(card) {
    if (this.store.pins.some((one) => one.id === card.id)) return this.unpin([card.id]);
    if (this.store.pins.length === 3 && !this.store.isOver) return this.#complain("tray", this.words.full);
    return this.#pin(card);
  }

  // The item is in the tray or in what was found; its card is the pressed button's.
  putAt(id, place) {
    const card = this.store.pins.find((one) => one.id === id) ?? this.cardOf(id);
    return card && this.#pin(card, place);
  }

  unpin(ids) {
    return this.#do("unpin", { items: ids }, "set", { kind: "unpin", ids });
  }

  shift(id, place) {
    return this.#do("shift", { item: id, place }, "set", { kind: "shift", id, place });
  }

  next() {
    const cue = this.store.nextCue;
    if (!cue) return this.#complain("run", this.words.noCueLeft);
    return this.#do("next", { cue: cue.id }, "run");
  }

  restart() {
    return this.#do("restart", {}, "run");
  }

  orderCues(order) {
    return this.#do("order_cues", { order }, "run");
  }

  removeCue(cue) {
    return this.#do("remove_cue", { cue }, "run");
  }

  // Its form stays open where this says what is wrong.
  async saveCue(cue, plan) {
    const [name, body] = cue ? ["change_cue", { cue: cue.id, ...plan }] : ["add_cue", plan];
    try {
      this.store.settle(null, await this.api.post(name, body));
      return "";
    } catch (refused) {
      return refused.message;
    }
  }

  move(name) {
    return this.#do(name, {}, "bar");
  }

  #pin(card, place = null) {
    if (this.store.isOver) return this.#complain("tray", this.words.over);
    return this.#do("pin", { item: card.id, place }, "tray", { kind: "pin", card, place });
  }

  async #do(name, body, where, step = null) {
    if (!this.may.includes(name)) return this.#complain(where, this.words.forbidden);
    this.#complain(where, "");
    const asked = step && this.store.ask(step.kind, step);
    try {
      const answer = await this.api.post(name, body);
      this.store.settle(asked, answer);
      this.#warn(answer.warning);
    } catch (refused) {
      this.store.settle(asked);
      this.#complain(where, refused.message);
      this.onrefused?.();
    }
    return undefined;
  }

  // Near what failed; it stays until the next try there.
  #complain(where, text) {
    const box = find(`error-${where}`);
    box.textContent = text;
    box.hidden = !text;
  }

  #warn(text) {
    const box = find("warning");
    box.textContent = text ?? "";
    box.hidden = !text;
  }
}
