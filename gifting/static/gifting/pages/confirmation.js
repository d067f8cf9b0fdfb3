/** Answers the widget's two events in the page's own words. */

const HOPELESS = ["locked", "not_found", "unauthorized"]; // recording later would not help

const panel = (name) => document.querySelector(`[data-gc-confirmation] [data-gc-${name}]`);

document.addEventListener("livstickRecorded", () => {
  panel("recorded").hidden = false;
  panel("failed").hidden = true;
});

document.addEventListener("livstickError", ({ detail }) => {
  if (HOPELESS.includes(detail.code) || !panel("recorded").hidden) return;
  panel("failed").hidden = false;
});
