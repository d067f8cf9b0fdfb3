// Closes an open filter by Escape, or by a click elsewhere; opening and choosing need no script.
const opened = () => document.querySelector("[data-gc-filter][open]");

document.addEventListener("keydown", (event) => {
  const filter = event.key === "Escape" && opened();
  if (!filter) return;
  filter.open = false;
  filter.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  const filter = opened();
  if (filter && !filter.contains(event.target)) filter.open = false;
});
