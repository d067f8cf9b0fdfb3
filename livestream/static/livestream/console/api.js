// The way to the server: one question after the other, so that quick keys keep their order.
export class Refused extends Error {}

export class Api {
  #last = Promise.resolve();

  constructor({ urls, csrf, words }) {
    Object.assign(this, { urls, csrf, words });
  }

  post(name, body = {}) {
    const options = () => ({
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      body: JSON.stringify(body),
    });
    const answer = this.#last.then(() => this.#ask(this.urls[name], options()));
    this.#last = answer.catch(() => {});
    return answer;
  }

  state() {
    return this.#ask(this.urls.state, {}, this.words.lost);
  }

  async search(text) {
    return (await this.#ask(`${this.urls.search}?${new URLSearchParams({ q: text })}`)).products;
  }

  async #ask(url, options = {}, silence = this.words.unreachable) {
    const response = await fetch(url, { ...options, cache: "no-store" }).catch(() => {
      throw new Refused(silence);
    });
    const said = await response.json().catch(() => null);
    if (response.ok && said && !response.redirected) {
      this.csrf = said.csrf ?? this.csrf;
      return said;
    }
    throw new Refused(said?.error ?? this.#why(response));
  }

  #why(response) {
    if (response.redirected || response.ok || response.status === 403) return this.words.loggedOut;
    return this.words.refused;
  }
}
