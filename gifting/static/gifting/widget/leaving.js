/** What happens when the page goes away in the middle: a warning before, a mark that tells afterwards. */

const keyOf = (urid) => `giftcast:${urid}:unsent`;

function warn(event) {
  event.preventDefault();
  event.returnValue = true; // what browsers before 2024 listen to
}

const unsent = new Set();

/** The listener is there only while some widget needs it: it keeps pages out of the back/forward cache. */
export function warnBeforeLeaving(urid, isPrecious) {
  if (isPrecious) unsent.add(urid);
  else unsent.delete(urid);
  if (unsent.size) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
}

/** A frame without storage rights throws on the mere name of it; the mark is a courtesy, so let it go. */
function storage(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

export const markUnsent = (urid) => storage((store) => store.setItem(keyOf(urid), "1"));
export const unmark = (urid) => storage((store) => store.removeItem(keyOf(urid)));

/** True after a reload that lost a film. */
export const isMarked = (urid) => storage((store) => store.getItem(keyOf(urid))) !== null;
