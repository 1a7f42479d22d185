// @ts-check
/** The drawings of sites: some twenty shapes for all kinds, each in layers of one colour, on a field from -10 to 10. */

/** @typedef {"roof"|"paper"|"stone"|"line"|"leaf"|"water"|"glow"|""} Fill  "": lines alone */

const HOUSE = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ s) =>
  /** @type {[Fill, string][]} */ ([
    ["paper", `M${x - 4 * s} ${y}v${-5 * s}h${8 * s}v${5 * s}Z`],
    ["roof", `M${x - 5.5 * s} ${y - 4.6 * s}L${x} ${y - 10 * s}L${x + 5.5 * s} ${y - 4.6 * s}Z`],
    ["line", `M${x - 0.9 * s} ${y}v${-2.8 * s}h${1.8 * s}v${2.8 * s}Z`],
  ]);
const TOWER = /** @type {[Fill, string][]} */ ([
  ["stone", "M-4 9L-3.2-3H3.2L4 9Z"],
  ["line", "M-.8 3V0H.8V3Z"],
]);
const MOUND = /** @type {[Fill, string]} */ (["stone", "M-10 8C-9 1-5-6 0-7C5-6 9 1 10 8Z"]);
const SWELL = /** @type {[Fill, string][]} */ ([
  ["", "M-9 3C-7 1-5 1-3 3S1 5 3 3S7 1 9 3"],
  ["", "M-9 7C-7 5-5 5-3 7S1 9 3 7S7 5 9 7"],
]);

