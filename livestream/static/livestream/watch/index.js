/** The viewer page: puts its parts together. Without this module the page shows the same, as of when it was loaded. */
import { Basket } from "./basket.js";
import { Buying } from "./buying.js";
import { Cards, nodesOf } from "./cards.js";
import { Chapters } from "./chapters.js";
import { Countdown, localDate, ownLanguage } from "./dates.js";
import { News } from "./events.js";
import { Frame } from "./frame.js";
import { Picture } from "./picture.js";
import { label, Player } from "./player.js";
import { equipReminder } from "./reminder.js";
import { Requests } from "./requests.js";
import { newNames, Show } from "./state.js";
import { speaker } from "./words.js";

const STATUS_NEWS = { active: "live", paused: "pausedNews", replay: "replay", completed: "over", expired: "over" };

/** While there is no replay to watch, the show is over. */
const newsOf = ({ status, player: { src } }) => STATUS_NEWS[status === "replay" && !src ? "completed" : status];

const page = JSON.parse(document.getElementById("lv-page").textContent);
const part = (name) => document.querySelector(`[data-lv-${name}]`);
const parts = (...names) => Object.fromEntries(names.map((name) => [name, part(name)]));
const blank = (kind) => () =>
  document.querySelector(`template[data-lv-blank="${kind}"]`).content.firstElementChild.cloneNode(true);
const say = speaker(page.words);
const fetching = (...what) => fetch(...what);
for (const node of document.querySelectorAll("[data-lv-say]")) node.textContent = say(node.dataset.lvSay);
for (const node of document.querySelectorAll("[data-lv-label]")) label(node, say(node.dataset.lvLabel));

const show = new Show(page.state);
const requests = new Requests({ urls: page.urls, fetch: fetching });
const frame = new Frame({ hosts: page.hosts, window });
const video = part("video");

function announce(text) {
  const place = part("announce");
  place.textContent = "";
  setTimeout(() => (place.textContent = text), 100); // the same words twice are news twice
}

// -- Products

const basket = new Basket({
  url: page.basket.url,
  requests,
  counts: page.counts,
  fetch: fetching,
  target: document,
  offer: (detail) => frame.offer(detail),
  open: (url) => window.open(url, "_blank", "noopener"),
});
const tray = part("tray");
const buying = new Buying({ basket, choices: page.choices, tray, icon: blank("basket"), say, announce });
const buy = (node, card) => page.basket.shown && buying.equip(node, card);
const cards = new Cards({
  list: part("cards"),
  tray,
  products: part("products"),
  blank: blank("card"),
  buy,
});
let shown = page.state.pins;

/** Cards come and go with the pins, and in the replay with the moments. */
function showCards(next) {
  const names = newNames(shown, next);
  if (names.length) announce(say("pinned", { names: names.join("; ") }));
  else if (!next.length && shown.length) announce(say("unpinned"));
  shown = next;
  cards.show(next);
}

// -- The video

const player = new Player({
  parts: parts("stage", "video", "plate", "notice", "play", "unmute", "edge", "full"),
  picture: new Picture({ video, hlsUrl: page.hls }),
  say,
});
const chapters = new Chapters({
  parts: parts("chapters", "timeline", "moments"),
  blank: blank("moment"),
  video,
  show: showCards,
  jump: (seconds) => player.jump(seconds),
  say,
});
const countdown = new Countdown({ node: part("countdown"), starts: page.starts, language: page.language, say });

// -- What changes

function arrange({ status, player: shownPlayer, pins }) {
  for (const node of document.querySelectorAll("[data-lv-when]")) {
    node.hidden = !node.dataset.lvWhen.split(" ").includes(status);
  }
  document.querySelector("[data-lv-status]").dataset.lvStatus = status;
  if (status === "idle") countdown.start();
  else countdown.stop();
  if (status !== "active" && status !== "paused") part("viewers").hidden = true;
  player.show(shownPlayer);
  if (status !== "replay") showCards(pins);
}

/** The replay's moments are asked for once there is a replay to watch. */
async function beginReplay({ src }) {
  showCards([]);
  chapters.set(src ? await requests.moments().catch(() => []) : []);
}

show.addEventListener("change", ({ detail: { before, after } }) => {
  const isOther = before.status !== after.status;
  const news = newsOf(after);
  if (news && news !== newsOf(before)) announce(say(news));
  arrange(after);
  if (after.status !== "replay") chapters.set([]);
  else if (isOther || after.player.src !== before.player.src) beginReplay(after.player);
});
show.addEventListener("viewers", ({ detail: { viewers } }) => {
  const count = new Intl.NumberFormat(page.language).format(viewers);
  part("viewers").textContent = say("watching", { count });
  part("viewers").hidden = !["active", "paused"].includes(show.state.status);
});

// -- The beginning

part("date").textContent = localDate(page.starts, ownLanguage(page.language, navigator.languages));
equipReminder(part("reminder"), { news: part("reminder-news"), say });
for (const card of page.tray) buy(nodesOf(tray).get(card.id), card);
arrange(page.state);
if (page.state.status === "replay") chapters.set(page.chapters);
frame.tellSize();

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const tell = (word) => {
  part("line").textContent = word ? say(word) : "";
  part("line").hidden = !word;
};
const news = new News({ url: page.events, show, requests, EventSource, wait, tell });
news.run();
document.addEventListener("visibilitychange", () => document.hidden || news.refresh().catch(() => {}));
