// What viewers see: the video, or what stands in its place, and the cards on it.
import { el, fill, find } from "./dom.js";
import { play } from "./video.js";

const SAID = { trailer: "onTrailer", live: "onLive", frame: "onFrame", replay: "onReplay" };
const wordOf = ({ mode, src }) => (mode === "replay" && !src ? "onNoReplay" : SAID[mode]);

export function seeView({ store, words, hls }) {
  const [video, cards, said, watch] = ["video", "cards", "said", "watch"].map((name) => find(name));
  const address = watch.getAttribute("href");
  let playing = "";
  let drawn = "";

  const card = (one) =>
    el("li", {}, one.image && el("img", { src: one.image, alt: "" }),
      el("span", {}, el("strong", {}, one.name), el("span", {}, [one.variant, one.price].filter(Boolean).join(" · "))));

  return () => {
    const { player } = store.doc.state;
    said.textContent = words[store.doc.is_rehearsal ? "onRehearsal" : wordOf(player)];
    watch.setAttribute("href", store.doc.is_rehearsal ? `${address}?rehearsal=1` : address);
    const pins = JSON.stringify(store.pins);
    if (pins !== drawn) fill(cards, ...store.pins.map(card));
    drawn = pins;
    const wanted = JSON.stringify(player);
    if (wanted === playing) return;
    playing = wanted;
    video.poster = player.poster;
    play(video, player.src, hls).catch(() => { said.textContent = words.noVideo; });
  };
}
