// The run of show: what comes next, how long the step of now takes, and the form of a step.
import { clock, el, fill, find, say, seconds } from "./dom.js";

const TIGHT = 0.9;

export function cuesView({ store, words, may, desk }) {
  const [list, empty, next, timer, form, dialog] = ["cues", "no-cues", "next", "timer", "cue-form", "cue-dialog"].map((name) => find(name));
  const again = find("restart");
  const mayEdit = may.includes("change_cue");
  let edited = null;
  let drawn = "";

  const names = (cue) => cue.items.map((id) => store.doc.names[id] ?? words.gone).join(", ");

  const tool = (cue, kind, sign, label, run, isOff = false) =>
    el("button", { type: "button", class: "lc-small", "data-key": `${kind} ${cue.id}`, "aria-label": say(words, label, { name: cue.title }), disabled: isOff, onclick: run }, sign);

  const tools = (cue, index, all) => [
    tool(cue, "cue-up", "↑", "up", () => desk.orderCues(swapped(all, index, index - 1)), index === 0),
    tool(cue, "cue-down", "↓", "down", () => desk.orderCues(swapped(all, index, index + 1)), index === all.length - 1),
    tool(cue, "cue-edit", "✎", "edit", () => open(cue)),
    tool(cue, "cue-remove", "✕", "remove", () => desk.removeCue(cue.id)),
  ];

  const mark = (cue) => {
    if (cue === store.currentCue) return words.now;
    if (cue.done_at) return words.done;
    return cue === store.nextCue ? words.next : "";
  };

  const row = (cue, index, all) => {
    const marked = mark(cue);
    return el("li", { class: marked && `lc-cue-${cue === store.currentCue ? "now" : cue.done_at ? "done" : "next"}`, "data-cue": cue.id },
      el("span", { class: "lc-words" },
        el("strong", {}, cue.title), marked && el("span", { class: "lc-mark" }, marked),
        el("span", { class: "lc-quiet" }, [cue.seconds && clock(cue.seconds), names(cue) || words.keepsPins].filter(Boolean).join(" · ")),
        cue.note && el("span", { class: "lc-note" }, cue.note)),
      mayEdit && el("span", { class: "lc-tools" }, ...tools(cue, index, all)));
  };

  const draw = () => {
    const { cues, names: known } = store.doc;
    const now = JSON.stringify([cues, known, store.isLive, store.isOver]);
    tick();
    if (now === drawn) return;
    drawn = now;
    fill(list, ...cues.map(row));
    empty.hidden = cues.length > 0;
    const coming = store.nextCue;
    next.textContent = coming ? say(words, "nextCue", { title: coming.title }) : words.noCueLeft;
    next.disabled = !coming || !store.isLive || !may.includes("next");
    next.hidden = !cues.length;
    if (again) again.hidden = !cues.length || store.isOver;
  };

  const tick = () => {
    const cue = store.currentCue;
    timer.hidden = !cue || !store.isLive;
    if (timer.hidden) return;
    const elapsed = (store.now - Date.parse(cue.done_at)) / 1000;
    timer.textContent = cue.seconds ? say(words, "ofPlanned", { elapsed: clock(elapsed), planned: clock(cue.seconds) }) : clock(elapsed);
    timer.dataset.pace = !cue.seconds || elapsed < cue.seconds * TIGHT ? "" : elapsed <= cue.seconds ? "tight" : "over";
  };

  const open = (cue) => {
    edited = cue;
    const items = cue ? cue.items : store.pins.map((card) => card.id);
    find("cue-heading").textContent = cue ? words.changeCue : words.addCue;
    form.title.value = cue?.title ?? "";
    form.note.value = cue?.note ?? "";
    form.time.value = cue?.seconds ? clock(cue.seconds) : "";
    choices(items);
    complain("");
    dialog.showModal();
  };

  const choices = (chosen) => {
    const all = new Map(store.tray.flatMap((product) => [
      [product.id, product.name],
      ...(product.units.length > 1 ? product.units.map((unit) => [unit.id, `${product.name}, ${unit.name}`]) : []),
    ]));
    for (const id of chosen) if (!all.has(id)) all.set(id, store.doc.names[id] ?? words.gone);
    for (const place of [0, 1, 2]) {
      const options = [...all].map(([id, name]) => el("option", { value: id, selected: chosen[place] === id }, name));
      form[`item${place}`].replaceChildren(el("option", { value: "" }, "—"), ...options);
    }
  };

  const complain = (text) => {
    const box = find("cue-error");
    box.textContent = text;
    box.hidden = !text;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const planned = form.time.value.trim() ? seconds(form.time.value) : null;
    if (Number.isNaN(planned)) return complain(words.badTime);
    const items = [0, 1, 2].map((place) => form[`item${place}`].value).filter(Boolean);
    const plan = { title: form.title.value, note: form.note.value, seconds: planned, items };
    const error = await desk.saveCue(edited, plan);
    if (error) return complain(error);
    dialog.close();
    return undefined;
  });
  find("cue-cancel").addEventListener("click", () => dialog.close());
  find("add-cue")?.addEventListener("click", () => open(null));
  again?.addEventListener("click", () => desk.restart());
  next.addEventListener("click", () => desk.next());
  setInterval(tick, 1000);
  return { draw };
}

function swapped(cues, from, to) {
  const order = cues.map((cue) => cue.id);
  [order[from], order[to]] = [order[to], order[from]];
  return order;
}
