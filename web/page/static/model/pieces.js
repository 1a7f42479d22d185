// @ts-check
/** Pieces of the land: what a line drawn around hexes encloses, and terrain that is copied from one place to another. Pure. */

import { line, parseKey, round } from "./hex.js";

/** @typedef {import("./hex.js").Hex} Hex */
/** Terrain that was copied: steps from the middle of the piece, and what lies there. @typedef {[dq: number, dr: number, terrain: string][]} Piece */

/** Returns the hexes of a trail, the straight way back to its start, and what lies within; even-odd where it crosses itself.
 * @param {Hex[]} trail at least one, each next to the one before @param {import("./hex.js").Orientation} orientation @returns {Hex[]} */
export function enclosed(trail, orientation) {
  const flat = orientation === "flat";
  // Hexes of one column (flat) or row (pointy) lie on a line; along it they count by whole numbers.
  const lineOf = (/** @type {Hex} */ { q, r }) => (flat ? q : r);
  const along = (/** @type {Hex} */ { q, r }) => (flat ? r + q / 2 : q + r / 2);
  const rim = [...trail, ...line(trail[trail.length - 1], trail[0]).slice(1, -1)];
  /** @type {Map<number, number[]>} */
  const crossings = new Map();
  rim.forEach((hex, i) => {
    const next = rim[(i + 1) % rim.length];
    if (lineOf(hex) === lineOf(next)) return;
    const lower = lineOf(hex) < lineOf(next) ? hex : next;
    const on = crossings.get(lineOf(lower)) ?? [];
    crossings.set(lineOf(lower), [...on, along(lower)]);
  });
  /** @type {Map<string, Hex>} */
  const all = new Map(rim.map((hex) => [`${hex.q},${hex.r}`, hex]));
  for (const [at, on] of crossings) {
    on.sort((a, b) => a - b);
    for (let i = 0; i + 1 < on.length; i += 2)
      for (let k = Math.ceil(on[i] - at / 2); k <= on[i + 1] - at / 2; k++) {
        const hex = flat ? { q: at, r: k } : { q: k, r: at };
        all.set(`${hex.q},${hex.r}`, hex);
      }
  }
  return [...all.values()];
}

/** Returns the terrain of hexes as a piece; hexes without terrain are left out. @param {string[]} keys @param {(q: number, r: number) => string|undefined} terrainAt @returns {Piece} */
export function pieceOf(keys, terrainAt) {
  const hexes = keys.map(parseKey).filter(({ q, r }) => terrainAt(q, r));
  if (!hexes.length) return [];
  const mean = (/** @type {"q"|"r"} */ axis) => hexes.reduce((sum, hex) => sum + hex[axis], 0) / hexes.length;
  const middle = round(mean("q"), mean("r"));
  return hexes.map(({ q, r }) => [q - middle.q, r - middle.r, terrainAt(q, r) ?? ""]);
}

/** Returns where a piece comes to lie around a hex, with its terrain. @param {Piece} piece @param {Hex} at */
export const laid = (piece, at) => piece.map(([dq, dr, terrain]) => ({ q: at.q + dq, r: at.r + dr, terrain }));
