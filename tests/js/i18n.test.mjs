import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import { ERROR_CODES } from "../../gifting/static/gifting/widget/events.js";
import { CATALOGUES, explain, pickLanguage, translator } from "../../gifting/static/gifting/widget/i18n.js";

const FOLDER = new URL("../../gifting/static/gifting/widget/", import.meta.url);
const LANGUAGES = Object.keys(CATALOGUES);
const gaps = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

async function sources() {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".js"));
  const code = names.filter((name) => !LANGUAGES.includes(name.replace(".js", "")));
  return (await Promise.all(code.map((name) => readFile(new URL(name, FOLDER), "utf8")))).join("\n");
}

for (const language of LANGUAGES) {
  test(`${language} says everything that English says, with the same gaps`, () => {
    const ours = Object.entries(CATALOGUES[language]).map(([key, text]) => [key, gaps(text)]);
    const english = Object.entries(CATALOGUES.en).map(([key, text]) => [key, gaps(text)]);
    assert.deepEqual(ours, english);
  });

  test(`${language} explains every error code`, () => {
    const t = translator(language);
    const container = { maxSeconds: 60, maxBytes: 300_000_000 };
    for (const code of ERROR_CODES) assert.doesNotMatch(explain(t, code, container), /undefined|NaN/);
  });
}

test("every text is used", async () => {
  const code = await sources();
  const spoken = new Set(ERROR_CODES.flatMap((name) => [`${name}.title`, `${name}.text`]));
  const computed = /^(camera_denied\.step\d|locked\.\w+)$/;
  const unused = Object.keys(CATALOGUES.en).filter(
    (key) => !code.includes(`"${key}"`) && !spoken.has(key) && !computed.test(key),
  );
  assert.deepEqual(unused, []);
});

test("a missing text is an error, not an empty page", () => {
  assert.throws(() => translator("en")("no.such.text"), /No text for no\.such\.text/);
});

const PICKS = [
  [["fr"], "fr"],
  [["de-AT"], "de"],
  [["es_MX"], "es"],
  [["it", "de"], "de"],
  [["", "fr-CA"], "fr"],
  [["it", "ja"], "en"],
  [[undefined, undefined], "en"],
  [["constructor"], "en"],
];
for (const [wished, expected] of PICKS) {
  test(`${JSON.stringify(wished)} is answered in ${expected}`, () => {
    assert.equal(pickLanguage(...wished), expected);
  });
}
