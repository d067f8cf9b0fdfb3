import assert from "node:assert/strict";
import { test } from "node:test";
import { Basket, BASKET, detailOf } from "../../livestream/static/livestream/watch/basket.js";
import { clock, placeOf, shownAt } from "../../livestream/static/livestream/watch/chapters.js";
import { localDate, ownLanguage, partsOf } from "../../livestream/static/livestream/watch/dates.js";
import { Frame } from "../../livestream/static/livestream/watch/frame.js";
import { Requests } from "../../livestream/static/livestream/watch/requests.js";
import { wayOf } from "../../livestream/static/livestream/watch/sources.js";
import { speaker } from "../../livestream/static/livestream/watch/words.js";

const HLS = "https://cdn.example/hls.min.js";
const CARD = { id: "P1", product_id: "P1", ext_id: "X", name: "Hat", price: "€5", url: "/live/L/products/P1/" };

// -- Which way a video is played

for (const [src, can, way] of [
  ["/film.mp4", { hlsUrl: HLS, hasMediaSource: true, playsPlaylists: true }, "native"],
  ["/live.m3u8?token=a.mp4", { hlsUrl: HLS, hasMediaSource: true, playsPlaylists: true }, "hls"],
  ["/live.m3u8", { hlsUrl: HLS, hasMediaSource: false, playsPlaylists: true }, "native"],
  ["/live.m3u8", { hlsUrl: "", hasMediaSource: true, playsPlaylists: true }, "native"],
  ["/live.m3u8", { hlsUrl: "", hasMediaSource: true, playsPlaylists: false }, ""],
  ["https://cdn.example/a.M3U8", { hlsUrl: HLS, hasMediaSource: true, playsPlaylists: false }, "hls"],
]) {
  test(`${src} with ${JSON.stringify(can)} is played ${way || "not at all"}`, () => {
    assert.equal(wayOf(src, can), way);
  });
}

// -- The replay

const chapter = (id, start, end) => ({ start_ms: start, end_ms: end, card: { id } });
const idsAt = (chapters, ms) => shownAt(chapters, ms).map(({ id }) => id);

test("a card is there from its first moment to its last", () => {
  const chapters = [chapter("A", 1000, 2000)];
  assert.deepEqual([999, 1000, 1999, 2000].map((ms) => idsAt(chapters, ms).length), [0, 1, 1, 0]);
});

test("at most three cards, those that came last", () => {
  const chapters = ["A", "B", "C", "D"].map((id, place) => chapter(id, place, 100));
  assert.deepEqual(idsAt(chapters, 50), ["B", "C", "D"]);
});

test("a chapter never reaches past the end of the timeline", () => {
  assert.deepEqual(placeOf(chapter("A", 5000, 90_000), 10_000), [50, 50]);
});

test("times are written as people write them", () => {
  assert.deepEqual([0, 65_000, 3_725_000].map(clock), ["0:00", "1:05", "1:02:05"]);
});

// -- The countdown

test("a countdown begins with the largest unit that is there", () => {
  assert.deepEqual(partsOf(90_061_000)[0], ["day", 1]);
  assert.deepEqual(partsOf(61_000), [["minute", 1], ["second", 1]]);
});

test("a countdown ends", () => {
  assert.deepEqual([partsOf(0), partsOf(-5)], [[], []]);
});

test("dates are written in the viewer's own variant of the language", () => {
  assert.equal(ownLanguage("en", ["fr-FR", "en-GB"]), "en-GB");
  assert.equal(ownLanguage("de", ["fr-FR"]), "de");
  assert.match(localDate("2030-01-02T18:00:00Z", "fr"), /2 janvier 2030/);
});

// -- The basket

