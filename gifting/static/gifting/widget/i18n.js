/** Which language to speak, and sentences with their gaps filled. */
import de from "./de.js";
import en from "./en.js";
import es from "./es.js";
import fr from "./fr.js";

export const CATALOGUES = Object.freeze({ en, fr, de, es });

const primary = (tag) => (tag ?? "").toLowerCase().split(/[-_]/)[0];

/** The first of the wished languages that we speak, by primary subtag; English otherwise. */
export function pickLanguage(...wished) {
  return wished.map(primary).find((language) => Object.hasOwn(CATALOGUES, language)) ?? "en";
}

/** `t(key, values)` for one language. A missing key is a mistake of ours and throws. */
export function translator(language) {
  const catalogue = CATALOGUES[language];
  return (key, values = {}) => {
    if (!(key in catalogue)) throw new Error(`No text for ${key} in ${language}.`);
    return catalogue[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
}

/** One sentence that says what a code of `events.js` means for the giver. */
export function explain(t, code, container) {
  if (code === "locked") return t("locked.title");
  const seconds = container?.maxSeconds;
  const megabytes = Math.floor((container?.maxBytes ?? 0) / 1_000_000);
  return t(`${code}.text`, { seconds, megabytes });
}
