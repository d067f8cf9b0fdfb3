/** The captions track. One from another site is fetched first: a video element would refuse it. */

export async function showCaptions(video, src, language) {
  if (video.dataset.lvCaptions === src) return;
  video.dataset.lvCaptions = src;
  for (const track of video.querySelectorAll("track")) track.remove();
  if (!src) return;
  const address = await sameSite(src).catch(() => ""); // without captions the video still plays
  if (address && video.dataset.lvCaptions === src) video.append(track(address, language));
}

async function sameSite(src) {
  if (new URL(src, location.href).origin === location.origin) return src;
  const response = await fetch(src);
  if (!response.ok) return "";
  return URL.createObjectURL(new Blob([await response.text()], { type: "text/vtt" }));
}

function track(src, language) {
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
  const label = language ? names.of(language) : "";
  return Object.assign(document.createElement("track"), {
    kind: "captions",
    src,
    srclang: language,
    label,
    default: true,
  });
}
