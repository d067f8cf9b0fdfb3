// Plays an address on the console's small screen, as the viewer's page does.
import { abilities, loadHls, wayOf } from "../watch/sources.js";

let attached = null;

export async function play(video, src, hlsUrl) {
  attached?.destroy();
  attached = null;
  video.controls = Boolean(src);
  if (!src) {
    video.removeAttribute("src");
    video.load();
    return;
  }
  const way = wayOf(src, abilities(video, hlsUrl));
  if (!way) throw new Error("no player for HLS");
  if (way === "native") video.src = src;
  else await attach(video, src, hlsUrl);
}

async function attach(video, src, hlsUrl) {
  const Hls = await loadHls(hlsUrl);
  attached = new Hls();
  attached.loadSource(src);
  attached.attachMedia(video);
}
