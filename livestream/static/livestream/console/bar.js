// The head of the page: status, counters, connection, and the buttons that move the show.
import { clock, find } from "./dom.js";

const SHOWN = {
  start: (doc) => doc.status === "idle",
  rehearse: (doc) => doc.status === "idle" && !doc.is_rehearsal,
  finish: (doc) => doc.is_rehearsal,
  pause: (doc) => doc.status === "active",
  resume: (doc) => doc.status === "paused",
  end: (doc) => ["active", "paused"].includes(doc.status),
};
const FROM_THE_ACCOUNT = ["start", "pause", "resume"];

export function barView({ store, words, hosted, desk }) {
  const dialog = find("end-dialog");
  const buttons = Object.keys(SHOWN).map((name) => [name, find(name)]).filter(([, button]) => button);

  for (const [name, button] of buttons) {
    button.addEventListener("click", () => (name === "end" ? dialog.showModal() : desk.move(name)));
  }
  find("end-cancel")?.addEventListener("click", () => dialog.close());
  find("end-sure")?.addEventListener("click", () => {
    dialog.close();
    desk.move("end");
  });

  const draw = () => {
    const { doc } = store;
    for (const [name, button] of buttons) {
      button.hidden = !SHOWN[name](doc) || (hosted && FROM_THE_ACCOUNT.includes(name));
    }
    const badge = find("status");
    badge.textContent = doc.status_text;
    badge.className = `lc-badge lc-badge-${doc.is_rehearsal ? "rehearsal" : doc.status}`;
    find("banner").hidden = !doc.is_rehearsal;
    for (const name of ["viewers", "clicks", "baskets"]) find(name).textContent = doc.figures[name].toLocaleString();
    tick();
  };

  const tick = () => {
    const { started_at: started, status } = store.doc;
    const isRunning = started && ["active", "paused"].includes(status);
    find("elapsed").textContent = isRunning ? clock((store.now - Date.parse(started)) / 1000) : "";
  };

  const connection = (kind, why = "") => {
    const box = find("connection");
    box.dataset.kind = kind;
    const text = why || words[kind];
    if (box.textContent !== text) box.textContent = text;
  };

  setInterval(tick, 1000);
  return { draw, connection };
}
