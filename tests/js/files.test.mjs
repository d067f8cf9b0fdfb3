import assert from "node:assert/strict";
import { test } from "node:test";

import { luminance, readableOn } from "../../gifting/static/gifting/widget/colors.js";
import { fileProblem } from "../../gifting/static/gifting/widget/files.js";
import { readOptions } from "../../gifting/static/gifting/widget/options.js";

const limits = { maxBytes: 100 };
const file = (fields) => ({ name: "film.mp4", type: "video/mp4", size: 10, ...fields });

test("a video within the limit is welcome", () => assert.equal(fileProblem(file({}), limits), null));
test("a picture is not", () => assert.equal(fileProblem(file({ type: "image/png" }), limits), "not_video"));
test("an empty file is not", () => assert.equal(fileProblem(file({ size: 0 }), limits), "empty"));
test("a huge file is not", () => assert.equal(fileProblem(file({ size: 101 }), limits), "too_large"));
test("a name tells where the system knows no type", () => {
  assert.equal(fileProblem(file({ type: "", name: "IMG_1.MOV" }), limits), null);
  assert.equal(fileProblem(file({ type: "", name: "notes.txt" }), limits), "not_video");
});

test("the edit key is read however the attribute was spelled", () => {
  assert.equal(readOptions({ dataset: { uid: "u", editkey: "k" } }).editKey, "k");
  assert.equal(readOptions({ dataset: { uid: "u", editKey: "k" } }).editKey, "k");
});

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test("text on every accent has a contrast of 4.5 or more", () => {
  const steps = ["00", "33", "66", "77", "99", "cc", "ff"];
  const accents = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));
  const unreadable = accents.filter((accent) => contrast(accent, readableOn(accent)) < 4.5);
  assert.deepEqual(unreadable, []);
});
