// @ts-check
/** The part of the world that somebody knows, and where they look at it first. */

import { fit } from "./camera.js";
import { spotOf } from "../model/hex.js";

/** Returns what is around all that somebody knows. @param {any} state */
export const knownRect = ({ map, terrain, shown }) => rectOf(map, [terrain, shown]);

/** @param {any} map @param {Iterable<[number, number, unknown]>[]} known */
function rectOf(map, known) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const source of known)
    for (const [q, r] of source) {
      const p = spotOf(map, q, r);
      [x0, y0, x1, y1] = [Math.min(x0, p.x), Math.min(y0, p.y), Math.max(x1, p.x), Math.max(y1, p.y)];
    }
  return x0 === Infinity ? null : { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
}

/** Of how much of its grid a map must have something, or a DM's look begins where it has. */
const FULL = 0.3;
/** What is thinner than this, and smaller than so many pixels from centre to corner of a hex, cannot be made out: one looks at a part of it. */
const THIN = 0.1;
const SMALL = 9;
/** The size at which a hex is no larger, at first, and how much is seen around what is known. */
const LARGE = 34;
const AROUND = 3;
/** A side of a part, in sizes of a hex. */
const PART = 16;

/** Returns where a map is looked at first: all of it, what a player knows of it, or where there is something.
 * @param {any} state @param {import("./camera.js").Rect} rect of the whole map @param {{w: number, h: number}} size of the screen @returns {import("./camera.js").Camera} */
export function firstLook(state, rect, size) {
  const { map, terrain, shown, role } = state;
  if (role === "dm" && terrain.size >= FULL * map.gridWidth * map.gridHeight) return fit(rect, size);
  // A DM knows the land; what of it is shown may be of a map of before.
  const known = role === "dm" ? [terrain] : [terrain, shown];
  const all = rectOf(map, known);
  if (!all) return fit(rect, size);
  const around = (/** @type {import("./camera.js").Rect} */ part) => fit(grow(part, map.hexSize * AROUND), size);
  const hexes = ((all.w / map.hexSize + 2) * (all.h / map.hexSize + 2)) / 2.6;
  const thin = Math.max(...known.map((of) => of.size)) < THIN * hexes;
  const near = thin && around(all).scale * map.hexSize < SMALL ? around(thickest(map, known)) : around(all);
  return { ...near, scale: Math.min(LARGE / map.hexSize, Math.max(near.scale, fit(rect, size, 0).scale)) };
}

/** Returns the part of what is known where most of it is. @param {any} map @param {Iterable<[number, number, unknown]>[]} known @returns {import("./camera.js").Rect} */
function thickest(map, known) {
  const side = PART * map.hexSize;
  /** @type {Map<string, import("./camera.js").Rect & {count: number}>} */
  const parts = new Map();
  for (const source of known)
    for (const [q, r] of source) {
      const { x, y } = spotOf(map, q, r);
      const id = `${Math.floor(x / side)},${Math.floor(y / side)}`;
      const part = parts.get(id) ?? { x, y, w: 0, h: 0, count: 0 };
      const [left, top] = [Math.min(part.x, x), Math.min(part.y, y)];
      const [right, bottom] = [Math.max(part.x + part.w, x), Math.max(part.y + part.h, y)];
      parts.set(id, { x: left, y: top, w: right - left, h: bottom - top, count: part.count + 1 });
    }
  return [...parts.values()].reduce((a, b) => (b.count > a.count ? b : a));
}

/** @param {import("./camera.js").Rect} rect @param {number} by */
export const grow = (rect, by) => ({ x: rect.x - by, y: rect.y - by, w: rect.w + 2 * by, h: rect.h + 2 * by });
