/** The pages that say what is wrong and what to do about it. */
import { filmOrUpload } from "./screens.js";
import { actions, button, h, link, text, title } from "./elements.js";
import { explain } from "./i18n.js";
import { picture } from "./stage.js";

const REASONS = new Set(["activated", "expired", "cancelled"]);
const HOPELESS = new Set(["insecure_context", "not_supported"]);
const FINAL = new Set(["unauthorized", "not_found"]);

export function refused({ t, session, container, code }) {
  const again = button(t("retry"), () => session.change(), { kind: "primary", symbol: "again" });
  const reason = text(explain(t, code, container));
  const body = [title(t("refused.title")), reason, actions(container.canRecord && again)];
  return { media: picture("alert", "bad"), body };
}

export function locked({ t, container }) {
  const reason = REASONS.has(container.lockedReason) ? container.lockedReason : "other";
  const name = container.receiverName;
  const see = name ? t("done.previewFor", { name }) : t("done.preview");
  const hasFilm = container.recording?.state === "ready";
  const body = [
    title(t("locked.title")),
    text(t(`locked.${reason}`)),
    actions(hasFilm && link(see, container.previewUrl, { symbol: "eye" })),
  ];
  return { media: picture("lock"), body };
}

/** The camera cannot be used: how to change that, and what works without it. */
export function blocked({ t, session, code }) {
  const retry = button(t("retry"), () => session.record(), { kind: "primary", symbol: "again" });
  const body = [
    title(t(`${code}.title`)),
    text(t(`${code}.text`)),
    code === "camera_denied" && steps(t),
    actions(
      !HOPELESS.has(code) && retry,
      ...filmOrUpload({ t, session }, HOPELESS.has(code) ? "primary" : "secondary"),
      button(t("welcome.write"), () => session.write(), { kind: "quiet", symbol: "pen" }),
      button(t("cancel"), () => session.leave(), { kind: "quiet" }),
    ),
  ];
  return { media: picture("cameraOff", "bad"), body };
}

function steps(t) {
  const step = (key) => h("li", {}, t(key));
  const keys = ["camera_denied.step1", "camera_denied.step2", "camera_denied.step3"];
  return h("ol", { class: "gc-steps" }, ...keys.map(step));
}

export function failed({ t, session, code }) {
  const retry = button(t("retry"), () => session.reopen(), { kind: "primary", symbol: "again" });
  const body = [title(t(`${code}.title`)), text(t(`${code}.text`)), actions(!FINAL.has(code) && retry)];
  return { media: picture(code === "offline" ? "offline" : "alert", "bad"), body };
}
