/** What the page asks the server for. */

export class Requests {
  /** `urls`: {state, ticket, moments, products}, all on this site. */
  constructor({ urls, fetch }) {
    Object.assign(this, { urls, fetch });
    this.etag = "";
  }

  /** The state, or null where it is the one that was given last. Throws; `isGone` marks what is no more. */
  async state() {
    const headers = this.etag ? { "If-None-Match": this.etag } : {};
    const response = await this.#get(this.urls.state, headers);
    if (response.status === 304) return null;
    this.etag = response.headers.get("ETag") ?? "";
    return response.json();
  }

  /** Where to connect to from now on; empty where the page has to ask. */
  async ticket() {
    return (await (await this.#get(this.urls.ticket)).json()).events_url;
  }

  /** The chapters of the replay. */
  async moments() {
    return (await (await this.#get(this.urls.moments)).json()).chapters;
  }

  /** Tells that a product went into the basket. What does not arrive is not worth an error. */
  async count(item) {
    const url = `${this.urls.products}${encodeURIComponent(item)}/basket`;
    await this.fetch(url, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
  }

  async #get(url, headers = {}) {
    const response = await this.fetch(url, { headers, cache: "no-store" });
    if (response.ok || response.status === 304) return response;
    const error = new Error(`${url} answered ${response.status}.`);
    error.isGone = response.status === 404;
    throw error;
  }
}
