/** What one giver does with one container: ties the machine, the camera, the upload and the view together. */
import { emitError, emitRecorded, emitState } from "./events.js";
import { fileProblem, lengthProblem } from "./files.js";
import { explain } from "./i18n.js";
import { isMarked, markUnsent, unmark, warnBeforeLeaving } from "./leaving.js";
import { Machine, PRECIOUS, stateFor } from "./machine.js";
import { TIMING } from "./options.js";
import { Take } from "./take.js";
import { pause } from "./transport.js";
import { Upload } from "./upload.js";

const REFUSALS = new Set(["too_large", "too_long", "not_video", "empty"]);
const FATAL = new Set(["unauthorized", "not_found", "rate_limited"]);
const PROCESSING = Object.freeze({ state: "processing", refusal: null, videoUrl: null, posterUrl: null });

/** A browser that is online and gets no answer is refused or alone: that is not the giver's connection. */
function fatalCode({ code }) {
  if (code === "offline" && !navigator.onLine) return code;
  return FATAL.has(code) ? code : "unavailable";
}

export class Session {
  #machine = new Machine();
  #container = null;
  #take = null;
  #upload = null;
  #film = null; // {blob, source: "camera" | "file", broken}
  #note = "";

  constructor({ options, api, view, t, host }) {
    Object.assign(this, { options, api, view, t, host });
    this.#machine.addEventListener("change", ({ detail }) => this.#changed(detail));
    addEventListener("online", () => this.reopen());
  }

  /** Reads the container and shows where the giver stands. */
  async open() {
    try {
      this.#container = await this.api.container({ patienceMs: TIMING.openingPatienceMs });
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.view.dress(this.#container.brand, this.options);
    this.#home({ interrupted: this.#wasInterrupted() });
    this.#watchProcessing();
  }

  /** The widget was taken out of the page. */
  close() {
    this.#take?.close();
    this.#drop();
    warnBeforeLeaving(this.options.urid, false);
  }

  // What the giver can do; the view calls these.

  async record() {
    this.#drop();
    this.#go("asking");
    const take = this.#newTake();
    try {
      await take.open();
    } catch (error) {
      if (this.#take === take) this.#block(error.code);
      return;
    }
    if (this.#take === take) this.#go("preview");
    else take.close(); // the giver went elsewhere while the browser was asking
  }

  async begin() {
    const take = this.#take;
    this.#go("countdown");
    const isGo = await take.countDown((left) => this.view.count(left));
    if (isGo) this.#roll(take);
  }

  skip() {
    this.#take.skip();
  }

  callOff() {
    this.#take.callOff();
    this.#go("preview");
  }

  stop() {
    this.#take.stop();
  }

  /** Back to where the container stands, with the camera off. */
  leave() {
    this.#closeTake();
    this.#drop();
    this.#home();
  }

  /** Another message in the place of the present one. */
  change() {
    this.#go("welcome");
  }

  write() {
    this.#go("writing", { text: this.#container.note });
  }

  async chooseFile(file) {
    const asked = this.#machine.state;
    const problem = fileProblem(file, this.#container) ?? (await lengthProblem(file, this.#container));
    if (this.#machine.state !== asked) return; // the giver went elsewhere meanwhile
    if (problem) {
      this.#complain(problem);
      return;
    }
    this.#closeTake();
    this.#drop();
    this.#film = { blob: file, source: "file", broken: false };
    this.#go("review");
  }

  /** Sends the film in review, with a note when there is one. */
  async send(note) {
    this.#note = note;
    this.#upload ??= this.#uploadOf(this.#film.blob);
    await this.resume();
  }

  /** Takes a sending file back. */
  unsend() {
    this.#drop();
    this.#go("review");
  }

  /** Also goes on after the network was away for too long. */
  async resume() {
    this.#go("sending");
    await this.#deliver(this.#upload);
  }

  async saveNote(text) {
    this.#go("sending", { isNote: true });
    try {
      this.#container = await this.api.saveNote(text, { alone: true, ...this.#patience() });
    } catch (error) {
      this.#failNote(error, text);
      return;
    }
    this.#announceRecorded();
    this.#go("done");
  }

  async reopen() {
    if (this.#machine.state !== "failed") return;
    this.#go("loading");
    await this.open();
  }

  // One film.

  #newTake() {
    const take = new Take({
      maxSeconds: this.#container.maxSeconds,
      onStart: (type) => this.#started(type),
      onChunk: (blob) => this.#upload?.push(blob),
      onTick: (leftMs, totalMs) => this.view.tick(leftMs, totalMs),
      onEnd: ({ broken }) => this.#ended(broken),
      onLost: () => this.#block("camera_lost"),
    });
    this.#take = take;
    return take;
  }

  #roll(take) {
    try {
      take.record();
      this.#go("recording");
    } catch {
      this.#block("not_supported");
    }
  }

  /** The upload opens with the recording, so that only a rest is left to send at the end. */
  #started(type) {
    this.#film = { blob: new Blob([], { type }), source: "camera", broken: false };
    this.#upload = this.#newUpload({ type, filename: `message.${/mp4/.test(type) ? "mp4" : "webm"}` });
    this.#upload.start();
  }

  #ended(broken) {
    if (this.#machine.state !== "recording") return;
    const blob = this.#upload?.film(this.#film.blob.type);
    if (!blob?.size) {
      this.#block("camera_lost");
      return;
    }
    this.#film = { ...this.#film, blob, broken };
    this.#go("review");
  }

  #uploadOf(file) {
    const upload = this.#newUpload({ type: file.type, filename: file.name, length: file.size });
    upload.push(file);
    return upload;
  }

  #newUpload({ type, filename, length }) {
    this.view.progress(0);
    return new Upload({
      url: this.api.uploadsUrl,
      editKey: this.options.editKey,
      metadata: { urid: this.options.urid, filetype: type, filename },
      length,
      chunkBytes: this.#container.maxChunkBytes,
      onProgress: (sent, total) => this.view.progress(sent / total),
      onFailure: (error) => error.retryable || this.#fail(error),
      ...this.#patience(),
    });
  }

  async #deliver(upload) {
    try {
      await this.#keepNote(this.#note);
      await upload.finish();
    } catch (error) {
      if (this.#upload === upload) this.#failSending(error);
      return;
    }
    if (this.#upload === upload) this.#sent();
  }

  async #keepNote(note) {
    if (note === this.#container.note) return;
    this.#container = await this.api.saveNote(note, { alone: false, ...this.#patience() });
  }

  #sent() {
    this.#upload = null;
    this.#container = { ...this.#container, recording: PROCESSING };
    this.#announceRecorded();
    this.#go("done");
    this.#watchProcessing();
  }

  #announceRecorded() {
    emitRecorded(this.options.urid);
  }

  /** Follows the server's work on the film while the giver looks at the last page. */
  async #watchProcessing() {
    const watched = this.#container;
    let wait = TIMING.pollFirstMs;
    while (this.#container === watched && watched.recording?.state === "processing") {
      await pause(wait);
      wait = Math.min(wait * 1.5, TIMING.pollSlowestMs);
      const container = await this.api.container({ patienceMs: 0 }).catch(() => watched);
      if (container.recording?.state !== "processing") this.#processed(watched, container);
    }
  }

