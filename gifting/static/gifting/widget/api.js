/** The two JSON calls: read the container, save the note. */
import { persist, request } from "./transport.js";

export class Api {
  /** `base` is the widget's folder on the server, with a trailing slash. */
  constructor({ base, urid, editKey, fetch }) {
    this.uploadsUrl = new URL("uploads", base).href;
    this.url = new URL(`containers/${encodeURIComponent(urid)}`, base).href;
    this.headers = { "X-Edit-Key": editKey };
    this.fetch = fetch;
  }

  /** The container's document. Throws RequestError. */
  container(patience = {}) {
    return persist(() => this.#json(this.url, {}), patience);
  }

  /** Saves the note and returns the new document; `alone` makes it the whole message. Throws RequestError. */
  saveNote(note, { alone, ...patience }) {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ note, alone });
    return persist(() => this.#json(`${this.url}/note`, { method: "PUT", headers, body }), patience);
  }

  async #json(url, { headers, ...init }) {
    const all = { ...this.headers, ...headers };
    const response = await request(url, { ...init, headers: all, fetch: this.fetch });
    return response.json();
  }
}
