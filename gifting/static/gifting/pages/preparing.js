/** Asks until the recorder of this order is there, then shows the page anew. */

const FIRST_MS = 1_500;
const SLOWEST_MS = 15_000;
const GROWTH = 1.4;

const address = document.querySelector("[data-gc-preparing]").dataset.gcPreparing;

async function isReady() {
  const response = await fetch(address, { cache: "no-store" });
  return response.ok && (await response.json()).ready;
}

/** A network that is away is asked again later. */
async function poll(delay) {
  if (!document.hidden && (await isReady().catch(() => false))) location.reload();
  else wait(Math.min(delay * GROWTH, SLOWEST_MS));
}

function wait(delay) {
  setTimeout(() => poll(delay), delay);
}

wait(FIRST_MS);
