import assert from "node:assert/strict";
import { test } from "node:test";
import { News, PATIENCE, ROUNDS } from "../../livestream/static/livestream/watch/events.js";
import { Show } from "../../livestream/static/livestream/watch/state.js";

const state = (version, changes = {}) => ({ version, status: "active", player: { src: "" }, pins: [], ...changes });
const OVER = { status: "completed" };
const turn = () => new Promise((done) => setImmediate(done));

/** A page whose connections, answers and clock are ours. `script`: what each connection does, in turn. */
function setUp({ url = "/events?ticket=1", script = [], answers = [] } = {}) {
  const log = { urls: [], waits: [], told: [], tickets: 0 };
  const sources = [];
  class FakeSource extends EventTarget {
    constructor(address) {
      super();
      log.urls.push(address);
      sources.push(this);
      const steps = script.shift() ?? [];
      queueMicrotask(() => steps.forEach(([name, data]) => this.send(name, data)));
    }
    send(name, data) {
      this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
    }
    close() {
      this.isClosed = true;
    }
  }
  const requests = {
    state: async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? null;
    },
    ticket: async () => `/events?ticket=${(log.tickets += 1) + 1}`,
  };
  const show = new Show(state(1));
  const wait = (ms) => {
    if (ms === 10_000) return new Promise(() => {}); // the patience of a connection: never over here
    log.waits.push(ms);
    return turn();
  };
  const tell = (word) => log.told.push(word);
  const news = new News({ url, show, requests, EventSource: FakeSource, wait, tell, random: () => 0.5 });
  return { show, news, log, sources };
}

test("a snapshot and parts reach the show over one connection", async () => {
  const pins = [{ id: "A" }];
  const script = [[["snapshot", state(2)], ["pins", { version: 3, pins }], ["status", { version: 4, ...OVER }]]];
  const { show, news, log } = setUp({ script });
  await news.run();
  assert.deepEqual([show.state.pins, log.urls.length], [pins, 1]);
});

test("the connection is closed once nothing can happen any more", async () => {
  const { news, sources } = setUp({ script: [[["snapshot", state(2, OVER)]]] });
  await news.run();
  assert.equal(sources[0].isClosed, true);
});

test("the count of viewers is passed on", async () => {
  const script = [[["viewers", { viewers: 12 }], ["snapshot", state(2, OVER)]]];
  const { show, news } = setUp({ script });
  let viewers;
  show.addEventListener("viewers", ({ detail }) => ({ viewers } = detail));
  await news.run();
  assert.equal(viewers, 12);
});

test("a connection that breaks is opened again after a while, with the same ticket", async () => {
  const script = [[["snapshot", state(2)], ["error"]], [["snapshot", state(3, OVER)]]];
  const { news, log } = setUp({ script });
  await news.run();
  assert.deepEqual(log.urls, ["/events?ticket=1", "/events?ticket=1"]);
  assert.deepEqual(log.waits, [1500]);
});

test("a refused connection gets a new ticket", async () => {
  const script = [[["error"]], [["error"]], [["snapshot", state(2, OVER)]]];
  const { news, log } = setUp({ script });
  await news.run();
  assert.deepEqual(log.urls.at(-1), "/events?ticket=2");
});

test("after some failures in a row the page asks instead, and catches up", async () => {
  const script = Array.from({ length: PATIENCE }, () => [["error"]]);
  const { show, news, log } = setUp({ script, answers: [state(5), state(6, OVER)] });
  await news.run();
  assert.equal(show.state.version, 6);
  assert.equal(log.urls.length, PATIENCE);
});

test("after asking for a while a connection is tried again", async () => {
  const failing = Array.from({ length: PATIENCE }, () => [["error"]]);
  const { news, log } = setUp({ script: [...failing, [["snapshot", state(2, OVER)]]] });
  await news.run();
  assert.equal(log.urls.length, PATIENCE + 1);
  assert.equal(log.waits.length, PATIENCE - 1 + ROUNDS);
});

test("where there are no events the page asks from the beginning", async () => {
  const { show, news, log } = setUp({ url: "", answers: [null, state(2), state(3, OVER)] });
  await news.run();
  assert.deepEqual([show.state.version, log.urls], [3, []]);
});

test("a server that is away is asked less and less, and people are told", async () => {
  const answers = [new Error("away"), new Error("away"), state(2, OVER)];
  const { news, log } = setUp({ url: "", answers });
  await news.run();
  assert.deepEqual(log.waits, [8_000, 16_000]);
  assert.deepEqual(log.told, ["offline", "offline", ""]);
});

test("a show that is gone is asked for no more", async () => {
  const { news, log } = setUp({ url: "", answers: [Object.assign(new Error("404"), { isGone: true })] });
  await news.run();
  assert.deepEqual(log.told, ["closed"]);
});

test("a reader that was too slow loads the whole state", async () => {
  const { show, news } = setUp({ script: [[["resync", {}]]], answers: [state(9, OVER)] });
  news.run();
  await turn();
  await turn();
  assert.equal(show.state.version, 9);
  news.stop();
});
