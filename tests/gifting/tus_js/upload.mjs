/** Uploads a file with tus-js-client: `node upload.mjs '<JSON of options>'`. Prints the upload's URL when it is done. */
import { createReadStream, readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { Upload } from "tus-js-client";

const { endpoint, urid, editKey, path, options = {}, stream = false, dropAt = null } = JSON.parse(process.argv[2]);
const input = stream ? createReadStream(path).pipe(new PassThrough()) : readFileSync(path);
let dropped = false;

const upload = new Upload(input, {
  endpoint,
  headers: { "X-Edit-Key": editKey },
  metadata: { urid, filename: "gift.webm" },
  retryDelays: [],
  storeFingerprintForResuming: false,
  onProgress: dropOnce,
  onSuccess: () => console.log(upload.url),
  onError: (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
  ...options,
});

/** Breaks the connection in the middle of a request, then goes on from what the server has. */
async function dropOnce(sent) {
  if (dropAt === null || dropped || sent < dropAt) return;
  dropped = true;
  await upload.abort();
  upload.start();
}

upload.start();
