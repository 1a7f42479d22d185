// @ts-check
/** Where glyphs stand: places by a hash of the hex, crowded over the edges that two hexes of a kind share. */

import { KINDS, OPEN, UNKNOWN } from "./kinds.js";
import { AROUND, hexesWithin } from "./lattice.js";
import { hash } from "./noise.js";

/** @typedef {{x: number, y: number, name: string, chance: number, scale: number}} Standing  x, y in sizes of a hex */

/** Places for glyphs in a hex, from the middle outwards, in sizes of a hex. */
const RINGS = [[0, 0], ...ringOf(6, 0.46, 0.3), ...ringOf(10, 0.78, 0)];

/** @param {number} n @param {number} far @param {number} turn */
function ringOf(n, far, turn) {
  return Array.from({ length: n }, (_, i) => [Math.cos(turn + (i / n) * 6.2832) * far, Math.sin(turn + (i / n) * 6.2832) * far * 0.94]);
}

/** How many glyphs of a kind a hex has, where, and how large. @type {Record<string, {n: number, far: number, stray: number, small: number, large: number, share?: number, names?: string[]}>} */
const HABITS = {
  tree: { n: 17, far: 1, stray: 0.3, small: 0.85, large: 1.25, names: ["tree", "tree", "pine"] },
  palm: { n: 15, far: 1, stray: 0.3, small: 0.95, large: 1.4 },
  peak: { n: 1, far: 0.1, stray: 0.24, small: 0.95, large: 1.2, share: 0.72 },
  hill: { n: 2, far: 1, stray: 0.3, small: 0.95, large: 1.5, share: 0.75 },
  mesa: { n: 2, far: 0.9, stray: 0.3, small: 0.8, large: 1.2, share: 0.6 },
  cone: { n: 1, far: 0, stray: 0.1, small: 0.95, large: 1.15 },
  grass: { n: 6, far: 1, stray: 0.6, small: 0.9, large: 1.3 },
  reed: { n: 6, far: 1, stray: 0.35, small: 0.85, large: 1.2, names: ["reed", "reed", "reed", "snag"] },
  dune: { n: 4, far: 1, stray: 0.5, small: 0.8, large: 1.3 },
  wave: { n: 2, far: 1, stray: 0.9, small: 0.8, large: 1.2 },
  snow: { n: 6, far: 1, stray: 0.5, small: 0.8, large: 1.2, names: ["snow", "snow", "snow", "snowPine"] },
  shingle: { n: 5, far: 1, stray: 0.5, small: 0.9, large: 1.3 },
  stone: { n: 5, far: 1, stray: 0.5, small: 0.8, large: 1.4 },
  house: { n: 7, far: 0.8, stray: 0.16, small: 1, large: 1.3 },
  field: { n: 4, far: 1.05, stray: 0.1, small: 0.95, large: 1.1 },
  ruin: { n: 3, far: 0.85, stray: 0.2, small: 0.8, large: 1.2, names: ["ruin", "ruin", "stone"] },
};

/** Glyphs that are too small to be seen stay out, from this many pixels a hex size on. @type {Record<string, number>} */
const FROM = { peak: 5, cone: 5, mesa: 6, hill: 7, tree: 7, palm: 7, house: 8, dune: 9, reed: 9, ruin: 9, snow: 12, field: 9, wave: 9, grass: 13, shingle: 14, stone: 12 };

/** Returns what stands in a rectangle, from the back to the front. A hex next to the unknown has what it would have beside any other land:
 * only edges to known hexes of its own kind carry glyphs across.
 * @param {import("./land.js").Window} window @param {import("./lattice.js").Lattice} lattice @param {{x: number, y: number, w: number, h: number}} rect @param {number} unit
 * @returns {Standing[]} */
export function standingsIn(window, lattice, rect, unit) {
  /** @type {Standing[]} */
  const out = [];
  const { kind: kinds, variant, q0, r0, width, height } = window;
  hexesWithin(lattice, rect.x, rect.y, rect.x + rect.w, rect.y + rect.h, (q, r, x, y) => {
    const column = q - q0;
    const row = r - r0;
    if (column < 1 || row < 1 || column >= width - 1 || row >= height - 1) return;
    const at = column + row * width;
    const kind = kinds[at];
    if (kind === UNKNOWN || kind === OPEN) return;
    const { glyph } = KINDS[kind];
    if (unit < (FROM[glyph] ?? 8)) return;
    const habit = HABITS[glyph];
    const seed = variant[at] * 101;
    const put = (/** @type {number} */ px, /** @type {number} */ py, /** @type {number} */ i, /** @type {number} */ size) => {
      const pick = hash(q, r, seed + i * 5 + 1);
      const name = habit.names ? habit.names[Math.floor(grove(q, r, pick) * habit.names.length)] : glyph;
      const scale = size * (habit.small + (habit.large - habit.small) * hash(q, r, seed + i * 5 + 2));
      const dx = (hash(q, r, seed + i * 5 + 3) - 0.5) * habit.stray;
      const dy = (hash(q, r, seed + i * 5 + 4) - 0.5) * habit.stray;
      out.push({ x: x + px + dx, y: y + py + dy + FOOT(glyph), name, chance: hash(q, r, seed + i * 5 + 5), scale });
    };
    // Where less fits, less stands: small maps have fewer and larger glyphs.
    const n = unit < 12 && habit.n > 6 ? Math.ceil(habit.n * 0.6) : habit.n;
    const more = unit < 12 && habit.n > 6 ? 1.3 : 1;
    for (let i = 0; i < n; i++) {
      const [px, py] = habit.n <= 7 && habit.n > 1 ? spread(i, habit.n, hash(q, r, seed)) : RINGS[i];
      put(px * habit.far, py * habit.far, i, more);
    }
    if (!habit.share) return;
    for (let d = 0; d < 3; d++) {
      const [dq, dr] = AROUND[d];
      if (kinds[at + dq + dr * width] !== kind || hash(q, r, 60 + d) > habit.share) continue;
      put((lattice.x[0] * dq + lattice.x[1] * dr) / 2, (lattice.y[0] * dq + lattice.y[1] * dr) / 2, 20 + d, glyph === "peak" ? 0.74 : 0.9);
    }
  });
  return out.sort((a, b) => a.y - b.y);
}

/** Trees of a kind stand together: the choice leans to what the place likes. @param {number} q @param {number} r @param {number} pick */
const grove = (q, r, pick) => Math.min(0.999, Math.max(0, pick * 0.6 + 0.4 * hash(Math.floor(q / 3), Math.floor((r + q / 2) / 3), 77)));

/** How far below a place a glyph stands, so that its body and not its foot is there. @param {string} glyph */
const FOOT = (glyph) => ({ peak: 0.42, cone: 0.4, hill: 0.14, mesa: 0.2, tree: 0.1, palm: 0.12, house: 0.08, ruin: 0.12 })[glyph] ?? 0.05;

/** Returns one of n places around the middle. @param {number} i @param {number} n @param {number} turn */
function spread(i, n, turn) {
  const angle = (turn + i / n) * 6.2832;
  const far = n === 1 ? 0 : n < 4 ? 0.42 : 0.34 + (i % 2) * 0.26;
  return [Math.cos(angle) * far, Math.sin(angle) * far * 0.9];
}
