import assert from "node:assert/strict";
import { test } from "node:test";

import { obstacle, openCamera } from "../../gifting/static/gifting/widget/camera.js";
import { pickMime } from "../../gifting/static/gifting/widget/capture.js";

const able = (getUserMedia) => ({
  isSecureContext: true,
  MediaRecorder: class {},
  navigator: { mediaDevices: { getUserMedia } },
});

function refusal(name) {
  return async () => {
    throw new DOMException("no", name);
  };
}

test("webm is preferred: its chunks leave while it records", () => {
  assert.equal(pickMime(() => true), "video/webm;codecs=vp8,opus");
});

test("mp4 is taken where webm cannot be recorded", () => {
  assert.equal(pickMime((type) => type === "video/mp4"), "video/mp4");
});

test("a type that cannot be played back is not recorded", () => {
  assert.equal(pickMime(() => true, (type) => !type.includes("webm")), "video/mp4");
});

test("no known type leaves the choice to the recorder", () => {
  assert.equal(pickMime(() => false), "");
});

test("an insecure page is told from a browser that cannot record", () => {
  assert.equal(obstacle({ isSecureContext: false }), "insecure_context");
  assert.equal(obstacle({ isSecureContext: true, navigator: {} }), "not_supported");
  assert.equal(obstacle(able(async () => ({}))), null);
});

const CODES = {
  NotAllowedError: "camera_denied",
  NotFoundError: "camera_missing",
  NotReadableError: "camera_busy",
};
for (const [name, code] of Object.entries(CODES)) {
  test(`${name} is ${code}`, () => assert.rejects(openCamera(able(refusal(name))), { code }));
}

test("a camera without a microphone still records", async () => {
  const silent = { silent: true };
  const devices = async ({ audio }) => (audio ? refusal("NotFoundError")() : silent);
  assert.equal(await openCamera(able(devices)), silent);
});