/** @type {Record<string, [Fill, string][]>} */
const SHAPES = {
  house: HOUSE(0, 7, 1.45),
  hamlet: [...HOUSE(-4.5, 3, 0.9), ...HOUSE(4, 7, 1)],
  town: [...HOUSE(-5, 2, 0.95), ...HOUSE(5, 2, 0.95), ...HOUSE(0, 8, 1.15)],
  city: [...HOUSE(-3.5, 2, 1), ...HOUSE(3.5, 2, 1), ["stone", "M-10 9V-3H-8.6V-1.4H-7.4V-3H-6V2H6V-3H7.4V-1.4H8.6V-3H10V9Z"], ["line", "M-2 9V6.5A2 2 0 0 1 2 6.5V9Z"]],
  castle: [["stone", "M-9 9V-6H-7.4V-4.4H-5.8V-6H-4V-1H-3V-9H-1.4V-7.4H1.4V-9H3V-1H4V-6H5.8V-4.4H7.4V-6H9V9Z"], ["line", "M-2.2 9V5.5A2.2 2.2 0 0 1 2.2 5.5V9Z"]],
  tower: [...TOWER, ["stone", "M-4.6-2.4V-7H-2.6V-5.4H-1V-7H1V-5.4H2.6V-7H4.6V-2.4Z"]],
  wizard: [...TOWER, ["roof", "M-5-2.6L0-11L5-2.6Z"], ["glow", "M7-9l.8 2 2 .8-2 .8L7-3.4l-.8-2-2-.8 2-.8Z"]],
  lighthouse: [...TOWER, ["glow", "M-2.6-3V-7H2.6V-3Z"], ["roof", "M-3.6-7L0-10.5L3.6-7Z"], ["", "M5-6L9-7.5M5-4L9-3.5M-5-6L-9-7.5M-5-4L-9-3.5"]],
  gate: [["stone", "M-9 9V-6H-7V-4.4H-5V-6H5V-4.4H7V-6H9V9H4V3A4 4 0 0 0-4 3V9Z"]],
  mill: [...HOUSE(0, 9, 1.2), ["paper", "M0-3L-6-9L-4.4-10.2L.8-4.4ZM0-3L6-9L7.4-7.6L1-2ZM0-3L6 3L4.4 4.2L-.8-1.6ZM0-3L-6 3L-7.4 1.6L-1-4Z"]],
  pit: [MOUND, ["line", "M-4 8V2A4 4 0 0 1 4 2V8Z"], ["", "M-5.4 8V1H5.4V8"]],
  cave: [MOUND, ["line", "M-5 8C-5 2-3-1 0-1S5 2 5 8Z"]],
  camp: [["paper", "M-9 8L0-8L9 8Z"], ["line", "M-3 8L0-1L3 8Z"], ["", "M0-8L-1.6-10.4M0-8L1.6-10.4"]],
  port: [["", "M0-6V8M-4.5-3H4.5M-7.5 2C-7 6-4 8.4 0 8.6C4 8.4 7 6 7.5 2M-9 4L-7.5 1.6L-5.4 3.6M9 4L7.5 1.6L5.4 3.6"], ["paper", "M-2-8A2 2 0 1 1 2-8A2 2 0 1 1-2-8Z"]],
  bridge: [["stone", "M-10 3C-6-5 6-5 10 3V7H6.5C5 1-5 1-6.5 7H-10Z"], ["", "M-10-1C-6-8 6-8 10-1"]],
  ford: [...SWELL, ["stone", "M-7-2H-4.4V.4H-7ZM-1.4-4H1.4V-1.4H-1.4ZM4.4-2H7V.4H4.4Z"]],
  water: [["water", "M0-10C4-4 6-2 6 2A6 6 0 0 1-6 2C-6-2-4-4 0-10Z"], ["", "M-3 3A3.2 3.2 0 0 0 0 5.6"]],
  temple: [["paper", "M-7.6 6V-2H7.6V6Z"], ["line", "M-5.6 6V-1H-4V6ZM-.8 6V-1H.8V6ZM4 6V-1H5.6V6Z"], ["roof", "M-9-2L0-8L9-2Z"], ["stone", "M-9.4 6H9.4V8.6H-9.4Z"]],
  shrine: [["stone", "M-4.5 8V4H4.5V8Z"], ["glow", "M0-8L2-3 7-2.4 3.2 1 4.4 5.6 0 3-4.4 5.6-3.2 1-7-2.4-2-3Z"]],
  grave: [["stone", "M-8 8V-1A3.4 3.4 0 0 1-1.2-1V8ZM2 8V2A2.8 2.8 0 0 1 7.6 2V8Z"], ["", "M-4.6 0V4.4M-6.2 1.6H-3M4.8 3V6M3.8 4H5.8M-9.6 8H9.6"]],
  stones: [["stone", "M-8.6 8L-8-3L-5-3.6L-4.4 8ZM4.4 8L5-5L8-4.4L8.6 8ZM-2 8L-1.6-1L1.6-1L2 8Z"], ["stone", "M-9-3.4L8.6-7.4L9-4.8L-8.6-.8Z"]],
  monument: [["stone", "M-2.6 5L-1.6-7L0-9.6L1.6-7L2.6 5Z"], ["stone", "M-6 8.6V5H6V8.6Z"]],
  ruin: [["stone", "M-9 8V-6L-6.6-4.4L-4.6-7L-3-1L-.6-2.6L1 3L4 1.4L5.6 5L9 4.4V8Z"], ["", "M-8.6 1H-3M-8.6 4.6H1M-6-2V1M-3 4.6V8M-7 4.6V8"]],
  lair: [["paper", "M-7-1A7 7 0 0 1 7-1C7 2 5 3.4 4.4 4.4V8H-4.4V4.4C-5 3.4-7 2-7-1Z"], ["line", "M-4.6-1A1.9 2.2 0 1 1-.8-1A1.9 2.2 0 1 1-4.6-1ZM.8-1A1.9 2.2 0 1 1 4.6-1A1.9 2.2 0 1 1 .8-1ZM-.9 3.6L0 1.6L.9 3.6Z"], ["", "M-1.6 5.4V8M1.6 5.4V8"]],
  portal: [["glow", "M-6 0A6 9 0 1 1 6 0A6 9 0 1 1-6 0Z"], ["", "M0 4.6C-3 3-3.4-2 0-3.6C2.8-3.4 2.6 1.4.4 1.2"]],
  swords: [["", "M-7-8L6 7M7-8L-6 7M2.6 7.6L7.4 3M-2.6 7.6L-7.4 3"], ["paper", "M5.4 7L7 5.4L9.4 7.8L7.8 9.4ZM-5.4 7L-7 5.4L-9.4 7.8L-7.8 9.4Z"]],
  wreck: [["roof", "M-9 0L8-3C7 3 4 6 0 6H-5C-7.4 4.6-9 2.6-9 0Z"], ["", "M-2-1L-5-10M1-1.6L3-7M-5-8L1-6"], SWELL[1]],
  tree: [["roof", "M-1.6 9L-1 2H1L1.6 9Z"], ["leaf", "M0-10C4-10 6-7.4 5.4-5C8.6-4 8.6 2 5 2.6C3 4.6-3 4.6-5 2.6C-8.6 2-8.6-4-5.4-5C-6-7.4-4-10 0-10Z"]],
  peak: [["stone", "M-10 8L-2-8L2-1L4.6-4.4L10 8Z"], ["paper", "M-4.4-3.2L-2-8L.6-3.4L-1-2L-2.4-3.4Z"]],
  chest: [["roof", "M-8 8V0H8V8Z"], ["roof", "M-8 0C-8-7 8-7 8 0Z"], ["glow", "M-1.8-2H1.8V3H-1.8Z"]],
  flag: [["", "M-4 9V-9"], ["roof", "M-4-9L7-5.4L-4-1.4Z"]],
};

