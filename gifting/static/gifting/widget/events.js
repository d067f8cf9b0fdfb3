/**
 * Everything that the widget says to the page around it.
 *
 * `livstickRecorded` on document, detail {urid}: the message is stored on the server.
 * `livstickError` on document, detail {code, message}; preventDefault() tells the widget that the page says
 * it in its own words: the widget then neither announces the error nor moves the focus to it.
 * `gifting:state` on the mount, bubbling, detail {urid, state}: where the giver is.
 */
export const RECORDED = "livstickRecorded";
export const ERROR = "livstickError";
export const STATE = "gifting:state";

export const ERROR_CODES = Object.freeze([
  "camera_denied", "camera_missing", "camera_busy", "camera_lost", "insecure_context", "not_supported",
  "unauthorized", "not_found", "locked", "rate_limited", "unavailable", "offline",
  "empty", "not_video", "no_picture", "truncated", "too_long", "too_short", "too_large", "too_many_pixels",
  "failed", "interrupted",
]);

export function emitRecorded(urid) {
  document.dispatchEvent(new CustomEvent(RECORDED, { bubbles: true, detail: { urid } }));
}

/** True when the page took the error over. */
export function emitError(code, message) {
  const event = new CustomEvent(ERROR, { bubbles: true, cancelable: true, detail: { code, message } });
  return !document.dispatchEvent(event);
}

export function emitState(host, urid, state) {
  host.dispatchEvent(new CustomEvent(STATE, { bubbles: true, composed: true, detail: { urid, state } }));
}
