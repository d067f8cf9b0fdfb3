/** Shows the message as soon as it is ready, without a reload. */
import { freshPage } from "./links.js";
import { start } from "./player.js";

const FIRST_MS = 1_500;
const SLOWEST_MS = 15_000;
const GROWTH = 1.4;

const stage = () => document.querySelector("[data-gc-preview]").dataset.gcPreview;

function swap(selector, page) {
  document.querySelector(selector).replaceWith(page.querySelector(selector));
}

function show(page) {
  swap("[data-gc-preview]", page);
  swap("[data-gc-banner]", page);
  swap("[data-gc-kept]", page);
  start(document);
  const news = document.querySelector("[data-gc-news]");
  if (stage() === "ready") news.textContent = news.dataset.gcReady;
}

async function look() {
  const page = await freshPage();
  const found = page.querySelector("[data-gc-preview]");
  if (!found) return location.reload(); // cancelled in the meantime
  return found.dataset.gcPreview === stage() ? undefined : show(page);
}

/** A network that is away is asked again later. */
async function poll(delay) {
  if (stage() === "ready") return;
  if (!document.hidden) await look().catch(() => {});
  wait(Math.min(delay * GROWTH, SLOWEST_MS));
}

function wait(delay) {
  setTimeout(() => poll(delay), delay);
}

start(document);
wait(FIRST_MS);
