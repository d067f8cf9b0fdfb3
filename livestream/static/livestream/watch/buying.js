/** The button on each card, and what it says afterwards. */

export class Buying {
  /**
   * `choices`: the units of products that have several, by the product's id. `tray`: where they are chosen.
   * `icon` makes the sign on the button.
   */
  constructor({ basket, choices, tray, icon, say, announce }) {
    Object.assign(this, { basket, choices, tray, icon, say, announce });
  }

  /** Puts the button into a card, or keeps the one that is there up to date. */
  equip(node, card) {
    const choices = card.id === card.product_id ? this.choices[card.id] : undefined;
    const place = node.querySelector("[data-lv-buy]");
    if (!place.firstElementChild) this.#build(place, node, card, choices);
    place.hidden = card.is_sold_out;
  }

  #build(place, node, card, choices) {
    const isInTray = this.tray.contains(node);
    if (choices && isInTray) {
      node.classList.add("lv-card--choices");
      place.append(this.#select(card, choices));
    }
    place.append(choices && !isInTray ? this.#chooser(card) : this.#button(node, card, choices));
  }

  #select(card, choices) {
    const select = Object.assign(document.createElement("select"), { className: "lv-choice" });
    select.setAttribute("aria-label", this.say("chooseNamed", card));
    select.append(
      ...choices.map(({ id, name, price, is_sold_out: isSoldOut }) => {
        const text = [name, isSoldOut ? this.say("soldOut") : price].join(" · ");
        return Object.assign(new Option(text, id), { disabled: isSoldOut });
      }),
    );
    return select;
  }

  #button(node, card, choices) {
    const button = newButton(this.say("addNamed", card));
    button.classList.add("lv-button--icon");
    button.append(this.icon());
    button.addEventListener("click", async () => {
      const chosen = node.querySelector("select")?.value;
      const unit = choices?.find(({ id }) => id === chosen);
      button.setAttribute("aria-busy", "true");
      this.#tell(node, card, await this.basket.add(card, unit));
      button.removeAttribute("aria-busy");
    });
    return button;
  }

  /** A small card has no room for a list of variants: the tray has. */
  #chooser(card) {
    const button = newButton(this.say("chooseNamed", card));
    button.textContent = this.say("choose");
    button.addEventListener("click", async () => {
      if (document.fullscreenElement) await document.exitFullscreen();
      const select = this.tray.querySelector(`[data-lv-item="${CSS.escape(card.id)}"] select`);
      select?.scrollIntoView({ block: "center" });
      select?.focus({ preventScroll: true });
    });
    return button;
  }

  #tell(node, card, { outcome, message }) {
    const place = node.querySelector("[data-lv-said]");
    const text = outcome === "taken" ? "" : message || this.say(outcome, card);
    place.textContent = text;
    place.hidden = !text;
    place.dataset.lvTone = outcome === "notAdded" ? "trouble" : "good";
    if (text) this.announce(text);
  }
}

function newButton(name) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "lv-button", title: name });
  button.setAttribute("aria-label", name);
  return button;
}
