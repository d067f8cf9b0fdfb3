/** The pages around the camera: asking for it, the mirror, the countdown, the recording. */
import { actions, button, h, hint, text, title } from "./elements.js";
import { icon, svg } from "./icons.js";
import { mirror, picture } from "./stage.js";

const RADIUS = 42;
const AROUND = 2 * Math.PI * RADIUS;

/** One mirror per stream, or the picture would flicker from page to page. */
const mirrors = new WeakMap();
function mirrorOf(stream) {
  if (!mirrors.has(stream)) mirrors.set(stream, mirror(stream));
  return mirrors.get(stream);
}

export function asking({ t, session }) {
  const body = [
    title(t("asking.title")),
    text(t("asking.text")),
    actions(button(t("cancel"), () => session.leave(), { kind: "quiet" })),
  ];
  return { media: picture("camera"), body };
}

export function preview({ t, session, stream, container }) {
  const start = shutter(t("preview.start"), () => session.begin());
  const body = [
    title(t("preview.title")),
    text(t("preview.text")),
    tips(t, container.maxSeconds),
    stream.getAudioTracks().length === 0 && hint(t("preview.silent")),
    actions(button(t("cancel"), () => session.leave(), { kind: "quiet" })),
  ];
  return { media: mirrorOf(stream), overlay: controls(start), body, focus: start };
}

function tips(t, seconds) {
  const tip = (symbol, words) => h("li", {}, icon(symbol), h("span", {}, words));
  return h(
    "ul",
    { class: "gc-tips" },
    tip("light", t("preview.tipLight")),
    tip("sound", t("preview.tipSound")),
    tip("time", t("preview.tipTime", { seconds })),
  );
}

export function countdown({ t, session, stream }) {
  const number = h("p", { class: "gc-number", "aria-hidden": "true" });
  const skip = button(t("countdown.skip"), () => session.skip(), { kind: "glass" });
  const overlay = h("div", { class: "gc-veil" }, number, skip);
  const body = [
    title(t("countdown.title")),
    text(t("countdown.text")),
    actions(button(t("cancel"), () => session.callOff(), { kind: "quiet" })),
  ];
  const count = (left) => {
    number.replaceChildren(h("span", {}, `${left}`)); // a new element plays the animation again
  };
  return { media: mirrorOf(stream), overlay, body, focus: skip, count };
}

export function recording({ t, session, stream }) {
  const time = h("span", { class: "gc-time", role: "timer", "aria-live": "off" });
  const arc = ring();
  const stop = shutter(t("recording.stop"), () => session.stop(), arc);
  const lamp = h("p", { class: "gc-lamp" }, h("span", { class: "gc-dot", "aria-hidden": "true" }), time);
  const tick = (leftMs, totalMs) => {
    time.textContent = t("recording.left", { time: clockFace(leftMs) });
    arc.lastChild.style.setProperty("stroke-dashoffset", `${AROUND * (1 - leftMs / totalMs)}`);
  };
  const body = [title(t("recording.title")), text(t("recording.text"))];
  const overlay = h("div", { class: "gc-over" }, lamp, controls(stop));
  return { media: mirrorOf(stream), overlay, body, focus: stop, tick };
}

function ring() {
  const circle = (name) => svg("circle", { class: name, cx: 48, cy: 48, r: RADIUS, pathLength: AROUND });
  const attributes = { class: "gc-ring", viewBox: "0 0 96 96", "aria-hidden": "true" };
  return svg("svg", attributes, circle("gc-track"), circle("gc-arc"));
}

/** The round button of a camera: a disc to start, a square inside the ring to stop. */
function shutter(label, onclick, arc = null) {
  const core = h("span", { class: arc ? "gc-core gc-core--stop" : "gc-core" });
  const disc = h("span", { class: "gc-disc", "aria-hidden": "true" }, arc, core);
  const caption = h("span", { class: "gc-caption" }, label);
  return h("button", { type: "button", class: "gc-shutter", onclick }, disc, caption);
}

const controls = (...nodes) => h("div", { class: "gc-controls" }, ...nodes);

function clockFace(leftMs) {
  const seconds = Math.round(leftMs / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
