/** Line icons on a grid of 24, drawn as elements: no image requests, nothing for a policy to refuse. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  camera: [
    "M3 7.5A2.5 2.5 0 0 1 5.5 5h7A2.5 2.5 0 0 1 15 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 16.5z",
    "M15 10.5l6-3.5v10l-6-3.5",
  ],
  cameraOff: [
    "M9.5 5h3A2.5 2.5 0 0 1 15 7.5V10.5l6-3.5v10l-2-1.2",
    "M15 15.5v1a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 16.5v-9A2.5 2.5 0 0 1 5.2 5",
    "M3 3l18 18",
  ],
  upload: ["M12 16V4", "M7 9l5-5 5 5", "M4 16v2a2.5 2.5 0 0 0 2.5 2.5h11A2.5 2.5 0 0 0 20 18v-2"],
  pen: ["M4 20l1-4.5L16.5 4a2 2 0 0 1 2.8 0l.7.7a2 2 0 0 1 0 2.8L8.5 19z", "M14.5 6l3.5 3.5"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  play: ["M8 5.5v13l10.5-6.5z"],
  again: ["M4 12a8 8 0 1 0 2.5-5.8", "M4 4v4.5h4.5"],
  eye: [
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
    "M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  ],
  lock: [
    "M6.5 11h11A1.5 1.5 0 0 1 19 12.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5v-6A1.5 1.5 0 0 1 6.5 11z",
    "M8 11V8a4 4 0 0 1 8 0v3",
  ],
  alert: ["M12 4l9 16H3z", "M12 10.5v4", "M12 17.3v.1"],
  offline: [
    "M4.5 9.5a11 11 0 0 1 4-2.2M19.5 9.5a11 11 0 0 0-6-2.9",
    "M7.5 13a7 7 0 0 1 3-1.7M16.5 13a7 7 0 0 0-1-.8",
    "M12 18v.1",
    "M3 3l18 18",
  ],
  send: ["M21 3.5L10.5 14", "M21 3.5l-6.5 17-4-6.5L4 10z"],
  save: ["M12 4v12", "M7 11l5 5 5-5", "M4 20h16"],
  light: [
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
    "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2",
    "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  ],
  sound: ["M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z", "M15.5 9.5a4 4 0 0 1 0 5"],
  time: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 7.5V12l3 2"],
};

export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.append(...children);
  return node;
}

/** Decoration beside words, so hidden from screen readers. */
export function icon(name) {
  const paths = PATHS[name].map((d) => svg("path", { d }));
  const attributes = { class: "gc-icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" };
  return svg("svg", attributes, ...paths);
}
