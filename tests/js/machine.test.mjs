import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "node:fs/promises";

import { MOVES, Machine, PRECIOUS, stateFor } from "../../gifting/static/gifting/widget/machine.js";

const VIEW = new URL("../../gifting/static/gifting/widget/view.js", import.meta.url);
const STATES = Object.keys(MOVES);

test("every state that can be reached has a row", () => {
  const reachable = new Set(Object.values(MOVES).flat());
  assert.deepEqual([...reachable].sort(), STATES.toSorted());
});

test("every state has a page", async () => {
  const source = await readFile(VIEW, "utf8");
  const pages = /PAGES = Object\.freeze\(\{([^}]*)\}/.exec(source)[1].match(/\w+(?=:)/g);
  assert.deepEqual(pages.sort(), STATES.toSorted());
});

test("only a locked message is a dead end", () => {
  const dead = STATES.filter((state) => MOVES[state].every((next) => next === state));
  assert.deepEqual(dead, ["locked"]);
});

test("every precious state is one", () => {
  assert.ok(PRECIOUS.every((state) => STATES.includes(state)));
});

test("a legal move tells where from and where to", () => {
  const machine = new Machine();
  const told = [];
  machine.addEventListener("change", ({ detail }) => told.push(detail));
  machine.go("welcome", { why: "loaded" });
  assert.deepEqual(told, [{ from: "loading", to: "welcome", why: "loaded" }]);
});

test("an illegal move throws and changes nothing", () => {
  const machine = new Machine();
  assert.throws(() => machine.go("recording"), /no way from loading to recording/);
  assert.equal(machine.state, "loading");
});

const OPEN = { state: "recording_open", canRecord: true, lockedReason: null, recording: null };
const CASES = [
  ["an empty container", {}, "welcome"],
  ["an upload that never ended", { recording: { state: "uploading" } }, "welcome"],
  ["a film in preparation", { recording: { state: "processing" } }, "done"],
  ["a film that is ready", { recording: { state: "ready" } }, "done"],
  ["a note alone", { state: "recorded" }, "done"],
  ["a refused film", { recording: { state: "refused" } }, "refused"],
  ["a refused film after a good one", { state: "recorded", recording: { state: "refused" } }, "done"],
  ["a failed preparation", { recording: { state: "failed" } }, "refused"],
  ["an activated gift", { lockedReason: "activated", recording: { state: "ready" } }, "locked"],
  ["an activated gift without a message", { state: "activated" }, "welcome"],
  ["a closed container without a reason", { canRecord: false }, "locked"],
];
for (const [name, fields, expected] of CASES) {
  test(`${name} begins at ${expected}`, () => assert.equal(stateFor({ ...OPEN, ...fields }), expected));
}
