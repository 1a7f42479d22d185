// @ts-check
/** Glyphs drawn once for a theme and a size, several variants each; a map then only copies them. */

import { cone, hill, mesa, peak } from "./heights.js";
import { chances } from "./noise.js";
import { drift, dune, grass, palm, pine, reed, shingle, snag, snowPine, stone, tree, wave } from "./plants.js";
import { field, house, ruin } from "./works.js";

/** @typedef {{canvas: HTMLCanvasElement|OffscreenCanvas, x: number, y: number}} Sprite  x, y: from the glyph's foot to the corner, in pixels */

/** What a glyph takes around its foot, in sizes of a hex: left and right, above, below. @type {Record<string, {draw: import("./heights.js").Glyph, wide: number, high: number, low: number, variants: number}>} */
const GLYPHS = {
  peak: { draw: peak, wide: 1.4, high: 1.4, low: 0.3, variants: 10 },
  hill: { draw: hill, wide: 0.75, high: 0.55, low: 0.2, variants: 8 },
  mesa: { draw: mesa, wide: 0.95, high: 0.7, low: 0.2, variants: 8 },
  cone: { draw: cone, wide: 0.9, high: 1.5, low: 0.3, variants: 5 },
  tree: { draw: tree, wide: 0.4, high: 0.55, low: 0.15, variants: 10 },
  pine: { draw: pine, wide: 0.35, high: 0.6, low: 0.15, variants: 8 },
  snowPine: { draw: snowPine, wide: 0.35, high: 0.6, low: 0.15, variants: 6 },
  palm: { draw: palm, wide: 0.42, high: 0.6, low: 0.15, variants: 8 },
  grass: { draw: grass, wide: 0.3, high: 0.25, low: 0.1, variants: 8 },
  reed: { draw: reed, wide: 0.5, high: 0.5, low: 0.2, variants: 8 },
  snag: { draw: snag, wide: 0.25, high: 0.5, low: 0.1, variants: 4 },
  dune: { draw: dune, wide: 0.6, high: 0.35, low: 0.2, variants: 8 },
  wave: { draw: wave, wide: 0.5, high: 0.2, low: 0.1, variants: 6 },
  snow: { draw: drift, wide: 0.5, high: 0.2, low: 0.2, variants: 6 },
  shingle: { draw: shingle, wide: 0.35, high: 0.25, low: 0.25, variants: 6 },
  stone: { draw: stone, wide: 0.25, high: 0.25, low: 0.1, variants: 5 },
  house: { draw: house, wide: 0.5, high: 0.45, low: 0.15, variants: 8 },
  field: { draw: field, wide: 0.5, high: 0.45, low: 0.45, variants: 6 },
  ruin: { draw: ruin, wide: 0.4, high: 0.5, low: 0.15, variants: 6 },
};

/** Makes a canvas, in a worker too. @param {number} width @param {number} height @returns {HTMLCanvasElement|OffscreenCanvas} */
export function blank(width, height) {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** Returns who gives the sprites of a theme at a size, made when they are first asked for. @param {import("./themes.js").Theme} theme @param {number} unit pixels a hex size */
export function spritesOf(theme, unit) {
  /** @type {Map<number, Sprite>} */
  const made = new Map();
  const names = Object.keys(GLYPHS);
  /** @param {string} name @param {number} chance in [0, 1), picks the variant @param {number} scale @returns {Sprite} */
  return (name, chance, scale) => {
    const { draw, wide, high, low, variants } = GLYPHS[name];
    const variant = Math.floor(chance * variants);
    // Sizes by steps, or each would be a sprite of its own.
    const step = Math.max(1, Math.round(scale * 4));
    const id = (names.indexOf(name) * 64 + variant) * 64 + step;
    const there = made.get(id);
    if (there) return there;
    const size = (unit * step) / 4;
    const width = Math.max(2, Math.ceil(wide * 2 * size));
    const height = Math.max(2, Math.ceil((high + low) * size));
    const canvas = blank(width, height);
    const pen = /** @type {import("./heights.js").Pen} */ (canvas.getContext("2d", { willReadFrequently: true }));
    pen.translate(width / 2, high * size);
    pen.scale(size, size);
    draw(pen, theme.inks, chances(variant * 31 + names.indexOf(name) * 977 + 5), theme.pen);
    const sprite = { canvas, x: -width / 2, y: -high * size };
    made.set(id, sprite);
    return sprite;
  };
}
