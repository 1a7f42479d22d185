// @ts-check
/** What the painter was told of the land: a kind a hex, who knows it, and whether a change waits there. */

import { AROUND } from "./lattice.js";
import { KINDS, OPEN, UNKNOWN, kindOf } from "./kinds.js";

/** How far a hex is known. For players: FULL or AFAR. For a DM: NOBODY, SOME or FULL, by what players see. */
export const KNOWN = { NOBODY: 0, SOME: 1, AFAR: 2, FULL: 3 };
/** What waits for a hex in the DM's staged changes. */
export const GHOST = { NONE: 0, REVEAL: 1, HIDE: 2, TERRAIN: 3 };

/** A hex as the painter keeps it: kind, KNOWN, GHOST and the map format's variant, a byte each.
 * @typedef {[q: number, r: number, kind: number, known: number, ghost: number, variant: number]} LandHex */

/** The hexes around a part of the map as plain arrays: the hex (q, r) is at (q - q0) + (r - r0) * width.
 * @typedef {{q0: number, r0: number, width: number, height: number, kind: Uint8Array, known: Uint8Array, ghost: Uint8Array, variant: Uint8Array,
 *   depth: Uint8Array, plain: Uint8Array, any: boolean, veiled: boolean}} Window
 *   depth: steps from known dry land, 1 to 4; plain: whether all six neighbours are alike in kind, knowledge and depth */

export class Land {
  constructor() {
    /** @type {Map<number, Uint8Array>} tiles of 16 × 16 hexes, four bytes each */
    this.tiles = new Map();
  }

  clear() {
    this.tiles.clear();
  }

  /** Takes six numbers a hex, as in LandHex; where the page counts terrains by its own list of names, the kind is 2 and more by that list.
   * @param {ArrayLike<number>} hexes @param {string[]} [names] */
  set(hexes, names) {
    const kinds = names?.map(kindOf);
    for (let i = 0; i < hexes.length; i += 6) {
      const id = tileId(hexes[i], hexes[i + 1]);
      let tile = this.tiles.get(id);
      if (!tile) this.tiles.set(id, (tile = new Uint8Array(1024)));
      const at = placeIn(hexes[i], hexes[i + 1]);
      for (let part = 0; part < 4; part++) tile[at + part] = hexes[i + 2 + part];
      if (kinds && tile[at] > OPEN) tile[at] = kinds[tile[at] - 2];
    }
  }

  /** @param {number} q @param {number} r */
  kindAt(q, r) {
    return this.tiles.get(tileId(q, r))?.[placeIn(q, r)] ?? UNKNOWN;
  }

  /** Returns the hexes from (q0, r0) to (q1, r1), both included. @param {number} q0 @param {number} r0 @param {number} q1 @param {number} r1 @returns {Window} */
  window(q0, r0, q1, r1) {
    const width = q1 - q0 + 1;
    const height = r1 - r0 + 1;
    const n = width * height;
    const out = {
      q0, r0, width, height, kind: new Uint8Array(n), known: new Uint8Array(n), ghost: new Uint8Array(n), variant: new Uint8Array(n),
      depth: new Uint8Array(n), plain: new Uint8Array(n), any: false, veiled: false,
    };
    for (let r = r0, i = 0; r <= r1; r++)
      for (let q = q0; q <= q1; q++, i++) {
        const tile = this.tiles.get(tileId(q, r));
        if (!tile) continue;
        const at = placeIn(q, r);
        out.kind[i] = tile[at];
        out.known[i] = tile[at + 1];
        out.ghost[i] = tile[at + 2];
        out.variant[i] = tile[at + 3];
        if (tile[at]) out.any = true;
      }
    if (out.any) {
      measureDepth(out);
      findPlain(out);
    }
    return out;
  }
}

const HALF = 1 << 20;
const AROUND_Q = Int32Array.from(AROUND, ([q]) => q);
const AROUND_R = Int32Array.from(AROUND, ([, r]) => r);

/** @param {number} q @param {number} r */
const tileId = (q, r) => ((q >> 4) + HALF) * 2 * HALF + (r >> 4) + HALF;

/** @param {number} q @param {number} r */
const placeIn = (q, r) => (((q & 15) | ((r & 15) << 4)) << 2);

/** Fills depth. Only known dry land makes water shallow: the unknown may be either, so it counts as neither.
 * @param {Window} window */
function measureDepth({ kind, depth, width, height }) {
  const wet = Uint8Array.from(KINDS, (k) => (k.wet ? 4 : 0));
  let any = false;
  for (let i = 0; i < kind.length; i++) if ((depth[i] = wet[kind[i]])) any = true;
  if (!any) return;
  for (let step = 1; step < 4; step++)
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) if (depth[i] === 4 && nearDepth(kind, depth, width, height, x, y, step - 1)) depth[i] = step;
}

/** Whether a known hex of a depth is next to a place. @param {Uint8Array} kind @param {Uint8Array} depth @param {number} width @param {number} height
 * @param {number} x @param {number} y @param {number} sought */
function nearDepth(kind, depth, width, height, x, y, sought) {
  for (let n = 0; n < 6; n++) {
    const [dx, dy] = [AROUND_Q[n], AROUND_R[n]];
    if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
    const next = x + dx + (y + dy) * width;
    if (kind[next] !== UNKNOWN && depth[next] === sought) return true;
  }
  return false;
}

/** @param {Window} window */
function findPlain({ kind, known, ghost, depth, plain, width, height }) {
  const around = Int32Array.from(AROUND, ([dx, dy]) => dx + dy * width);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const i = x + y * width;
      let same = 1;
      for (let n = 0; n < 6 && same; n++) {
        const next = i + around[n];
        if (kind[next] !== kind[i] || known[next] !== known[i] || ghost[next] !== ghost[i] || depth[next] !== depth[i]) same = 0;
      }
      plain[i] = same;
    }
}
