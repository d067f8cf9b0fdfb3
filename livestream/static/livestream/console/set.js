// The pinned set: what viewers see now, in its order, with the ways to change it.
import { el, fill, find, say } from "./dom.js";

export function setView({ store, words, may, desk }) {
  const list = find("set");
  const empty = find("no-pins");

  const name = (card) => (card.variant ? `${card.name}, ${card.variant}` : card.name);

  const button = (card, kind, sign, label, run, isOff = false) =>
    el("button", {
      type: "button",
      class: "lc-small",
      "data-key": `${kind} ${card.id}`,
      "aria-label": say(words, label, { name: name(card) }),
      disabled: isOff,
      onclick: run,
    }, sign);

  const buttons = (card, place, count) => [
    button(card, "up", "↑", "up", () => desk.shift(card.id, place - 1), place === 1),
    button(card, "down", "↓", "down", () => desk.shift(card.id, place + 1), place === count),
    button(card, "unpin", words.unpin, "unpinName", () => desk.unpin([card.id])),
  ];

  const row = (card, index, pins) => {
    const who = store.doc.by[card.id];
    const clicks = store.doc.figures.of_pins[card.id] ?? 0;
    return el("li", { class: card.isAsked ? "lc-asked" : null, "data-item": card.id },
      el("span", { class: "lc-place", "aria-hidden": "true" }, index + 1),
      card.image ? el("img", { src: card.image, alt: "", class: "lc-picture" }) : el("span", { class: "lc-picture" }),
      el("span", { class: "lc-words" },
        el("strong", {}, card.name), card.variant ? ` ${card.variant}` : "",
        el("span", { class: "lc-quiet" },
          [card.price, card.is_sold_out && words.soldOut, who && say(words, "by", { who }), clicks && say(words, "clicks", { n: clicks })]
            .filter(Boolean).join(" · "))),
      may.includes("pin") && el("span", { class: "lc-tools" }, ...buttons(card, index + 1, pins.length)));
  };

  return () => {
    const pins = store.pins;
    fill(list, ...pins.map(row));
    list.hidden = !pins.length;
    empty.hidden = pins.length > 0;
  };
}
