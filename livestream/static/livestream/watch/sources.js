/** How a video is played here: by the browser itself, or by hls.js, which is loaded only then. */

const isPlaylist = (src) => /\.m3u8$/i.test(new URL(src, "https://here.invalid").pathname);

/** "native", "hls", or "" where this browser cannot. hls.js knows where "live" is, so it comes first. */
export function wayOf(src, { hlsUrl, hasMediaSource, playsPlaylists }) {
  if (!isPlaylist(src)) return "native";
  if (hlsUrl && hasMediaSource) return "hls";
  return playsPlaylists ? "native" : "";
}

export function abilities(video, hlsUrl) {
  const playsPlaylists = video.canPlayType("application/vnd.apple.mpegurl") !== "";
  return { hlsUrl, hasMediaSource: "MediaSource" in globalThis, playsPlaylists };
}

let loading;

/** The class Hls of hls.js, a module or a plain script. Throws where it cannot be had, and then tries anew. */
export function loadHls(url) {
  loading ??= (/\.mjs$/.test(new URL(url, location.href).pathname) ? importHls(url) : runHls(url)).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function importHls(url) {
  return (await import(url)).default;
}

function runHls(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => (globalThis.Hls ? resolve(globalThis.Hls) : reject(new Error("This is not hls.js.")));
    script.onerror = () => reject(new Error("hls.js cannot be loaded."));
    document.head.append(script);
  });
}
