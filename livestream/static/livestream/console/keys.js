// The keyboard: off while somebody types or a dialog is open.
const TYPING = "input, textarea, select, [contenteditable]";

export function listen({ store, tray, desk }) {
  const buttons = () => [...document.querySelectorAll("[data-lc=tray] .lc-pin, [data-lc=beside] .lc-pin")];
  let last = "";

  const selected = () => {
    const here = document.activeElement?.closest?.(".lc-pin") ?? buttons().find((button) => button.dataset.item === last);
    return here ?? null;
  };

  const step = (by) => {
    const all = buttons();
    const here = all.indexOf(selected());
    const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  const inSearch = {
    ArrowDown: () => buttons()[0]?.focus(),
    Enter: () => buttons()[0]?.click(),
    Escape: () => (tray.search.value ? tray.clear() : tray.search.blur()),
  };

  const anywhere = {
    "/": () => tray.search.focus(),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    n: () => desk.next(),
    Escape: () => document.activeElement?.blur(),
  };

  const place = (event) => {
    const digit = /^(?:Digit|Numpad)([123])$/.exec(event.code);
    if (!digit) return null;
    if (event.shiftKey) return () => store.pins[digit[1] - 1] && desk.unpin([store.pins[digit[1] - 1].id]);
    return () => selected() && desk.putAt(selected().dataset.item, Number(digit[1]));
  };

  document.addEventListener("focusin", (event) => {
    last = event.target.closest?.(".lc-pin")?.dataset.item ?? last;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const isTyping = event.target.matches?.(TYPING);
    const run = isTyping ? event.target === tray.search && inSearch[event.key] : place(event) ?? anywhere[event.key];
    if (!run) return;
    event.preventDefault();
    if (!event.repeat || event.key.startsWith("Arrow")) run();
  });
}
