/** Finds the embed tags of the page and fills their mounts. */
import { Api } from "./api.js";
import { pickLanguage, translator } from "./i18n.js";
import { MOUNTS, readOptions } from "./options.js";
import { Session } from "./session.js";
import { DARK, themeOf } from "./theme.js";
import { View } from "./view.js";

const FOLDER = new URL("./", import.meta.url).href;
const BASE = new URL("../", import.meta.url).href;
const OWN_NAME = /^widget\.[\w-]+\.js$/;
const running = new Map();

/** A module has no currentScript: our tags are those that point at this widget on this server. */
function isOurs(tag) {
  const [address] = tag.src.split(/[?#]/);
  return address.startsWith(FOLDER) && OWN_NAME.test(address.slice(FOLDER.length));
}

/** Marked in the page itself, because the widget may be loaded twice under two names. */
function claim(node, name) {
  if (!node || node.hasAttribute(name)) return null;
  node.setAttribute(name, "");
  return node;
}

function newTags() {
  const tags = [...document.querySelectorAll("script[type=module][src][data-uid]")];
  return tags.filter((tag) => isOurs(tag) && claim(tag, "data-gc-claimed"));
}

function mountFor(tag, { mount }) {
  if (mount) return claim(document.querySelector(mount), "data-gc-mounted");
  const free = [...document.querySelectorAll(MOUNTS)].find((node) => !node.hasAttribute("data-gc-mounted"));
  return claim(free, "data-gc-mounted") ?? newMount(tag);
}

function newMount(tag) {
  const mount = document.createElement("div");
  if (document.head.contains(tag)) document.body.append(mount);
  else tag.after(mount);
  return claim(mount, "data-gc-mounted");
}

async function start(tag, mount, options) {
  const host = document.createElement("gift-widget");
  mount.replaceChildren(host);
  const language = pickLanguage(options.lang, document.documentElement.lang);
  const t = translator(language);
  const view = new View({ host, t, language });
  const api = new Api({ base: BASE, ...options });
  view.session = new Session({ options, api, view, t, host });
  running.set(host, view.session);
  followTheme(view, mount, options);
  await view.open();
  await view.session.open();
}

function followTheme(view, mount, { theme }) {
  const paint = () => view.paint(themeOf(theme, mount));
  matchMedia(DARK).addEventListener("change", paint);
  paint();
}

function mountAll() {
  const jobs = newTags().map((tag) => ({ tag, options: readOptions(tag) }));
  const named = jobs.filter(({ options }) => options.mount);
  const inOrder = jobs.filter(({ options }) => !options.mount);
  [...named, ...inOrder].forEach(({ tag, options }) => {
    const mount = mountFor(tag, options);
    if (mount) start(tag, mount, options);
  });
}

/** A page that takes the widget away must not leave the camera on. */
function closeRemoved() {
  for (const [host, session] of running) {
    if (host.isConnected) continue;
    running.delete(host);
    session.close();
  }
}

function watchPage() {
  new MutationObserver(closeRemoved).observe(document, { childList: true, subtree: true });
  // The browser runs a module once: a tag that a page adds later only fires this event.
  document.addEventListener("load", ({ target }) => target.matches?.("script[data-uid]") && mountAll(), true);
}

function begin() {
  mountAll();
  watchPage();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
else begin();
