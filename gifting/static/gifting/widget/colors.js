/** Keeping text readable on whatever accent a brand chose (WCAG 2 relative luminance). */

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

function channel(hex) {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

export function luminance(color) {
  const [, red, green, blue] = HEX.exec(color);
  return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
}

/** `#000000` or `#ffffff`: whichever has the greater contrast; at least 4.58:1 for every color. */
export function readableOn(color) {
  const light = luminance(color);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

export const isColor = (text) => HEX.test(text ?? "");
