/** Makes calls with the published client: `node calls.cjs <key> '[["getPack", {...}], ...]'`. Prints their answers as JSON. */
"use strict";
const sdk = require("stipop-js-sdk");

const [key, calls] = process.argv.slice(2);
const client = new (sdk.default ?? sdk)(key, "v1");

(async () => {
  const answers = [];
  for (const [name, params] of JSON.parse(calls)) answers.push(await client[name](params));
  process.stdout.write(JSON.stringify(answers));
})();
