// @ts-check
/** Hexes: axial coordinates, rows and columns, and their place on the plane.
 * Source: Red Blob Games, "Hexagonal Grids". Sizes are in world units, centre to corner. */

/** @typedef {"flat"|"pointy"} Orientation */
/** Which columns (pointy tops: rows) are pushed, counted from 0. @typedef {"odd"|"even"} Parity */
/** @typedef {{q: number, r: number}} Hex */
/** @typedef {{gridWidth: number, gridHeight: number, hexSize: number, orientation: Orientation, parity?: Parity}} Grid */

const SQRT3 = Math.sqrt(3);

/** Neighbours clockwise, the first to the right (pointy) or lower right (flat). */
export const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [0, -1],
  [1, -1],
];

/** @param {number} q @param {number} r */
export const keyOf = (q, r) => `${q},${r}`;

/** Returns the hex of a key such as "3,-1". @param {string} key @returns {Hex} */
export function parseKey(key) {
  const comma = key.indexOf(",");
  return { q: Number(key.slice(0, comma)), r: Number(key.slice(comma + 1)) };
}

/** Returns how far a column or row is along those that are pushed. @param {number} n @param {Parity|undefined} parity */
const pushed = (n, parity) => (n + (n & 1) * (parity === "even" ? 1 : -1)) / 2;

/** Returns the zero-based column and row: odd-q for flat tops, odd-r for pointy ones, or even-q and even-r.
 * @param {number} q @param {number} r @param {Orientation} orientation @param {Parity} [parity] */
export function toOffset(q, r, orientation, parity) {
  return orientation === "flat" ? { col: q, row: r + pushed(q, parity) } : { col: q + pushed(r, parity), row: r };
}

/** Returns the hex in a column and row. @param {number} col @param {number} row @param {Orientation} orientation @param {Parity} [parity] */
export function fromOffset(col, row, orientation, parity) {
  return orientation === "flat" ? { q: col, r: row - pushed(col, parity) } : { q: col - pushed(row, parity), r: row };
}

/** @param {number} q @param {number} r @param {Orientation} orientation @param {number} size */
export function toPoint(q, r, orientation, size) {
  return orientation === "flat"
    ? { x: size * 1.5 * q, y: size * SQRT3 * (r + q / 2) }
    : { x: size * SQRT3 * (q + r / 2), y: size * 1.5 * r };
}

/** Returns where a hex lies on a map. @param {{orientation: Orientation, hexSize: number}} map @param {number} q @param {number} r */
export const spotOf = (map, q, r) => toPoint(q, r, map.orientation, map.hexSize);

/** @param {{orientation: Orientation, hexSize: number}} map @param {string} key */
export function spotOfKey(map, key) {
  const { q, r } = parseKey(key);
  return spotOf(map, q, r);
}

/** Returns the hex that holds a point. @param {number} x @param {number} y @param {Orientation} orientation @param {number} size */
export function fromPoint(x, y, orientation, size) {
  const [q, r] =
    orientation === "flat"
      ? [(2 / 3) * (x / size), (-1 / 3) * (x / size) + (SQRT3 / 3) * (y / size)]
      : [(SQRT3 / 3) * (x / size) - (1 / 3) * (y / size), (2 / 3) * (y / size)];
  return round(q, r);
}

/** Returns the nearest hex of fractional coordinates. @param {number} q @param {number} r @returns {Hex} */
export function round(q, r) {
  const s = -q - r;
  let [rq, rr] = [Math.round(q), Math.round(r)];
  const rs = Math.round(s);
  const [dq, dr, ds] = [Math.abs(rq - q), Math.abs(rr - r), Math.abs(rs - s)];
  if (dq > dr && dq > ds) rq = -rr - rs;
  else if (dr > ds) rr = -rq - rs;
  return { q: rq + 0, r: rr + 0 };
}

/** @param {Hex} a @param {Hex} b */
export const distance = (a, b) => (Math.abs(a.q - b.q) + Math.abs(a.r - b.r) + Math.abs(a.q + a.r - b.q - b.r)) / 2;

/** Returns the hexes from a to b, both included. @param {Hex} a @param {Hex} b @returns {Hex[]} */
export function line(a, b) {
  const n = distance(a, b);
  const out = [];
  for (let i = 0; i <= n; i++) {
    const t = n ? i / n : 0;
    out.push(round(a.q + (b.q - a.q) * t + 1e-6, a.r + (b.r - a.r) * t + 1e-6));
  }
  return out;
}