function newBasket({ url = "", taken = false, answer } = {}) {
  const log = { posts: [], counts: [], opened: [] };
  const basket = new Basket({
    url,
    requests: { count: (item) => log.counts.push(item) },
    counts: true,
    fetch: async (...call) => {
      log.posts.push(call);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    target: new EventTarget(),
    offer: async () => taken,
    open: (address) => log.opened.push(address),
  });
  return { basket, log };
}

test("a page that takes the product over tells the viewer itself", async () => {
  const { basket, log } = newBasket({ url: "https://shop.example/add" });
  let detail;
  basket.target.addEventListener(BASKET, (event) => {
    detail = event.detail;
    event.preventDefault();
  });
  assert.deepEqual(await basket.add(CARD), { outcome: "taken" });
  assert.deepEqual(detail, { product: "P1", unit: "", quantity: 1, ext_id: "X", name: "Hat", price: "€5" });
  assert.deepEqual(log.posts, []);
});

test("the page around the frame is asked before the shop's address", async () => {
  const { basket, log } = newBasket({ url: "https://shop.example/add", taken: true });
  assert.deepEqual(await basket.add(CARD), { outcome: "taken" });
  assert.deepEqual(log.posts, []);
});

test("the shop's address gets the product with the viewer's cookie, and its words are passed on", async () => {
  const answer = { ok: true, json: async () => ({ message: "2 hats now." }) };
  const { basket, log } = newBasket({ url: "https://shop.example/add", answer });
  assert.deepEqual(await basket.add(CARD), { outcome: "added", message: "2 hats now." });
  const [url, init] = log.posts[0];
  assert.deepEqual([url, init.method, init.credentials], ["https://shop.example/add", "POST", "include"]);
  assert.equal(JSON.parse(init.body).ext_id, "X");
});

for (const [what, answer] of [
  ["refuses", { ok: false, json: async () => ({}) }],
  ["is away", new TypeError("Failed to fetch")],
  ["says nothing we can read", { ok: false, json: async () => JSON.parse("<html>") }],
]) {
  test(`a shop that ${what} is no silence`, async () => {
    const { basket } = newBasket({ url: "https://shop.example/add", answer });
    assert.equal((await basket.add(CARD)).outcome, "notAdded");
  });
}

test("where nobody has a basket the product is opened in the shop", async () => {
  const { basket, log } = newBasket();
  await basket.add(CARD);
  assert.deepEqual(log.opened, [CARD.url]);
});

test("every try is counted once, for what was chosen", async () => {
  const { basket, log } = newBasket();
  await basket.add(CARD, { id: "U7", ext_id: "X-red", price: "€6" });
  assert.deepEqual(log.counts, ["U7"]);
});

test("a chosen unit has its own number and price", () => {
  const detail = detailOf(CARD, { id: "U7", ext_id: "X-red", price: "€6" });
  assert.deepEqual([detail.unit, detail.ext_id, detail.price], ["U7", "X-red", "€6"]);
});

test("a pinned unit is that unit", () => {
  assert.equal(detailOf({ ...CARD, id: "U7" }).unit, "U7");
});

// -- The frame

function newFrame({ host, hosts = ["https://shop.example"], isInside = true }) {
  const posted = [];
  const window = new EventTarget();
  window.location = new URL(`https://live.example/live/L/embed/?host=${encodeURIComponent(host)}`);
  window.parent = isInside ? { postMessage: (...call) => posted.push(call) } : window;
  return { frame: new Frame({ hosts, window }), window, posted };
}

function answer(window, changes = {}) {
  const data = { type: "livestream:basket-answer", number: 1, taken: true };
  const facts = { origin: "https://shop.example", source: window.parent, data, ...changes };
  window.dispatchEvent(Object.assign(new Event("message"), facts));
}

test("the page around is asked, at its own origin and no other", async () => {
  const { frame, window, posted } = newFrame({ host: "https://shop.example" });
  const asked = frame.offer({ product: "P1" });
  assert.deepEqual(posted[0][1], "https://shop.example");
  answer(window);
  assert.equal(await asked, true);
});

test("an origin that the channel does not allow is told nothing", async () => {
  const { frame, posted } = newFrame({ host: "https://evil.example" });
  assert.equal(await frame.offer({}), false);
  assert.deepEqual(posted, []);
});

for (const [whose, changes] of [
  ["another origin", { origin: "https://evil.example" }],
  ["another window", { source: {} }],
  ["another question", { data: { type: "livestream:basket-answer", number: 9, taken: true } }],
]) {
  test(`an answer of ${whose} does not count`, async () => {
    const { frame, window } = newFrame({ host: "https://shop.example" });
    const asked = frame.offer({});
    answer(window, changes);
    assert.equal(await asked, false);
  });
}

test("a page that is in no frame asks nobody", async () => {
  const { frame } = newFrame({ host: "https://shop.example", isInside: false });
  assert.equal(await frame.offer({}), false);
});

// -- Requests and words

test("the state is asked for by its version", async () => {
  const asked = [];
  const replies = [
    { ok: true, status: 200, headers: new Headers({ ETag: '"5-public"' }), json: async () => ({ version: 5 }) },
    { ok: false, status: 304, headers: new Headers() },
  ];
  const fetch = async (url, init) => {
    asked.push(init.headers["If-None-Match"]);
    return replies.shift();
  };
  const requests = new Requests({ urls: { state: "/live/L/state" }, fetch });
  assert.deepEqual([(await requests.state()).version, await requests.state()], [5, null]);
  assert.deepEqual(asked, [undefined, '"5-public"']);
});

test("a livestream that is no more is told apart from a server in trouble", async () => {
  const answering = (status) => new Requests({ urls: { state: "/s" }, fetch: async () => ({ ok: false, status }) });
  await assert.rejects(answering(404).state(), { isGone: true });
  await assert.rejects(answering(503).state(), { isGone: false });
});

test("gaps in sentences are filled, and a missing sentence is a mistake", () => {
  const say = speaker({ added: "{name} is in your basket." });
  assert.equal(say("added", { name: "Hat" }), "Hat is in your basket.");
  assert.throws(() => say("nothing"));
});
