/** One HTTP request with errors in our words, and the patience to try it again. */
import { TIMING } from "./options.js";

const PASSING = new Set([408, 423, 425, 429, 500, 502, 503, 504]);
const BY_STATUS = Object.freeze({
  401: "unauthorized",
  403: "unauthorized",
  404: "not_found",
  410: "not_found",
  413: "too_large",
});

/** `retryable` says whether the same request may work later. */
export class RequestError extends Error {
  constructor(code, { status = 0, message = "", retryable = false } = {}) {
    super(message || code);
    Object.assign(this, { code, status, retryable });
  }
}

async function documentOf(response) {
  return response.json().catch(() => ({}));
}

async function errorFrom(response) {
  const { status } = response;
  const body = await documentOf(response);
  const retryable = PASSING.has(status);
  const code = body.error ?? BY_STATUS[status] ?? "unavailable";
  return new RequestError(code, { status, message: body.message, retryable });
}

/** Aborts when the caller does or when time is up: a dead mobile network otherwise hangs for minutes. */
function deadline(signal, ms) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  signal?.addEventListener("abort", abort, { once: true });
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, clear };
}

/** The response when it is 2xx. Throws RequestError: `offline` (retryable) when no answer came at all. */
export async function request(url, { fetch = globalThis.fetch, signal, ...init } = {}) {
  const limit = deadline(signal, TIMING.requestTimeoutMs);
  let response;
  try {
    response = await fetch(url, { cache: "no-store", credentials: "omit", ...init, signal: limit.signal });
  } catch {
    throw new RequestError("offline", { retryable: !signal?.aborted });
  } finally {
    limit.clear();
  }
  if (!response.ok) throw await errorFrom(response);
  return response;
}

/** Sleeps; a returning network or an abort wakes it. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", wake);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    globalThis.addEventListener?.("online", wake);
    signal?.addEventListener("abort", wake);
  });
}

/** Half a second, doubling up to five; spread so that many browsers do not return in the same instant. */
function backOff(tries) {
  return Math.min(500 * 2 ** tries, 5_000) * (0.8 + Math.random() * 0.4);
}

/** Tells `onWaiting(true)` two seconds after the first failure, and `onWaiting(false)` if it had to. */
class Trouble {
  #since = null;
  #timer = null;
  #isTold = false;

  constructor({ onWaiting = () => {}, now = Date.now }) {
    Object.assign(this, { onWaiting, now });
  }

  /** Notes a failure; answers for how many milliseconds nothing has worked. */
  note() {
    this.#since ??= this.now();
    this.#timer ??= setTimeout(() => this.#tell(), TIMING.waitingNoticeMs);
    return this.now() - this.#since;
  }

  end() {
    clearTimeout(this.#timer);
    if (this.#isTold) this.onWaiting(false);
  }

  #tell() {
    this.#isTold = true;
    this.onWaiting(true);
  }
}

/**
 * Runs `attempt` until it succeeds, fails for good, is aborted, or has been failing for `patienceMs`.
 * `onWaiting(bool)` tells when that takes long, and when it is over.
 */
export async function persist(attempt, options = {}) {
  const { signal, patienceMs = TIMING.patienceMs, sleep = pause, ...hooks } = options;
  const trouble = new Trouble(hooks);
  try {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!error.retryable || signal?.aborted || trouble.note() >= patienceMs) throw error;
        await sleep(backOff(tries), signal);
        if (signal?.aborted) throw error;
      }
    }
  } finally {
    trouble.end();
  }
}