/** Which shape a kind has that is not named like its shape. @type {Record<string, string>} */
const OF_KIND = {
  village: "hamlet", capital: "city", keep: "castle", fort: "castle", manor: "house", inn: "house", farm: "house", mine: "pit", quarry: "pit", lumber: "camp",
  monastery: "temple", graveyard: "grave", tomb: "grave", dungeon: "pit", battlefield: "swords", shipwreck: "wreck", waterfall: "water", spring: "water",
  pass: "peak", treasure: "chest", landmark: "flag",
};

/** @type {Map<string, [Fill, Path2D][]>} */
const made = new Map();

/** Returns the layers of a kind's drawing, to be filled and outlined from the first on; a flag for a kind that nobody knows.
 * @param {string} kind @returns {[Fill, Path2D][]} */
export function siteShape(kind) {
  let layers = made.get(kind);
  if (!layers) {
    const name = OF_KIND[kind] ?? kind;
    layers = (Object.hasOwn(SHAPES, name) ? SHAPES[name] : SHAPES.flag).map(([fill, d]) => [fill, new Path2D(d)]);
    made.set(kind, layers);
  }
  return layers;
}

/** Draws a site in the middle of its place. @param {CanvasRenderingContext2D} pen @param {string} kind @param {number} x @param {number} y
 * @param {number} size half its height, in device pixels @param {import("./inks.js").Inks} inks @param {string} mark the colour of a dashed ring around it, or none */
export function drawSite(pen, kind, x, y, size, inks, mark) {
  const layers = siteShape(kind);
  pen.save();
  pen.translate(x, y);
  pen.scale(size / 10, size / 10);
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = inks.halo;
  pen.lineWidth = 4.4;
  for (const [, path] of layers) pen.stroke(path);
  pen.lineWidth = 1.3;
  for (const [fill, path] of layers) {
    pen.strokeStyle = fill ? inks.line : inks.pen;
    if (fill) {
      pen.fillStyle = inks[fill];
      pen.fill(path);
    }
    pen.stroke(path);
  }
  if (mark) {
    pen.setLineDash([3.2, 2.6]);
    pen.strokeStyle = mark;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.arc(0, 0, 14, 0, 7);
    pen.stroke();
  }
  pen.restore();
}
