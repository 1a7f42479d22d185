// @ts-check
/** One square of the map: ground, what stands on it, the grid, and who knows it. The same in a worker and on the page. */

import { paintGround } from "./ground.js";
import { UNKNOWN } from "./kinds.js";
import { Land } from "./land.js";
import { drawTiers } from "./tiers.js";
import { cornersOf, hexesWithin, latticeOf } from "./lattice.js";
import { standingsIn } from "./scatter.js";
import { blank, spritesOf } from "./sprites.js";
import { themeOf } from "./themes.js";
import { layVeil } from "./veil.js";

/** @typedef {{orientation: import("./lattice.js").Orientation, theme: string, dm: boolean, grid: boolean, strength: number, density: number}} Manner
 *   strength: of the DM's veil, 0 to 1; density: device pixels a CSS pixel */
/** @typedef {{column: number, row: number, unit: number, side: number}} Square  a place in a lattice of squares; unit: pixels a hex size, side: pixels */

/** How far beyond a square a glyph or a blend may come from, in sizes of a hex. */
const MARGIN = 2.4;
/** How many themes' and sizes' sprites are kept. */
const KEEP = 6;

/** Returns a painter of squares: it is told of the land and of the manner, then asked for squares. */
export function createPainter() {
  const land = new Land();
  /** @type {Manner} */
  let manner = { orientation: "flat", theme: "atlas", dm: true, grid: true, strength: 0.7, density: 1 };
  let theme = themeOf("atlas");
  let lattice = latticeOf("flat");
  /** @type {Map<string, ReturnType<typeof spritesOf>>} */
  const sprites = new Map();

  /** @param {number} unit */
  function spritesFor(unit) {
    const id = `${theme.name}/${unit}`;
    let found = sprites.get(id);
    if (!found) {
      found = spritesOf(theme, unit);
      if (sprites.size >= KEEP) sprites.delete(/** @type {string} */ (sprites.keys().next().value));
      sprites.set(id, found);
    }
    return found;
  }

  return {
    land,
    /** @param {Manner} next */
    set(next) {
      manner = next;
      theme = themeOf(next.theme);
      lattice = latticeOf(next.orientation);
    },
    /** Returns the picture of a square, or null where nothing is known. @param {Square} square @returns {HTMLCanvasElement|OffscreenCanvas|null} */
    paint({ column, row, unit, side }) {
      const [x, y, across] = [(column * side) / unit, (row * side) / unit, side / unit];
      const window = windowAround(land, lattice, x, y, across);
      if (!window.any) return null;
      const raster = paintGround(window, lattice, theme, { x, y, unit, side });
      const canvas = blank(side, side);
      const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
      const image = new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (raster.data), side, side);
      pen.putImageData(image, 0, 0);
      const sprite = spritesFor(unit);
      for (const { x: sx, y: sy, name, chance, scale } of standingsIn(window, lattice, { x: x - 1.4, y: y - 0.6, w: across + 2.8, h: across + 2.4 }, unit)) {
        const { canvas: drawn, x: dx, y: dy } = sprite(name, chance, scale);
        pen.drawImage(drawn, Math.round((sx - x) * unit + dx), Math.round((sy - y) * unit + dy));
      }
      if (manner.grid && unit >= 8) drawGrid(pen, window, x, y, across, unit);
      drawTiers(pen, window, lattice, { x, y, across, unit, dm: manner.dm });
      const whole = pen.getImageData(0, 0, side, side);
      layVeil(whole.data, raster, theme, { x: column * side, y: row * side, dm: manner.dm, strength: manner.strength, density: manner.density });
      pen.putImageData(whole, 0, 0);
      return canvas;
    },
  };

  /** @param {OffscreenCanvasRenderingContext2D} pen @param {import("./land.js").Window} window @param {number} x @param {number} y @param {number} across @param {number} unit */
  function drawGrid(pen, window, x, y, across, unit) {
    const corners = cornersOf(lattice.orientation);
    pen.beginPath();
    hexesWithin(lattice, x - 1, y - 1, x + across + 1, y + across + 1, (q, r, cx, cy) => {
      const at = q - window.q0 + (r - window.r0) * window.width;
      if ((window.kind[at] ?? UNKNOWN) === UNKNOWN) return;
      // Three sides a hex; the others are drawn by its neighbours, or lie at the edge of the known, where nothing shall be drawn.
      for (let i = 0; i < 4; i++) {
        const [a, b] = corners[i];
        if (i) pen.lineTo((cx + a - x) * unit, (cy + b - y) * unit);
        else pen.moveTo((cx + a - x) * unit, (cy + b - y) * unit);
      }
    });
    pen.strokeStyle = theme.grid;
    pen.lineWidth = Math.max(1, unit * 0.022);
    pen.stroke();
  }
}

/** @param {Land} land @param {import("./lattice.js").Lattice} lattice @param {number} x @param {number} y @param {number} across */
function windowAround(land, lattice, x, y, across) {
  const [x0, y0, x1, y1] = [x - MARGIN, y - MARGIN, x + across + MARGIN, y + across + MARGIN];
  const qs = [];
  const rs = [];
  for (const [a, b] of [[x0, y0], [x1, y0], [x0, y1], [x1, y1]]) {
    qs.push(lattice.q[0] * a + lattice.q[1] * b);
    rs.push(lattice.r[0] * a + lattice.r[1] * b);
  }
  return land.window(Math.floor(Math.min(...qs)) - 2, Math.floor(Math.min(...rs)) - 2, Math.ceil(Math.max(...qs)) + 2, Math.ceil(Math.max(...rs)) + 2);
}
