// @ts-check
/** The part of the world that somebody knows. */

import { spotOf } from "../model/hex.js";

/** @param {any} state */
export function knownRect(state) {
  const { map } = state;
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const source of [state.terrain, state.shown])
    for (const [q, r] of source) {
      const p = spotOf(map, q, r);
      [x0, y0, x1, y1] = [Math.min(x0, p.x), Math.min(y0, p.y), Math.max(x1, p.x), Math.max(y1, p.y)];
    }
  return x0 === Infinity ? null : { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
}

/** @param {import("./camera.js").Rect} rect @param {number} by */
export const grow = (rect, by) => ({ x: rect.x - by, y: rect.y - by, w: rect.w + 2 * by, h: rect.h + 2 * by });
