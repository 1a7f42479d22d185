// @ts-check
/** The colours and widths of what lies over the painted ground, by theme. */

/** How a kind of path is drawn; widths and dashes in sizes of a hex.
 * @typedef {{width: number, color: string, casing: string, rim: number, dash?: number[], teeth?: string}} Stroke
 *   rim: how far the casing stands out on each side; teeth: the colour of short strokes along the middle */
/** @typedef {{paths: Record<string, Stroke>, line: string, pen: string, paper: string, roof: string, stone: string, leaf: string, water: string, glow: string,
 *   word: string, halo: string, contrast: number, secret: string, staged: string, regions: Record<string, string>}} Inks
 *   line: around what is filled; pen: of strokes by themselves; contrast: how far the colours that regions have of their own stand out from the halo, at least */

/** @param {Record<"river"|"riverRim"|"road"|"roadRim"|"trail"|"border"|"wall"|"wallRim"|"teeth"|"pale", string>} c @returns {Record<string, Stroke>} */
const pathsOf = (c) => ({
  river: { width: 0.13, color: c.river, casing: c.riverRim, rim: 0.03 },
  road: { width: 0.085, color: c.road, casing: c.roadRim, rim: 0.028 },
  trail: { width: 0.05, color: c.trail, casing: c.pale, rim: 0.02, dash: [0.16, 0.12] },
  border: { width: 0.065, color: c.border, casing: c.pale, rim: 0.03, dash: [0.26, 0.13, 0.02, 0.13] },
  wall: { width: 0.1, color: c.wall, casing: c.wallRim, rim: 0.03, teeth: c.teeth },
  ferry: { width: 0.06, color: c.trail, casing: c.pale, rim: 0.02, dash: [0.005, 0.15] },
});

const DAY = { realm: "#9a4a3c", forest: "#3f6a35", mountains: "#6c5c4c", plains: "#8a8437", swamp: "#4c6354", desert: "#b4803a", lake: "#2f6f94", sea: "#275f88", island: "#7c8a4a", danger: "#a32a2a", other: "#6b5688" };
const MOON = { realm: "#d98c7c", forest: "#86b878", mountains: "#a89a8c", plains: "#c4bd6e", swamp: "#8cae9a", desert: "#d9ac6c", lake: "#77b4dc", sea: "#6aa8d6", island: "#b4c481", danger: "#ef7a6c", other: "#b6a0d8" };

/** @type {Record<string, Inks>} */
const THEMES = {
  atlas: {
    paths: pathsOf({ river: "#6fa9c4", riverRim: "#2f5f7c", road: "#e9d7a6", roadRim: "#6b4d2b", trail: "#5b3d20", border: "#9a3b2c", wall: "#8d8678", wallRim: "#3b2f22", teeth: "#d8d0bf", pale: "rgb(250 242 220 / .55)" }),
    line: "#3b2f22", pen: "#3b2f22", paper: "#f0e4c8", roof: "#b4573e", stone: "#a49c8c", leaf: "#5f8442", water: "#6fa9c4", glow: "#8c5fc0",
    word: "#2c2116", halo: "rgb(250 243 224 / .88)", contrast: 3, secret: "#5b3fa8", staged: "#8a5fd6", regions: DAY,
  },
  ink: {
    paths: pathsOf({ river: "#b7c2bd", riverRim: "#3c4648", road: "#f4e9cf", roadRim: "#4a3320", trail: "#4a3320", border: "#8c3322", wall: "#7d6644", wallRim: "#3a2614", teeth: "#efe2c0", pale: "rgb(244 233 207 / .6)" }),
    line: "#4a3320", pen: "#4a3320", paper: "#f4e9cf", roof: "#a5543b", stone: "#c9b587", leaf: "#b09a6a", water: "#c4c7b8", glow: "#8b6a8c",
    word: "#3a2614", halo: "rgb(244 233 207 / .9)", contrast: 3, secret: "#5b3fa8", staged: "#8a5fd6", regions: { ...DAY, forest: "#5c6238", lake: "#5a6a6c", sea: "#4f6266" },
  },
  night: {
    paths: pathsOf({ river: "#4d88ac", riverRim: "#0d2438", road: "#a99c80", roadRim: "#14161e", trail: "#c3b28c", border: "#e2806c", wall: "#6c7488", wallRim: "#0b111c", teeth: "#b4bccd", pale: "rgb(8 14 24 / .55)" }),
    line: "#0b111c", pen: "#c3c4c6", paper: "#c3c4c6", roof: "#a3604f", stone: "#7e879a", leaf: "#5d7c58", water: "#5d95b8", glow: "#b08cf0",
    word: "#f0ead8", halo: "rgb(8 13 22 / .85)", contrast: 7, secret: "#b7a0ff", staged: "#b18cf0", regions: MOON,
  },
};

/** Returns the inks of a theme; one that is not known is Atlas. @param {string} theme @returns {Inks} */
export const inksOf = (theme) => (Object.hasOwn(THEMES, theme) ? THEMES[theme] : THEMES.atlas);

const STEPS = 16;
/** What was asked for before. @type {Map<string, string>} */
const found = new Map();

/** Returns a colour `#rrggbb`, mixed with that of words as far as it needs to stand out from their halo. As on the server's pictures.
 * @param {string} color @param {Inks} inks @returns {string} */
export function readable(color, inks) {
  const id = `${color} ${inks.halo}`;
  let is = found.get(id);
  if (is) return is;
  const [own, word] = [parsed(color), parsed(inks.word)];
  const behind = luminance((inks.halo.match(/\d+/g) ?? []).slice(0, 3).map(Number));
  is = inks.word;
  for (let step = 0; step < STEPS; step++) {
    const mixed = own.map((part, n) => Math.floor(part + ((word[n] - part) * step) / STEPS + 0.5));
    const [dark, light] = [luminance(mixed), behind].sort((a, b) => a - b);
    if ((light + 0.05) / (dark + 0.05) < inks.contrast) continue;
    is = `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    break;
  }
  if (found.size > 1000) found.clear();
  found.set(id, is);
  return is;
}

/** @param {string} color */
const parsed = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

/** @param {number[]} color */
function luminance(color) {
  const [red, green, blue] = color.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Words on the map, as engraved: italics with a halo. @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x @param {number} y
 * @param {{size: number, color: string, halo: string, style?: string, spacing?: number}} how size and spacing in device pixels */
export function engrave(pen, text, x, y, { size, color, halo, style = "600", spacing = 0 }) {
  pen.font = `${style} ${size}px "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "DejaVu Serif", serif`;
  pen.letterSpacing = `${spacing}px`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = Math.max(2, size * 0.26);
  pen.strokeStyle = halo;
  pen.strokeText(text, x, y);
  pen.fillStyle = color;
  pen.fillText(text, x, y);
  pen.letterSpacing = "0px";
}
