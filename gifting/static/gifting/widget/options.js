/** Every option of the embed tag, and every number that the widget chooses by itself. */

export const TIMING = Object.freeze({
  timesliceMs: 1_000, // one chunk leaves the browser each second
  tickMs: 200,
  countdownSeconds: 3,
  countdownSecondsReduced: 1, // for people who asked their system for less motion
  shortestTakeMs: 1_000,
  stopEarlyMs: 300, // the last frames arrive after stop(): the film must not outgrow the limit
  spokenSecondsLeft: Object.freeze([30, 10, 5]),
  waitingNoticeMs: 2_000,
  patienceMs: 150_000, // how long a dead network is tried again before the giver is asked
  openingPatienceMs: 6_000,
  requestTimeoutMs: 30_000,
  pollFirstMs: 1_500,
  pollSlowestMs: 15_000,
  metadataTimeoutMs: 4_000,
  stylesheetTimeoutMs: 4_000,
});

export const UPLOAD = Object.freeze({
  largestChunkBytes: 2 * 1024 * 1024,
  smallestChunkBytes: 64 * 1024,
  restarts: 3,
});

export const FILM = Object.freeze({
  videoBitsPerSecond: 2_500_000,
  audioBitsPerSecond: 128_000,
  // webm leaves in whole chunks each second; mp4 does so only when key frames are asked for.
  types: Object.freeze(["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"]),
  constraints: Object.freeze({
    video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } },
    audio: { echoCancellation: true, noiseSuppression: true },
  }),
});

export const MOUNTS = "#livstick-plugin, [data-livstick]";

/**
 * What one embed tag says: `data-uid`, `data-editKey` (which HTML lower-cases), `data-lang`,
 * `data-mount` (a CSS selector), `data-theme` (`light` or `dark`; otherwise the page decides) and
 * `data-brand="hidden"` (for a page that shows the brand itself).
 */
export function readOptions(tag) {
  const { uid, lang = "", mount = "", theme = "", brand = "" } = tag.dataset;
  const editKey = tag.dataset.editkey ?? tag.dataset.editKey ?? "";
  return Object.freeze({ urid: uid, editKey, lang, mount, theme, isBrandHidden: brand === "hidden" });
}
