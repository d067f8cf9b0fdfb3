import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Upload } from "../../gifting/static/gifting/widget/upload.js";
import { TusServer, answer, unreachable } from "./tusserver.mjs";

let server;
beforeEach(() => {
  server = new TusServer();
});

function newUpload(options = {}) {
  return new Upload({
    url: "https://shop.example/widget/uploads",
    editKey: "key-1",
    metadata: { urid: "abc123xyz9", filetype: "video/webm", filename: "Ünser Film.webm" },
    chunkBytes: 4,
    fetch: server.fetch,
    sleep: async () => {},
    ...options,
  });
}

function recording(...chunks) {
  const upload = newUpload();
  upload.start();
  chunks.forEach((chunk) => upload.push(new Blob([chunk])));
  return upload;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

test("chunks leave before the film ends", async () => {
  recording("one ", "two ");
  await settled();
  assert.equal(server.only.bytes, "one two ");
  assert.equal(server.only.length, null);
});

test("the end tells the length that was deferred", async () => {
  const upload = recording("one ", "two!!");
  await upload.finish();
  assert.equal(server.only.bytes, "one two!!");
  assert.equal(server.only.length, "9");
  assert.equal(server.only.headers["Upload-Defer-Length"], "1");
});

test("an end with nothing left to send is an empty request with the length", async () => {
  const upload = recording("one ");
  await settled();
  await upload.finish();
  assert.equal(server.only.length, "4");
});

test("a file says its length at once and not again", async () => {
  const upload = newUpload({ length: 9 });
  upload.push(new Blob(["123456789"]));
  await upload.finish();
  assert.equal(server.only.headers["Upload-Length"], "9");
  assert.deepEqual(server.calls, ["POST", "PATCH", "PATCH", "PATCH"]);
});

test("metadata survives as UTF-8, and the edit key goes along", async () => {
  await recording("x").finish();
  const metadata = server.only.headers["Upload-Metadata"].split(",").map((pair) => pair.split(" "));
  const texts = metadata.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]);
  assert.deepEqual(Object.fromEntries(texts).filename, "Ünser Film.webm");
  assert.equal(server.only.headers["X-Edit-Key"], "key-1");
});

test("after a lost connection the server is asked how much arrived", async () => {
  server.trouble("PATCH", async (request) => {
    await server.PATCH(request);
    return unreachable();
  });
  server.trouble("HEAD", unreachable, unreachable);
  await recording("one ", "two ").finish();
  assert.equal(server.only.bytes, "one two ");
});

test("a last answer that was lost is not sent twice", async () => {
  const upload = newUpload({ length: 4 });
  server.trouble("PATCH", async (request) => {
    await server.PATCH(request);
    return unreachable();
  });
  upload.push(new Blob(["1234"]));
  await upload.finish();
  assert.deepEqual(server.calls, ["POST", "PATCH", "HEAD"]);
});

test("an offset that does not match is asked for", async () => {
  server.trouble("PATCH", () => answer(409, {}, { error: "offset_conflict" }));
  await recording("one ").finish();
  assert.equal(server.only.bytes, "one ");
});

for (const status of [423, 429, 500, 503]) {
  test(`${status} is tried again`, async () => {
    server.trouble("POST", () => answer(status));
    server.trouble("PATCH", () => answer(status));
    await recording("one ").finish();
    assert.equal(server.only.bytes, "one ");
  });
}

for (const status of [404, 410]) {
  test(`an upload that is gone (${status}) starts again from the kept blobs`, async () => {
    const upload = recording("one ", "two ");
    await settled();
    server.uploads.clear();
    server.trouble("PATCH", () => answer(status));
    upload.push(new Blob(["end"]));
    await upload.finish();
    assert.equal(server.only.bytes, "one two end");
  });
}

test("an upload that is gone again and again gives up", async () => {
  const upload = recording("one ");
  server.trouble("PATCH", ...Array(9).fill(() => answer(404)));
  await assert.rejects(upload.finish(), { status: 404 });
});

test("a locked container is not tried again", async () => {
  server.trouble("PATCH", () => answer(409, {}, { error: "locked" }));
  await assert.rejects(recording("one ").finish(), { code: "locked", retryable: false });
});

test("a refusal while recording is told without being awaited", async () => {
  const told = [];
  server.trouble("POST", () => answer(409, {}, { error: "locked" }));
  newUpload({ onFailure: (error) => told.push(error.code) }).start();
  await settled();
  assert.deepEqual(told, ["locked"]);
});

test("a film that is too large is not tried again", async () => {
  server.trouble("PATCH", () => answer(413));
  await assert.rejects(recording("one ").finish(), { code: "too_large", retryable: false });
});

test("patience ends, and the upload can go on later with nothing lost", async () => {
  let clock = 0;
  const upload = newUpload({ now: () => (clock += 30_000) });
  server.trouble("POST", ...Array(6).fill(unreachable));
  upload.push(new Blob(["one "]));
  await assert.rejects(upload.finish(), { code: "offline", retryable: true });
  server.troubles = [];
  await upload.finish();
  assert.equal(server.only.bytes, "one ");
});

test("a dead network is tried for two minutes at least", async () => {
  let clock = 0;
  const upload = newUpload({ now: () => clock, sleep: async () => (clock += 5_000) });
  server.trouble("POST", ...Array(99).fill(unreachable));
  await assert.rejects(upload.finish(), { code: "offline" });
  assert.ok(clock >= 120_000);
});

test("an abandoned upload is deleted and nothing more is sent", async () => {
  const upload = recording("one ");
  await settled();
  await upload.abandon();
  upload.push(new Blob(["two "]));
  await settled();
  assert.equal(server.uploads.size, 0);
  assert.equal(server.calls.at(-1), "DELETE");
});

test("an upload abandoned while it is being created is deleted too", async () => {
  const upload = newUpload();
  upload.start();
  await upload.abandon();
  assert.deepEqual(server.calls, ["POST", "DELETE"]);
});

test("progress is the share that the server has", async () => {
  const shares = [];
  const upload = newUpload({ length: 8, onProgress: (sent, total) => shares.push(sent / total) });
  upload.push(new Blob(["12345678"]));
  await upload.finish();
  assert.deepEqual(shares, [0.5, 1]);
});
