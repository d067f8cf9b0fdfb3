/** `say(key, values)`: the page's sentences, with their gaps filled. A missing one is a mistake of ours. */

export function speaker(words) {
  return (key, values = {}) => {
    if (!(key in words)) throw new Error(`No words for ${key}.`);
    return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
}
