/** Tells this site, and nobody else, that the message is being played; a note alone, that somebody has it in front of them. */

export function tellWhenSeen() {
  const address = document.querySelector("[data-gc-seen]")?.dataset.gcSeen;
  if (!address) return; // known already
  const video = document.querySelector("[data-gc-player] video");
  if (video) video.addEventListener("playing", once(address));
  else whenVisible(once(address));
}

/** Told once; what did not arrive is told again at the next occasion. */
function once(address) {
  let told = false;
  return async () => {
    if (told) return;
    told = true;
    const answer = await fetch(address, { method: "POST", keepalive: true }).catch(() => null);
    told = answer !== null && answer.status < 500;
  };
}

/** A page that a browser opens in advance, or in a tab behind, is in front of nobody. */
function whenVisible(tell) {
  const look = () => {
    if (!document.prerendering && document.visibilityState === "visible") tell();
  };
  document.addEventListener("visibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  look();
}
