// News from the server: events where there are any, and a look at the state every few seconds.
const LOOK_MS = { connected: 5000, alone: 2000 };
const AGAIN_MS = [2000, 5000, 15000, 30000];
const SOON_MS = 250;

export class News {
  #source = null;
  #tries = 0;
  #timer = 0;
  #soon = 0;

  constructor(store, api, tell) {
    Object.assign(this, { store, api, tell });
  }

  start() {
    this.#connect();
    this.#plan();
    addEventListener("online", () => this.look());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
  }

  // An event tells of pins and status; who did it and what else changed is looked up.
  lookSoon() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.look(), SOON_MS);
  }

  async look() {
    const take = this.store.look();
    try {
      take(await this.api.state());
      this.#report();
    } catch (refused) {
      this.tell("lost", refused.message);
    }
    this.#plan();
  }

  get #isConnected() {
    return this.#source?.readyState === EventSource.OPEN;
  }

  #plan() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), this.#isConnected ? LOOK_MS.connected : LOOK_MS.alone);
  }

  #report() {
    this.tell(this.#isConnected ? "live" : "polling");
  }

  #connect() {
    const url = this.store.doc.events;
    if (!url) return this.#report();
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#tries = 0;
      this.#report();
    });
    for (const kind of ["snapshot", "pins", "status"]) {
      source.addEventListener(kind, (event) => this.store.hear(JSON.parse(event.data)) && this.lookSoon());
    }
    source.addEventListener("viewers", (event) => this.store.count(JSON.parse(event.data).viewers));
    source.addEventListener("resync", () => this.look());
    source.addEventListener("error", () => this.#failed(source));
    return undefined;
  }

  // The browser tries again by itself unless it was refused: then a fresh address may help.
  #failed(source) {
    this.look();
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => this.#connect(), AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)]);
    this.#tries += 1;
  }
}