  #processed(watched, container) {
    if (this.#container !== watched) return;
    this.#container = container;
    if (this.#machine.state === "done") this.#home();
  }

  // What goes wrong.

  #fail(error) {
    this.#drop();
    this.#closeTake();
    if (error.code === "locked") this.#lock();
    else if (REFUSALS.has(error.code)) this.#tellOf("refused", error.code);
    else this.#tellOf("failed", fatalCode(error));
  }

  #failSending(error) {
    if (error.retryable) this.#tellOf("stalled", fatalCode(error));
    else this.#fail(error);
  }

  #failNote(error, text) {
    if (error.code === "locked") {
      this.#lock();
      return;
    }
    this.#go("writing", { text });
    this.#complain(fatalCode(error));
  }

  #block(code) {
    this.#closeTake();
    this.#tellOf("blocked", code);
  }

  async #lock() {
    this.#tellOf("locked", "locked");
    this.#container = await this.api.container({ patienceMs: 0 }).catch(() => this.#container);
    this.#go("locked");
  }

  /** Moves to a state that explains an error, silently when the page takes the error over. */
  #tellOf(state, code) {
    const quiet = emitError(code, explain(this.t, code, this.#container));
    this.#go(state, { code, quiet });
  }

  /** Says what is wrong without leaving the present page of the widget. */
  #complain(code) {
    const message = explain(this.t, code, this.#container);
    if (!emitError(code, message)) this.view.notice(message);
  }

  // Housekeeping.

  #home(detail = {}) {
    const state = stateFor(this.#container);
    this.#go(state, { code: this.#container.recording?.refusal ?? "failed", ...detail });
  }

  #go(to, detail = {}) {
    this.#machine.go(to, detail);
  }

  #changed({ to, from, ...detail }) {
    warnBeforeLeaving(this.options.urid, PRECIOUS.includes(to));
    if (to === "recording") markUnsent(this.options.urid);
    else if (!PRECIOUS.includes(to)) unmark(this.options.urid);
    emitState(this.host, this.options.urid, to);
    const shown = { container: this.#container, stream: this.#take?.stream, film: this.#film };
    this.view.show(to, { ...shown, ...detail });
  }

  #wasInterrupted() {
    const wasInterrupted = isMarked(this.options.urid) && stateFor(this.#container) === "welcome";
    if (wasInterrupted) emitError("interrupted", this.t("interrupted.text"));
    return wasInterrupted;
  }

  #patience() {
    return { onWaiting: (isWaiting) => this.view.network(isWaiting) };
  }

  #closeTake() {
    this.#take?.close();
    this.#take = null;
  }

  #drop() {
    this.#upload?.abandon();
    this.#upload = null;
  }
}
