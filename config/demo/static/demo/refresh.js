// Keeps the part of the page that has [data-refresh] as the server has it. Its value changes with its content.

const REST_MS = 2000;

const part = (root) => root.querySelector("[data-refresh]");

async function fetchPart() {
  const answer = await fetch(location.href);
  if (!answer.ok) return null;
  return part(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(document.adoptNode(fresh));
  if (focused) document.getElementById(focused)?.focus();
}

async function refresh() {
  if (!document.hidden) {
    const fresh = await fetchPart().catch(() => null); // The server may be away for a moment.
    const old = part(document);
    if (fresh && old && fresh.dataset.refresh !== old.dataset.refresh) replace(old, fresh);
  }
  setTimeout(refresh, REST_MS);
}

if (part(document)) setTimeout(refresh, REST_MS);
