/** Shows anew how far an import is, until it has ended. */

const EVERY_MS = 1_000;
const find = (page) => page.querySelector("[data-gp-progress]");

async function fresh() {
  const response = await fetch(location.href, { cache: "no-store" });
  if (!response.ok) throw new Error(`The page answered ${response.status}.`);
  return find(new DOMParser().parseFromString(await response.text(), "text/html"));
}

/** While nothing but the bar moves, the rest stays, so that no screen reader says it again. */
function show(now) {
  const [bar, words] = ["progress", "[role=status]"].map((part) => [find(document), now].map((page) => page.querySelector(part)));
  if (bar.every(Boolean) && words[0].textContent === words[1].textContent) Object.assign(bar[0], { max: bar[1].max, value: bar[1].value });
  else find(document).replaceWith(now);
}

/** A network that is away is asked again. */
async function look() {
  const now = document.hidden ? null : await fresh().catch(() => null);
  if (now) show(now);
  if (find(document).dataset.gpProgress === "waiting") setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
