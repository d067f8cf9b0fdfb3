/** Light or dark: what the tag says, otherwise what the page around the widget looks like. */
import { luminance } from "./colors.js";

export const DARK = "(prefers-color-scheme: dark)";
const OPAQUE = /^rgb\((\d+), (\d+), (\d+)\)$/;

/** The first opaque ground behind a node as `#rrggbb`, or null: then the browser's own canvas shows. */
function groundBehind(node) {
  for (let around = node; around; around = around.parentElement) {
    const match = OPAQUE.exec(getComputedStyle(around).backgroundColor);
    if (match) return `#${match.slice(1).map(hex).join("")}`;
  }
  return null;
}

const hex = (value) => Number(value).toString(16).padStart(2, "0");

/** The canvas is dark only where the page said that it can be. */
function isCanvasDark(node) {
  const declared = getComputedStyle(node).colorScheme;
  const meta = document.querySelector("meta[name=color-scheme]")?.content ?? "";
  const schemes = declared === "normal" ? meta : declared;
  if (!schemes.includes("dark")) return false;
  return !schemes.includes("light") || matchMedia(DARK).matches;
}

/** `light` or `dark` for a widget at this node. */
export function themeOf(wished, node) {
  if (wished === "light" || wished === "dark") return wished;
  const ground = groundBehind(node);
  const isDark = ground ? luminance(ground) < 0.18 : isCanvasDark(node);
  return isDark ? "dark" : "light";
}
