// @ts-check
/** Which of the things on the map a hand means. Places are in sizes of a hex. */

import { fromPoint, keyOf, parseKey, toPoint } from "../model/hex.js";
import { stretchesOf } from "./layers/courses.js";

/** @typedef {{orientation: import("../model/hex.js").Orientation}} Turned */
/** @typedef {{x: number, y: number}} Point */

/** Returns the path nearest to a point, at most `far` away; null for none. @template {{kind: string, pieces: Record<string, import("../model/course.js").Piece>}} P
 * @param {Turned} map @param {P[]} paths @param {Point} at @param {number} far @returns {P|null} */
export function pathAt({ orientation }, paths, at, far) {
  const { q, r } = fromPoint(at.x, at.y, orientation, 1);
  const key = keyOf(q, r);
  let best = null;
  for (const path of paths) {
    const piece = path.pieces[key];
    if (!piece) continue;
    for (const stretch of stretchesOf({ orientation, hexSize: 1 }, { [key]: piece }, path.kind)) {
      const gap = gapTo(stretch, at);
      if (gap <= far) [best, far] = [path, gap];
    }
  }
  return best;
}

/** Returns the last of the labels that a point lies on; null for none. @template {{hexKey: string, text: string, x: number, y: number, size: number, angle: number}} L
 * @param {Turned} map @param {L[]} labels @param {Point} at @returns {L|null} */
export function labelAt(map, labels, at) {
  return labels.findLast((label) => {
    const middle = middleOf(map, label);
    const angle = (-label.angle * Math.PI) / 180;
    const [dx, dy] = [at.x - middle.x, at.y - middle.y];
    const along = dx * Math.cos(angle) - dy * Math.sin(angle);
    const across = dx * Math.sin(angle) + dy * Math.cos(angle);
    return Math.abs(along) < label.size * (0.3 * label.text.length + 0.3) && Math.abs(across) < Math.max(label.size * 0.7, 0.2);
  }) ?? null;
}

/** Returns the middle of a label's text. @param {Turned} map @param {{hexKey: string, x: number, y: number}} label @returns {Point} */
export function middleOf({ orientation }, { hexKey, x, y }) {
  const { q, r } = parseKey(hexKey);
  const at = toPoint(q, r, orientation, 1);
  return { x: at.x + x, y: at.y + y };
}

/** @param {import("./layers/courses.js").Stretch} stretch @param {Point} at */
function gapTo({ ends: [a, b], handles }, at) {
  if (!handles) return gapToLine(a, b, at);
  const [c, d] = handles;
  let [least, from] = [Infinity, a];
  for (let i = 1; i <= 8; i++) {
    const [t, u] = [i / 8, 1 - i / 8];
    const to = {
      x: u ** 3 * a.x + 3 * u * u * t * c.x + 3 * u * t * t * d.x + t ** 3 * b.x,
      y: u ** 3 * a.y + 3 * u * u * t * c.y + 3 * u * t * t * d.y + t ** 3 * b.y,
    };
    least = Math.min(least, gapToLine(from, to, at));
    from = to;
  }
  return least;
}

/** Returns how far a point is from a straight line between two. @param {Point} a @param {Point} b @param {Point} at */
export function gapToLine(a, b, at) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const t = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(at.x - a.x - t * dx, at.y - a.y - t * dy);
}
