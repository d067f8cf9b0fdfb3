// Elements from data: no HTML is ever made of text.
export const find = (name, root = document) => root.querySelector(`[data-lc="${name}"]`);

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(made, name, value);
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

function set(made, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else made.setAttribute(name, value === true ? "" : value);
}

// Puts new children in; the focus stays on the button that has the same key.
export function fill(box, ...children) {
  const key = box.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  box.replaceChildren(...children);
  if (key) box.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

export const say = (words, name, facts = {}) =>
  Object.entries(facts).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name]);

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

export function seconds(text) {
  const found = /^(?:(\d{1,4}):)?([0-5]?\d)$/.exec(text.trim());
  return found ? Number(found[1] ?? 0) * 60 + Number(found[2]) : Number.NaN;
}
