/** Brings news to the show: over one open connection, and where there is none, by asking every few seconds. */
import { wantsNews } from "./state.js";

export const PATIENCE = 3; // connections that fail in a row, before the page asks instead
export const POLL_MS = 4_000;
export const ROUNDS = 15; // questions, until a connection is tried again
const RETRY_MS = 1_500;
const SLOWEST_MS = 30_000;
const FIRST_WORD_MS = 10_000; // a connection that says nothing is none

export class News {
  /**
   * `url` is empty where the page has to ask; `wait(ms)` and `random()` can be a test's. `tell(word)` says how the
   * line is: "offline", "closed", or "" where all is well.
   */
  constructor({ url, show, requests, EventSource, wait, tell, random = Math.random }) {
    Object.assign(this, { url, show, requests, EventSource, wait, tell, random });
  }

  /** Goes on until nothing can happen any more, or the show is gone. */
  async run() {
    let failures = 0;
    while (this.#isWanted()) {
      const stood = this.url ? await this.#listen() : false;
      failures = stood ? 1 : failures + 1;
      if (!this.#isWanted()) return;
      if (!this.url || failures >= PATIENCE) {
        await this.#poll();
        failures = PATIENCE - 1; // one more failure, and it asks again
      } else await this.wait(this.#about(RETRY_MS * failures));
      if (failures > 1 && this.#isWanted()) await this.#renew();
    }
  }

  /** Loads the state now, as after a night's sleep. */
  async refresh() {
    const state = await this.requests.state();
    if (state) this.show.take(state);
  }

  stop() {
    this.isStopped = true;
    this.close?.();
  }

  #isWanted() {
    return !this.isStopped && wantsNews(this.show.state);
  }

  /** Everybody loses the connection at the same moment, and must not come back at the same moment. */
  #about(ms) {
    return ms * (0.5 + this.random());
  }

  /** Ends when the connection does. True where it had brought anything. */
  #listen() {
    return new Promise((end) => {
      const source = new this.EventSource(this.url);
      let stood = false;
      this.close = () => {
        source.close();
        end(stood);
      };
      const on = (name, take) =>
        source.addEventListener(name, ({ data }) => {
          stood = true;
          this.tell("");
          take(JSON.parse(data));
          if (!this.#isWanted()) this.close();
        });
      on("snapshot", (state) => this.show.take(state));
      on("pins", (part) => this.show.takePart(part));
      on("status", (part) => this.show.takePart(part));
      on("viewers", ({ viewers }) => this.show.count(viewers));
      on("resync", () => this.refresh().catch(() => this.close()));
      source.addEventListener("error", () => this.close());
      this.wait(FIRST_WORD_MS).then(() => stood || this.close());
    });
  }

  /** A ticket is good for some hours only. Without a new one the old one is tried. */
  async #renew() {
    const url = await this.requests.ticket().catch(() => undefined);
    if (url !== undefined) this.url = url;
  }

  async #poll() {
    let pause = POLL_MS;
    for (let round = 0; round < ROUNDS && this.#isWanted(); round += 1) {
      const worked = await this.#ask();
      pause = worked ? POLL_MS : Math.min(pause * 2, SLOWEST_MS);
      if (this.#isWanted()) await this.wait(this.#about(pause));
    }
  }

  /** True where the server answered. */
  async #ask() {
    try {
      await this.refresh();
      this.tell("");
      return true;
    } catch (error) {
      this.isStopped ||= error.isGone === true;
      this.tell(error.isGone ? "closed" : "offline");
      return false;
    }
  }
}
