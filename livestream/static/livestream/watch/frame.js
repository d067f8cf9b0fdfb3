/** Inside a frame: talks to the page around it, and only to an origin that the channel allows. */

const PATIENCE_MS = 1_000;

export class Frame {
  /** `hosts`: the origins that may show this page. `embed.js` says in `?host=` which of them it is on. */
  constructor({ hosts, window }) {
    const said = new URL(window.location.href).searchParams.get("host");
    const isInside = window.parent !== window;
    this.host = isInside && [...hosts, window.location.origin].includes(said) ? said : "";
    this.window = window;
    this.asked = 0;
  }

  /** The page around gives the frame as much room as this page needs. */
  tellSize() {
    if (!this.host) return;
    const root = this.window.document.querySelector("main");
    const tell = () => this.#post({ type: "livestream:size", height: Math.ceil(root.scrollHeight) });
    new this.window.ResizeObserver(tell).observe(root);
  }

  /** Whether the page around took the product over. No answer is a no. */
  offer(detail) {
    if (!this.host) return Promise.resolve(false);
    const number = (this.asked += 1);
    return new Promise((answer) => {
      const listen = ({ origin, source, data }) => {
        if (origin !== this.host || source !== this.window.parent) return;
        if (data?.type === "livestream:basket-answer" && data.number === number) end(data.taken === true);
      };
      const end = (isTaken) => {
        clearTimeout(timer);
        this.window.removeEventListener("message", listen);
        answer(isTaken);
      };
      const timer = setTimeout(() => end(false), PATIENCE_MS);
      this.window.addEventListener("message", listen);
      this.#post({ type: "livestream:basket", number, detail });
    });
  }

  #post(message) {
    this.window.parent.postMessage(message, this.host);
  }
}
