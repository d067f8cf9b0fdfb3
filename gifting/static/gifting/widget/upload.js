/** A tus 1.0 client for a film that is still being made: it keeps every blob until the server has it all. */
import { UPLOAD } from "./options.js";
import { RequestError, persist, request } from "./transport.js";

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function metadataHeader(metadata) {
  return Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`).join(",");
}

function smaller(bytes) {
  return bytes <= UPLOAD.smallestChunkBytes ? bytes : Math.ceil(bytes / 2);
}

const isGone = (error) => error.status === 404 || error.status === 410;
const isLocked = (error) => error.code === "locked";

export class Upload {
  #parts = [];
  #size = 0;
  #location = null;
  #offset = 0; // null: only the server knows
  #finishing = false;
  #complete = false;
  #restarts = 0;
  #running = null;
  #stop = new AbortController();

  /**
   * `length` in bytes when it is known beforehand. `onProgress(sentBytes, totalBytes)`, `onWaiting(bool)`,
   * and `onFailure(error)` for what goes wrong while nobody awaits `finish()`.
   */
  constructor({ url, editKey, metadata, length = null, chunkBytes, fetch, ...hooks }) {
    const { onProgress = () => {}, onFailure = () => {}, ...patience } = hooks;
    Object.assign(this, { url, editKey, metadata, length, fetch, onProgress, onFailure, patience });
    this.chunkBytes = Math.min(chunkBytes, UPLOAD.largestChunkBytes);
  }

  /** Everything pushed so far. */
  film(type) {
    return new Blob(this.#parts, { type });
  }

  /** Opens the upload on the server, so that chunks can leave as they come. */
  start() {
    this.#pumpUnattended();
  }

  push(blob) {
    this.#parts.push(blob);
    this.#size += blob.size;
    this.#pumpUnattended();
  }

  /** Resolves when the server has every byte. Throws RequestError; may be called again to go on. */
  async finish() {
    this.#finishing = true;
    while (!this.#complete && !this.#stop.signal.aborted) await this.#pump();
  }

  /** Gives the upload up and tells the server. */
  async abandon() {
    this.#stop.abort();
    await this.#running?.catch(() => {});
    if (!this.#location) return;
    await this.#send(this.#location, { method: "DELETE" }).catch(() => {}); // the server forgets it by itself
  }

  #pumpUnattended() {
    this.#pump().catch((error) => {
      if (!this.#finishing && !this.#stop.signal.aborted) this.onFailure(error);
    });
  }

  #pump() {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run() {
    const { signal } = this.#stop;
    while (this.#isDue()) await persist(() => this.#step(), { ...this.patience, signal });
  }

  #isDue() {
    if (this.#complete || this.#stop.signal.aborted) return false;
    return !this.#location || this.#offset === null || this.#offset < this.#size || this.#finishing;
  }

  #step() {
    if (!this.#location) return this.#create();
    return this.#offset === null ? this.#locate() : this.#patch();
  }

  /** Not aborted by `abandon`: an upload that the server made must be known to be deleted. */
  async #create() {
    const isKnown = this.length !== null;
    const length = isKnown ? { "Upload-Length": `${this.length}` } : { "Upload-Defer-Length": "1" };
    const headers = { ...length, "Upload-Metadata": metadataHeader(this.metadata) };
    const response = await this.#send(this.url, { method: "POST", headers });
    this.#location = new URL(response.headers.get("Location"), this.url).href;
    this.#offset = 0;
  }

  async #locate() {
    const { signal } = this.#stop;
    const response = await this.#orRestart(() => this.#send(this.#location, { method: "HEAD", signal }));
    this.#acknowledge(response);
    const length = response.headers.get("Upload-Length");
    // The last PATCH arrived although its answer did not.
    if (this.#finishing && length !== null && Number(length) === this.#offset) this.#complete = true;
  }

  async #patch() {
    const end = Math.min(this.#offset + this.chunkBytes, this.#size);
    const isLast = this.#finishing && end === this.#size;
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": `${this.#offset}` };
    if (isLast && this.length === null) headers["Upload-Length"] = `${this.#size}`;
    const body = this.film("").slice(this.#offset, end);
    this.#acknowledge(await this.#orAsk(() => this.#sendChunk(headers, body)));
    this.#complete = isLast && this.#offset === this.#size;
  }

  #sendChunk(headers, body) {
    return this.#send(this.#location, { method: "PATCH", headers, body, signal: this.#stop.signal });
  }

  #acknowledge(response) {
    this.#offset = Number(response.headers.get("Upload-Offset"));
    this.onProgress(this.#offset, this.length ?? this.#size);
  }

  /** After a failed PATCH only the server knows how much arrived, and a smaller piece may get through. */
  async #orAsk(attempt) {
    try {
      return await this.#orRestart(attempt);
    } catch (error) {
      this.#offset = this.#location ? null : 0;
      this.chunkBytes = smaller(this.chunkBytes);
      if (error.status === 409 && !isLocked(error)) throw this.#passing(error);
      throw error;
    }
  }

  /** An upload that the server no longer has begins again from the blobs that we kept. */
  async #orRestart(attempt) {
    try {
      return await attempt();
    } catch (error) {
      if (!isGone(error) || this.#restarts >= UPLOAD.restarts) throw error;
      this.#restarts += 1;
      this.#location = null;
      throw this.#passing(error);
    }
  }

  #passing(error) {
    return new RequestError(error.code, { status: error.status, message: error.message, retryable: true });
  }

  #send(url, { headers, ...init }) {
    const always = { "Tus-Resumable": "1.0.0", "X-Edit-Key": this.editKey };
    return request(url, { ...init, headers: { ...always, ...headers }, fetch: this.fetch });
  }
}
