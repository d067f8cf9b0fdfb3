// The products at hand: a search, and a button for each product and each of its units.
import { el, fill, find, say } from "./dom.js";

const WAIT_MS = 250;

export function trayView({ store, api, words, may, desk }) {
  const [search, list, beside, besideTitle, note] = ["search", "tray", "beside", "beside-title", "tray-note"].map((name) => find(name));
  const status = find("found");
  let catalogue = [];
  let timer = 0;
  let drawn = "";

  const pin = (item, label, product) => {
    const isPinned = store.pins.some((card) => card.id === item.id);
    return el("button", {
      type: "button",
      class: "lc-pin",
      "data-key": `pin ${item.id}`,
      "data-item": item.id,
      "aria-pressed": String(isPinned),
      "aria-label": say(words, "pinName", { name: label }),
      onclick: () => desk.toggle(cardOf(item, product)),
    }, isPinned ? words.unpin : words.pin);
  };

  const line = (item, label, product, isUnit) =>
    el("div", { class: isUnit ? "lc-line lc-unit" : "lc-line" },
      isUnit ? null : product.image ? el("img", { src: product.image, alt: "", loading: "lazy", class: "lc-picture" }) : el("span", { class: "lc-picture" }),
      el("span", { class: "lc-words" },
        isUnit ? item.name : el("strong", {}, item.name),
        el("span", { class: "lc-quiet" },
          [item.price, item.ext_id, item.is_sold_out && words.soldOut].filter(Boolean).join(" · "))),
      may.includes("pin") && pin(item, label, product));

  const row = (product) =>
    el("li", {}, line(product, product.name, product, false),
      ...(product.units.length > 1 ? product.units.map((unit) => line(unit, `${product.name}, ${unit.name}`, product, true)) : []));

  const matches = (product) => {
    const all = [product.name, product.ext_id, ...product.units.flatMap((unit) => [unit.name, unit.ext_id])].join(" ").toLowerCase();
    return search.value.toLowerCase().split(/\s+/).every((word) => all.includes(word));
  };

  const look = () => {
    clearTimeout(timer);
    const text = search.value.trim();
    if (text.length < 2) catalogue = [];
    else timer = setTimeout(() => ask(text), WAIT_MS);
    draw();
  };

  const ask = async (text) => {
    const found = await api.search(text).catch(() => []);
    if (text !== search.value.trim()) return;
    catalogue = found;
    draw();
  };

  // Only what changed is drawn again: counters come every few seconds, and a finger may be on a button.
  const draw = () => {
    const inTray = new Set(store.tray.map((product) => product.id));
    const others = catalogue.filter((product) => !inTray.has(product.id));
    const shown = store.tray.filter(matches);
    const now = JSON.stringify([shown, others, store.pins.map((card) => card.id)]);
    if (now === drawn) return;
    drawn = now;
    fill(list, ...shown.map(row));
    fill(beside, ...others.map(row));
    besideTitle.hidden = !others.length;
    note.textContent = store.tray.length ? words.nothingFound : words.emptyTray;
    note.hidden = shown.length + others.length > 0;
    status.textContent = search.value ? String(shown.length + others.length) : "";
  };

  const cardFor = (id) => {
    for (const product of [...store.tray, ...catalogue]) {
      const item = [product, ...product.units].find((one) => one.id === id);
      if (item) return cardOf(item, product);
    }
    return null;
  };

  const clear = () => {
    search.value = "";
    look();
  };

  search.addEventListener("input", look);
  return { draw, search, clear, cardFor };
}

// A card as viewers will see it, until the server says how.
function cardOf(item, product) {
  const variant = item === product ? "" : item.name;
  return { id: item.id, name: product.name, variant, price: item.price, image: product.image, is_sold_out: item.is_sold_out, isAsked: true };
}
