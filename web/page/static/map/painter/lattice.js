// @ts-check
/** The lattice of hexes in units of a hex's size (centre to corner), for both orientations. */

/** @typedef {"flat"|"pointy"} Orientation */
/** @typedef {{orientation: Orientation, x: [number, number], y: [number, number], q: [number, number], r: [number, number]}} Lattice
 *   x, y: a place from axial coordinates; q, r: axial coordinates from a place */

const SQRT3 = Math.sqrt(3);

/** Axial steps to the six neighbours, clockwise. */
export const AROUND = [[1, 0], [0, 1], [-1, 1], [-1, 0], [0, -1], [1, -1]];

/** @param {Orientation} orientation @returns {Lattice} */
export function latticeOf(orientation) {
  if (orientation === "flat") return { orientation, x: [1.5, 0], y: [SQRT3 / 2, SQRT3], q: [2 / 3, 0], r: [-1 / 3, SQRT3 / 3] };
  return { orientation, x: [SQRT3, SQRT3 / 2], y: [0, 1.5], q: [SQRT3 / 3, -1 / 3], r: [0, 2 / 3] };
}

/** Returns the six corners around the origin, [x, y] each. @param {Orientation} orientation @returns {number[][]} */
export function cornersOf(orientation) {
  const first = orientation === "flat" ? 0 : 30;
  return [0, 60, 120, 180, 240, 300].map((turn) => {
    const angle = ((first + turn) * Math.PI) / 180;
    return [Math.cos(angle), Math.sin(angle)];
  });
}

/** Returns the nearest hex [q, r] of fractional axial coordinates. @param {number} q @param {number} r @returns {[number, number]} */
export function nearest(q, r) {
  const s = -q - r;
  let rq = Math.round(q);
  let rr = Math.round(r);
  const rs = Math.round(s);
  const dq = Math.abs(rq - q);
  const dr = Math.abs(rr - r);
  const ds = Math.abs(rs - s);
  if (dq > dr && dq > ds) rq = -rr - rs;
  else if (dr > ds) rr = -rq - rs;
  return [rq, rr];
}

/** Calls visit for each hex whose centre lies within a rectangle, in units of a hex's size, row by row from the top.
 * @param {Lattice} lattice @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {(q: number, r: number, x: number, y: number) => void} visit */
export function hexesWithin(lattice, x0, y0, x1, y1, visit) {
  if (lattice.orientation === "pointy") {
    for (let r = Math.ceil(y0 / 1.5); r * 1.5 <= y1; r++)
      for (let q = Math.ceil(x0 / SQRT3 - r / 2); SQRT3 * (q + r / 2) <= x1; q++) visit(q, r, SQRT3 * (q + r / 2), 1.5 * r);
    return;
  }
  // Every second column is half a hex lower: rows of half hexes, each with its own columns.
  for (let half = Math.ceil((2 * y0) / SQRT3); (half * SQRT3) / 2 <= y1; half++) {
    let q = Math.ceil(x0 / 1.5);
    if ((q & 1) !== (half & 1)) q++;
    for (; q * 1.5 <= x1; q += 2) visit(q, (half - q) / 2, 1.5 * q, (half * SQRT3) / 2);
  }
}
