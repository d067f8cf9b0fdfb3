/** Making elements: the few kinds that the widget's pages are built from. */
import { icon } from "./icons.js";

/** An element with attributes, `on…` listeners and children; null and false are left out. */
export function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => assign(node, key, value));
  node.append(...children.filter(Boolean));
  return node;
}

function assign(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else node.setAttribute(key, value === true ? "" : value);
}

export const title = (text) => h("h2", { class: "gc-title", tabindex: "-1" }, text);
export const text = (words) => h("p", { class: "gc-text" }, words);
export const hint = (words) => h("p", { class: "gc-hint" }, words);
export const actions = (...buttons) => h("div", { class: "gc-actions" }, ...buttons);

/** `kind`: primary, secondary or quiet. */
export function button(label, onclick, { kind = "secondary", symbol = null } = {}) {
  const attributes = { type: "button", class: `gc-button gc-button--${kind}`, onclick };
  return h("button", attributes, symbol && icon(symbol), h("span", {}, label));
}

/** A link that looks like a button and opens beside the page. */
export function link(label, href, { kind = "secondary", symbol = null } = {}) {
  const attributes = { class: `gc-button gc-button--${kind}`, href, target: "_blank", rel: "noopener" };
  return h("a", attributes, symbol && icon(symbol), h("span", {}, label));
}

/** A button that lets the giver choose a video; with `capture`, phones open their camera app. */
export function filePicker(label, onfile, { kind = "secondary", symbol = "upload", capture = false } = {}) {
  const input = h("input", { type: "file", accept: "video/*", hidden: true, capture: capture && "user" });
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = ""; // choosing the same file again must fire again
    if (file) onfile(file);
  });
  return h("span", { class: "gc-picker" }, input, button(label, () => input.click(), { kind, symbol }));
}

/** A labelled text area with a live counter; `field.value` is what was written. */
export function noteField({ t, label, value, max, labelClass = "" }) {
  const count = h("span", { class: "gc-count", id: "gc-count" });
  const field = h("textarea", { class: "gc-note", id: "gc-note", rows: "4", maxlength: `${max}` });
  field.setAttribute("aria-describedby", "gc-count");
  field.value = value;
  const update = () => {
    count.textContent = t("note.count", { count: field.value.length, max });
  };
  field.addEventListener("input", update);
  update();
  const name = h("label", { for: "gc-note", class: labelClass }, label);
  return { field, node: h("div", { class: "gc-field" }, name, field, count) };
}
