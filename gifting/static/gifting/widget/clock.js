/** The countdown before a take and the time left during it. */
import { TIMING } from "./options.js";

/** Counts `seconds` down to 1; resolves early when the signal says so. */
export async function countDown(seconds, { onCount, signal }) {
  for (let left = seconds; left > 0 && !signal.aborted; left -= 1) {
    onCount(left);
    await second(signal);
  }
}

function second(signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1_000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

/** Tells the time left in milliseconds, and when it is up. */
export class Clock {
  #timer = null;
  #startedAt = 0;

  constructor({ seconds, onTick, onEnd, now = () => performance.now() }) {
    const totalMs = seconds * 1_000;
    Object.assign(this, { totalMs, endMs: totalMs - TIMING.stopEarlyMs, onTick, onEnd, now });
  }

  get elapsedMs() {
    return this.#startedAt ? this.now() - this.#startedAt : 0;
  }

  start() {
    this.#startedAt = this.now();
    this.#timer = setInterval(() => this.check(), TIMING.tickMs);
    this.check();
  }

  /** Also called for each chunk: timers sleep in a hidden tab, the recorder does not. */
  check() {
    if (!this.#timer) return;
    const { elapsedMs, totalMs } = this;
    this.onTick(Math.max(totalMs - elapsedMs, 0), totalMs);
    if (elapsedMs < this.endMs) return;
    this.stop();
    this.onEnd();
  }

  /** Ends now, or once `ms` have been recorded. */
  endAfter(ms) {
    this.endMs = Math.min(this.endMs, ms);
    this.check();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
