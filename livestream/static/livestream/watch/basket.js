/** Offers a product to whoever keeps the basket: this page, the page around the frame, the shop's own address. */

export const BASKET = "livestream:basket";

export class Basket {
  /** `offer(detail)` asks the page around the frame; `open(url)` leads to the shop where nobody has a basket. */
  constructor({ url, requests, counts, fetch, target, offer, open }) {
    Object.assign(this, { url, requests, counts, fetch, target, offer, open });
  }

  /**
   * `outcome`: "taken" (the page tells the viewer itself), "added" or "notAdded", with the shop's `message`
   * if it gave one.
   */
  async add(card, unit) {
    const detail = detailOf(card, unit);
    if (this.counts) this.requests.count(unit?.id ?? card.id);
    if (await this.#isTaken(detail)) return { outcome: "taken" };
    if (this.url) return this.#post(detail);
    if (card.url) this.open(card.url);
    return { outcome: card.url ? "taken" : "notAdded" };
  }

  async #isTaken(detail) {
    const event = new CustomEvent(BASKET, { detail, cancelable: true });
    return !this.target.dispatchEvent(event) || this.offer(detail);
  }

  /** The shop's cookie goes along: it is the viewer's own basket. */
  async #post(detail) {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const body = JSON.stringify(detail);
    const init = { method: "POST", headers, body, credentials: "include" };
    const response = await this.fetch(this.url, init).catch(() => undefined);
    const message = await messageOf(response);
    return { outcome: response?.ok ? "added" : "notAdded", message };
  }
}

/** `unit` is empty where a product was chosen as a whole; `ext_id` is the shop's own number. */
export function detailOf(card, unit) {
  const isUnit = card.id !== card.product_id;
  return {
    product: card.product_id,
    unit: unit?.id ?? (isUnit ? card.id : ""),
    quantity: 1,
    ext_id: unit?.ext_id ?? card.ext_id,
    name: card.name,
    price: unit?.price ?? card.price,
  };
}

async function messageOf(response) {
  const said = await response?.json().catch(() => undefined);
  return typeof said?.message === "string" ? said.message.slice(0, 200) : "";
}
