/** The cards of products: those that are pinned now, and the tray with all of them. */

export class Cards {
  /** `blank` makes an empty card, `buy(node, card)` puts the button into a new one. */
  constructor({ list, tray, products, blank, buy }) {
    Object.assign(this, { list, tray, products, blank, buy });
  }

  /** Shows these cards in this order. A card that stays is the same element: nothing flickers or loses focus. */
  show(cards) {
    const there = nodesOf(this.list);
    const wanted = cards.map((card) => this.#filled(there.get(card.id), card));
    for (const [id, node] of there) if (!cards.some((card) => card.id === id)) node.remove();
    wanted.forEach((node, place) => {
      if (this.list.children[place] !== node) this.list.insertBefore(node, this.list.children[place] ?? null);
    });
    this.list.hidden = cards.length === 0;
    this.#complete(cards);
  }

  /** What is pinned is in the tray too: a product that came during the show, and what is sold out since. */
  #complete(cards) {
    const there = nodesOf(this.tray);
    for (const card of cards) {
      if (card.id === card.product_id && there.has(card.id)) fill(there.get(card.id), card);
      else if (!there.has(card.product_id) && !there.has(card.id)) this.tray.append(this.#filled(undefined, card));
    }
    this.products.hidden = this.tray.children.length === 0;
  }

  #filled(known, card) {
    const node = known ?? this.blank();
    fill(node, card);
    if (!known) node.classList.add("lv-card--new");
    this.buy(node, card);
    return node;
  }
}

export const nodesOf = (list) => new Map([...list.children].map((node) => [node.dataset.lvItem, node]));

/** Writes a card's facts into its element. */
export function fill(node, card) {
  const part = (name) => node.querySelector(`[data-lv-${name}]`);
  node.dataset.lvItem = card.id;
  node.classList.toggle("lv-card--sold", card.is_sold_out);
  part("name").textContent = card.name;
  part("price").textContent = card.price;
  part("variant").textContent = card.variant;
  part("variant").hidden = !card.variant;
  part("sold").hidden = !card.is_sold_out;
  setOrDrop(part("name"), "href", card.url);
  if (part("image").getAttribute("src") !== card.image) setOrDrop(part("image"), "src", card.image);
  part("image").hidden = !card.image;
}

function setOrDrop(node, name, value) {
  if (value) node.setAttribute(name, value);
  else node.removeAttribute(name);
}
