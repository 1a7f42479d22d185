// @ts-check
/** The line that a hand drew, with as few points as show it. Pure. */

/** @typedef {{x: number, y: number}} Point */

/** Returns how far a point lies from a piece of a line. @param {Point} p @param {Point} a @param {Point} b */
export function farFrom(p, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const long = dx * dx + dy * dy;
  const t = long ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / long)) : 0;
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/** Returns the line without points that lie nearer to it than some distance, first and last kept; at most so many.
 * Source: Ramer, Douglas and Peucker. @param {Point[]} points @param {number} near @param {number} most @returns {Point[]} */
export function simplified(points, near, most) {
  const kept = points.length > 2 ? fewer(points, near) : points;
  return kept.length <= most ? kept : simplified(points, near * 1.5, most);
}

/** @param {Point[]} points @param {number} near @returns {Point[]} */
function fewer(points, near) {
  const keep = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  for (let piece = open.pop(); piece; piece = open.pop()) {
    const [from, to] = piece;
    let [farthest, far] = [0, near];
    for (let i = from + 1; i < to; i++) {
      const d = farFrom(points[i], points[from], points[to]);
      if (d > far) [farthest, far] = [i, d];
    }
    if (!farthest) continue;
    keep.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => keep.has(i));
}
