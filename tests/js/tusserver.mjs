/** A tus server in memory that speaks `fetch`, with troubles to order. */
export class TusServer {
  uploads = new Map();
  calls = [];
  troubles = [];
  #count = 0;

  /** The next requests of this method are answered by `trouble(request)` until it returns nothing. */
  trouble(method, ...answers) {
    this.troubles.push({ method, answers });
  }

  get only() {
    return [...this.uploads.values()][0];
  }

  fetch = async (url, { method, headers, body }) => {
    this.calls.push(method);
    const request = { url, path: new URL(url).pathname, headers, body };
    const trouble = this.troubles.find((each) => each.method === method && each.answers.length);
    if (trouble) return trouble.answers.shift()(request);
    return this[method](request);
  };

  POST({ headers }) {
    const path = `/widget/uploads/${(this.#count += 1)}`;
    this.uploads.set(path, { bytes: "", length: headers["Upload-Length"] ?? null, headers });
    return answer(201, { Location: path });
  }

  async PATCH({ path, headers, body }) {
    const upload = this.uploads.get(path);
    if (!upload) return answer(404);
    if (Number(headers["Upload-Offset"]) !== upload.bytes.length) return answer(409);
    upload.bytes += await body.text();
    upload.length = headers["Upload-Length"] ?? upload.length;
    return answer(204, { "Upload-Offset": `${upload.bytes.length}` });
  }

  HEAD({ path }) {
    const upload = this.uploads.get(path);
    if (!upload) return answer(404);
    const length = upload.length === null ? {} : { "Upload-Length": upload.length };
    return answer(200, { "Upload-Offset": `${upload.bytes.length}`, ...length });
  }

  DELETE({ path }) {
    this.uploads.delete(path);
    return answer(204);
  }
}

export function answer(status, headers = {}, body = {}) {
  const content = status === 204 ? null : JSON.stringify(body);
  return new Response(content, { status, headers });
}

export async function unreachable() {
  throw new TypeError("Failed to fetch");
}
