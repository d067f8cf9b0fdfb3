/**
 * `<script type="module" src="https://…/live/embed.js" data-stream="ID"></script>` on any page of the shop puts the
 * player where the tag is. `data-lang` chooses the language, `data-title` the frame's name for screen readers.
 *
 * `livestream:basket` on document, cancelable, detail {product, unit, quantity, ext_id, name, price}:
 * preventDefault() says that this page puts the product into the basket, and tells the viewer so.
 */
const LIVE = new URL(".", import.meta.url);
const BASKET = "livestream:basket";
const TALLEST = 20_000;

/** Puts the player after the tag, once. Returns the frame. */
export function mount(tag) {
  if (tag.dataset.livestreamMounted !== undefined) return null;
  tag.dataset.livestreamMounted = "";
  const frame = newFrame(tag);
  tag.after(frame);
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== LIVE.origin || source !== frame.contentWindow) return;
    if (data?.type === "livestream:size") resize(frame, data.height);
    if (data?.type === BASKET) offer(frame, data);
  });
  return frame;
}

function newFrame(tag) {
  const address = new URL(`${encodeURIComponent(tag.dataset.stream)}/embed/`, LIVE);
  address.searchParams.set("host", location.origin);
  if (tag.dataset.lang) address.searchParams.set("lang", tag.dataset.lang);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = tag.dataset.title || "Live shopping";
  frame.allow = "autoplay; picture-in-picture";
  frame.allowFullscreen = true;
  Object.assign(frame.style, { aspectRatio: "16 / 9", border: "0", display: "block", width: "100%" });
  return frame;
}

function resize(frame, height) {
  if (!(height > 0 && height < TALLEST)) return;
  frame.style.aspectRatio = "auto";
  frame.style.height = `${height}px`;
}

function offer(frame, { number, detail }) {
  const event = new CustomEvent(BASKET, { detail, cancelable: true });
  const taken = !document.dispatchEvent(event);
  frame.contentWindow.postMessage({ type: "livestream:basket-answer", number, taken }, LIVE.origin);
}

for (const tag of document.querySelectorAll('script[type="module"][data-stream]')) {
  if (new URL(tag.src, location.href).pathname === new URL(import.meta.url).pathname) mount(tag);
}
