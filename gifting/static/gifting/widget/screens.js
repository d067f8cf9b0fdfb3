/** The pages of the way from choosing to sent. Each answers {media, overlay?, body, focus?, …hooks}. */
import { obstacle } from "./camera.js";
import { actions, button, filePicker, h, hint, link, noteField, text, title } from "./elements.js";
import { picture, player } from "./stage.js";

const isPhone = () => matchMedia("(pointer: coarse)").matches;

/** Phones without a recorder still have a camera app. */
export function filmOrUpload({ t, session }, kind) {
  const onfile = (file) => session.chooseFile(file);
  return [
    isPhone() && filePicker(t("welcome.film"), onfile, { kind, symbol: "camera", capture: true }),
    filePicker(t("welcome.upload"), onfile, { kind: isPhone() ? "secondary" : kind }),
  ];
}

export function loading({ t }) {
  return { media: picture("camera"), body: [title(t("loading.title"))] };
}

/** A message that arrived, and may stay when the giver thinks better of changing it. */
function hasMessage({ recording, state }) {
  return recording ? ["processing", "ready"].includes(recording.state) : state === "recorded";
}

export function welcome({ t, session, container, interrupted }) {
  const { receiverName: name, maxSeconds: seconds } = container;
  const canRecord = obstacle() === null;
  const record = button(t("welcome.record"), () => session.record(), { kind: "primary", symbol: "camera" });
  const upload = filePicker(t("welcome.upload"), (file) => session.chooseFile(file));
  const body = [
    title(name ? t("welcome.titleFor", { name }) : t("welcome.title")),
    text(t("welcome.text", { seconds })),
    actions(
      ...(canRecord ? [record, upload] : filmOrUpload({ t, session }, "primary")),
      button(t("welcome.write"), () => session.write(), { kind: "quiet", symbol: "pen" }),
      hasMessage(container) && button(t("welcome.keep"), () => session.leave(), { kind: "quiet" }),
    ),
    canRecord && hint(t("welcome.privacy")),
  ];
  return { media: picture("camera"), body, notice: interrupted ? t("interrupted.text") : "" };
}

export function review({ t, session, film, container }) {
  const { note: value, noteMax: max } = container;
  const note = noteField({ t, label: t("note.label"), value, max, labelClass: "gc-unseen" });
  const unplayable = hint(t("review.unplayable"));
  unplayable.hidden = true;
  const again =
    film.source === "file"
      ? filePicker(t("review.other"), (file) => session.chooseFile(file))
      : button(t("review.again"), () => session.record(), { symbol: "again" });
  const onsend = () => session.send(note.field.value);
  const send = button(t("review.send"), onsend, { kind: "primary", symbol: "send" });
  const cancel = button(t("cancel"), () => session.leave(), { kind: "quiet" });
  const body = [
    title(t("review.title")),
    text(t("review.text")),
    unplayable,
    h("details", { class: "gc-more", open: value !== "" }, h("summary", {}, t("note.add")), note.node),
    actions(send, again, film.source === "file" && cancel),
  ];
  const media = filmPlayer(t, film.blob, { onUnplayable: () => (unplayable.hidden = false) });
  return { media, body, notice: film.broken ? t("review.broken") : "" };
}

function filmPlayer(t, film, options = {}) {
  return player({ film, label: t("app.label"), playLabel: t("review.play"), ...options });
}

export function writing({ t, session, container, text: value }) {
  const note = noteField({ t, label: t("writing.label"), value, max: container.noteMax });
  const save = () => {
    if (note.field.value.trim()) session.saveNote(note.field.value);
    else complain();
  };
  const empty = h("p", { class: "gc-wrong", id: "gc-wrong", role: "alert" });
  const complain = () => {
    empty.textContent = t("writing.empty");
    note.field.setAttribute("aria-invalid", "true");
    note.field.focus();
  };
  const body = [
    title(t("writing.title")),
    text(t("writing.text")),
    note.node,
    empty,
    actions(
      button(t("writing.save"), save, { kind: "primary" }),
      button(t("cancel"), () => session.leave(), { kind: "quiet" }),
    ),
  ];
  return { media: picture("pen"), body };
}

export function sending({ t, session, film, isNote }) {
  const body = [title(isNote ? t("sending.titleNote") : t("sending.title")), text(t("sending.text"))];
  if (isNote) return { media: picture("pen"), body };
  const { node, progress } = bar(t);
  body.push(node);
  if (film.source === "file") body.push(actions(button(t("cancel"), () => session.unsend())));
  return { media: picture("send"), body, progress };
}

function bar(t) {
  const meter = h("progress", { class: "gc-progress", max: "100", value: "0" });
  const words = h("span", { class: "gc-percent" });
  const progress = (share) => {
    const percent = Math.min(Math.floor(share * 100), 99); // the hundredth is the server's word
    meter.value = percent;
    words.textContent = t("sending.percent", { percent });
    meter.setAttribute("aria-label", words.textContent);
  };
  progress(0);
  return { node: h("div", { class: "gc-meter" }, meter, words), progress };
}

export function stalled({ t, session, film }) {
  const copy = link(t("stalled.save"), URL.createObjectURL(film.blob), { symbol: "save" });
  copy.download = film.blob.name ?? `message.${/mp4/.test(film.blob.type) ? "mp4" : "webm"}`;
  const body = [
    title(t("stalled.title")),
    text(t("stalled.text")),
    actions(button(t("retry"), () => session.resume(), { kind: "primary", symbol: "again" }), copy),
  ];
  return { media: picture("offline", "bad"), body };
}

export function done({ t, session, container }) {
  const { receiverName: name, recording, canRecord, previewUrl } = container;
  const see = name ? t("done.previewFor", { name }) : t("done.preview");
  const change = recording ? t("done.again") : t("done.change");
  const news = recording ? t(recording.state === "ready" ? "done.ready" : "done.processing") : "";
  const isShown = recording?.state !== "processing";
  const body = [
    title(t("done.title")),
    text(name ? t("done.textFor", { name }) : t("done.text")),
    news && h("p", { class: `gc-news gc-news--${recording.state}` }, news),
    actions(
      isShown && link(see, previewUrl, { kind: "primary", symbol: "eye" }),
      canRecord && button(change, () => session.change(), { symbol: recording ? "again" : "pen" }),
    ),
  ];
  return { media: doneMedia(t, recording), body, news };
}

function doneMedia(t, recording) {
  if (!recording?.videoUrl) return picture("check", "good");
  const onUnplayable = (frame) => frame.replaceWith(picture("check", "good"));
  return filmPlayer(t, recording.videoUrl, { poster: recording.posterUrl, onUnplayable });
}