/** Returns the hexes at most `radius` away. @param {Hex} centre @param {number} radius @returns {Hex[]} */
export function disc(centre, radius) {
  const out = [];
  for (let q = -radius; q <= radius; q++)
    for (let r = Math.max(-radius, -q - radius); r <= Math.min(radius, -q + radius); r++)
      out.push({ q: centre.q + q, r: centre.r + r });
  return out;
}

/** Returns the hexes of the rectangle of columns and rows between two corners.
 * @param {Hex} a @param {Hex} b @param {Orientation} orientation @param {Parity} [parity] @returns {Hex[]} */
export function rectangle(a, b, orientation, parity) {
  const [p, o] = [a, b].map(({ q, r }) => toOffset(q, r, orientation, parity));
  const out = [];
  for (let row = Math.min(p.row, o.row); row <= Math.max(p.row, o.row); row++)
    for (let col = Math.min(p.col, o.col); col <= Math.max(p.col, o.col); col++)
      out.push(fromOffset(col, row, orientation, parity));
  return out;
}

/** Returns the connected hexes around `start` for which `same` holds, at most `limit`.
 * @param {Hex} start @param {(q: number, r: number) => boolean} same @param {number} [limit] @returns {Hex[]} */
export function flood(start, same, limit = 50_000) {
  if (!same(start.q, start.r)) return [];
  const seen = new Set([keyOf(start.q, start.r)]);
  const out = [start];
  for (let i = 0; i < out.length && out.length < limit; i++)
    for (const [dq, dr] of DIRECTIONS) {
      const [q, r] = [out[i].q + dq, out[i].r + dr];
      const key = keyOf(q, r);
      if (seen.has(key) || !same(q, r)) continue;
      seen.add(key);
      out.push({ q, r });
    }
  return out.slice(0, limit);
}

/** Returns the six corners around the origin as [x0, y0, x1, y1, …]. @param {Orientation} orientation @param {number} size */
export function corners(orientation, size) {
  const out = [];
  for (let i = 0; i < 6; i++) {
    const angle = (Math.PI / 180) * (60 * i + (orientation === "flat" ? 0 : 30));
    out.push(size * Math.cos(angle), size * Math.sin(angle));
  }
  return out;
}

/** Returns the world rectangle of a grid of columns and rows.
 * @param {Grid} map */
export function bounds({ gridWidth: w, gridHeight: h, hexSize: size, orientation, parity }) {
  // The first of the even ones stands at the origin, so the odd ones stick out before it.
  const before = (-SQRT3 / 2) * size * (parity === "even" && (orientation === "flat" ? w : h) > 1 ? 2 : 1);
  return orientation === "flat"
    ? { x: -size, y: before, w: size * (1.5 * (w - 1) + 2), h: SQRT3 * size * (h + (w > 1 ? 0.5 : 0)) }
    : { x: before, y: -size, w: SQRT3 * size * (w + (h > 1 ? 0.5 : 0)), h: size * (1.5 * (h - 1) + 2) };
}

/** Calls `visit` for each hex of the grid that may touch a world rectangle.
 * @param {{x: number, y: number, w: number, h: number}} rect
 * @param {Grid} map @param {(q: number, r: number) => void} visit */
export function within(rect, map, visit) {
  const { hexSize: s, orientation, parity } = map;
  const [dx, dy] = orientation === "flat" ? [1.5 * s, SQRT3 * s] : [SQRT3 * s, 1.5 * s];
  const clamp = (/** @type {number} */ v, /** @type {number} */ top) => Math.max(0, Math.min(top, v));
  const c0 = clamp(Math.floor((rect.x - s) / dx - 0.5), map.gridWidth - 1);
  const c1 = clamp(Math.ceil((rect.x + rect.w + s) / dx + 0.5), map.gridWidth - 1);
  const r0 = clamp(Math.floor((rect.y - s) / dy - 0.5), map.gridHeight - 1);
  const r1 = clamp(Math.ceil((rect.y + rect.h + s) / dy + 0.5), map.gridHeight - 1);
  for (let row = r0; row <= r1; row++)
    for (let col = c0; col <= c1; col++) {
      const { q, r } = fromOffset(col, row, orientation, parity);
      visit(q, r);
    }
}
