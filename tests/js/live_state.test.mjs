import assert from "node:assert/strict";
import { test } from "node:test";
import { newNames, Show, wantsNews } from "../../livestream/static/livestream/watch/state.js";

const PLAYER = { mode: "live", src: "/live.m3u8" };
const state = (version, changes = {}) => ({ version, status: "active", player: PLAYER, pins: [], ...changes });
const card = (id, facts = {}) => ({ id, name: id, variant: "", price: "", ...facts });

function heard(show) {
  const versions = [];
  show.addEventListener("change", ({ detail }) => versions.push([detail.before.version, detail.after.version]));
  return versions;
}

test("a newer state replaces the older one", () => {
  const show = new Show(state(3));
  const changes = heard(show);
  show.take(state(5, { status: "paused" }));
  assert.equal(show.state.status, "paused");
  assert.deepEqual(changes, [[3, 5]]);
});

for (const version of [2, 3]) {
  test(`what is not newer changes nothing: ${version} after 3`, () => {
    const show = new Show(state(3));
    const changes = heard(show);
    show.take(state(version, { status: "replay" }));
    assert.equal(show.state.status, "active");
    assert.deepEqual(changes, []);
  });
}

test("a part leaves the rest as it is", () => {
  const show = new Show(state(1));
  show.takePart({ version: 2, pins: [card("A")] });
  assert.equal(show.state.player, PLAYER);
  assert.equal(show.state.pins[0].id, "A");
});

test("an older part that comes late does not win", () => {
  const show = new Show(state(1));
  show.takePart({ version: 3, pins: [] });
  show.takePart({ version: 2, pins: [card("A")] });
  assert.deepEqual(show.state.pins, []);
});

test("news are wanted while something can happen", () => {
  const wanted = ["idle", "active", "paused", "completed", "expired"].map((status) => wantsNews(state(1, { status })));
  assert.deepEqual(wanted, [true, true, true, false, false]);
});

test("a replay that is still being prepared is waited for", () => {
  assert.equal(wantsNews(state(1, { status: "replay", player: { src: "" } })), true);
  assert.equal(wantsNews(state(1, { status: "replay", player: { src: "/replay.mp4" } })), false);
});

test("only new cards are news, with what people want to know", () => {
  const hat = card("B", { name: "Hat", variant: "Red", price: "€5" });
  assert.deepEqual(newNames([card("A")], [card("A"), hat]), ["Hat, Red, €5"]);
});
