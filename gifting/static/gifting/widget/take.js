/** One take: the open camera, the countdown, the recorder and its clock. */
import { closeCamera, openCamera, watchTracks } from "./camera.js";
import { Capture } from "./capture.js";
import { Clock, countDown } from "./clock.js";
import { TIMING } from "./options.js";

export class Take {
  stream = null;
  #capture = null;
  #countdown = null;
  #unwatch = () => {};

  /**
   * `onStart(type)`, `onChunk(blob)`, `onTick(leftMs, totalMs)`, `onEnd({broken})`; `onLost()` when the
   * camera goes away before anything was recorded.
   */
  constructor({ maxSeconds, onTick, onLost, ...hooks }) {
    this.onLost = onLost;
    this.hooks = hooks;
    this.clock = new Clock({ seconds: maxSeconds, onTick, onEnd: () => this.#capture.stop() });
  }

  get isSilent() {
    return this.stream.getAudioTracks().length === 0;
  }

  /** Throws CameraError. */
  async open() {
    this.stream = await openCamera();
    this.#unwatch = watchTracks(this.stream, () => this.#lose());
  }

  /** True when it counted to the end or was skipped; false when it was called off. */
  async countDown(onCount) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const seconds = isCalm ? TIMING.countdownSecondsReduced : TIMING.countdownSeconds;
    const countdown = new AbortController();
    this.#countdown = countdown;
    await countDown(seconds, { onCount, signal: countdown.signal });
    return countdown.signal.reason !== "called off";
  }

  skip() {
    this.#countdown?.abort("skipped");
  }

  callOff() {
    this.#countdown?.abort("called off");
  }

  /** Throws when this browser cannot record the stream. */
  record() {
    const { onStart, onChunk, onEnd } = this.hooks;
    this.#capture = new Capture(this.stream, {
      onStart: (type) => {
        this.clock.start();
        onStart(type);
      },
      onChunk: (blob) => {
        onChunk(blob);
        this.clock.check();
      },
      onEnd: (how) => {
        this.close();
        onEnd(how);
      },
    });
    this.#capture.start();
  }

  /** Ends the film; when asked within its first second, at the end of that: less is no film. */
  stop() {
    this.clock.endAfter(TIMING.shortestTakeMs);
  }

  close() {
    this.callOff();
    this.clock.stop();
    this.#unwatch();
    closeCamera(this.stream);
  }

  #lose() {
    if (this.#capture) this.#capture.breakOff();
    else this.onLost();
  }
}
