/** Where a giver can be and how they get on: a table of legal moves. Knows no page, no camera, no network. */

export const MOVES = Object.freeze({
  loading: ["welcome", "done", "refused", "locked", "failed"],
  welcome: ["asking", "review", "writing", "done", "refused"],
  asking: ["preview", "blocked", "welcome", "done", "refused"],
  preview: ["countdown", "blocked", "welcome", "done", "refused"],
  countdown: ["recording", "preview", "blocked"],
  recording: ["review", "blocked", "refused", "locked", "failed"],
  review: ["sending", "asking", "review", "welcome", "done", "refused", "locked", "failed"],
  writing: ["sending", "welcome", "done", "refused"],
  sending: ["done", "stalled", "review", "writing", "refused", "locked", "failed"],
  stalled: ["sending"],
  done: ["done", "welcome", "refused", "locked"],
  refused: ["welcome"],
  blocked: ["asking", "review", "writing", "welcome", "done", "refused"],
  locked: ["locked"],
  failed: ["loading"],
});

/** States that a closed page would cost the giver something. */
export const PRECIOUS = Object.freeze(["recording", "review", "sending", "stalled"]);

export class Machine extends EventTarget {
  state = "loading";

  /** Moves on and fires `change`; an illegal move is a mistake of ours and throws. */
  go(to, detail = {}) {
    const from = this.state;
    if (!MOVES[from].includes(to)) throw new Error(`There is no way from ${from} to ${to}.`);
    this.state = to;
    this.dispatchEvent(new CustomEvent("change", { detail: { from, to, ...detail } }));
  }
}

const BY_RECORDING = Object.freeze({
  uploading: "welcome",
  processing: "done",
  ready: "done",
  refused: "refused",
  failed: "refused",
});

/** The state to begin with, from the server's document of the container. */
export function stateFor(container) {
  if (container.lockedReason) return "locked";
  // A later video was refused: the message that was there before it still stands.
  if (container.recording?.state === "refused" && container.state === "recorded") return "done";
  if (container.recording) return BY_RECORDING[container.recording.state] ?? "welcome";
  if (container.state === "recorded") return "done";
  return container.canRecord ? "welcome" : "locked";
}
