// @ts-check
/** Where paths and the rims of regions run, in world units: curves out of pieces of hexes, joined where they meet. */

import { EDGES, parsePoint } from "../../model/course.js";
import { parseKey, spotOf, toPoint } from "../../model/hex.js";

/** @typedef {{orientation: import("../../model/hex.js").Orientation, hexSize: number}} Frame */
/** @typedef {{x: number, y: number}} Point */
/** A stretch between two knots that others share: straight, or by two handles. @typedef {{ids: [string, string], ends: [Point, Point], handles: [Point, Point]|null}} Stretch */
/** @typedef {{path: Path2D, x0: number, y0: number, x1: number, y1: number}} Drawn */

const SQRT3 = Math.sqrt(3);

/** Returns what names an edge from both sides. @param {number} q @param {number} r @param {number} edge */
export function edgeId(q, r, edge) {
  if (edge < 3) return `${q},${r}/${edge}`;
  return `${q + EDGES[edge][0]},${r + EDGES[edge][1]}/${edge - 3}`;
}

/** Returns the way from a centre to the middle of its edge. @param {Frame} map @param {number} edge @returns {Point} */
function toEdge({ orientation, hexSize }, edge) {
  return toPoint(EDGES[edge][0] / 2, EDGES[edge][1] / 2, orientation, hexSize);
}

/** Returns a number from -1 to 1, the same for the same text. @param {string} text */
function chanceOf(text) {
  let sum = 2_166_136_261;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 16_777_619);
  sum = Math.imul(sum ^ (sum >>> 15), 2_246_822_507);
  return ((sum ^ (sum >>> 13)) >>> 0) / 2_147_483_648 - 1;
}

/** Returns the stretch along an edge, from corner to corner. @param {Frame} map @param {number} q @param {number} r @param {number} edge @returns {Stretch} */
export function edgeStretch(map, q, r, edge) {
  const at = spotOf(map, q, r);
  const m = toEdge(map, edge);
  // Half an edge over the distance of its middle from the centre.
  const corner = (/** @type {number} */ t) => ({ x: at.x + m.x - m.y * t, y: at.y + m.y + m.x * t });
  const name = (/** @type {Point} */ p) => `${Math.round((p.x / map.hexSize) * 50)},${Math.round((p.y / map.hexSize) * 50)}`;
  const [one, other] = [corner(1 / SQRT3), corner(-1 / SQRT3)];
  return { ids: [name(one), name(other)], ends: [one, other], handles: null };
}

/** Returns the stretches of a path's pieces, each edge once although both its hexes tell of it. Paths through hexes cross an edge at a
 * right angle, a little beside its middle, so that each hex can be drawn without its neighbours.
 * @param {Frame} map @param {Record<string, import("../../model/course.js").Piece>} pieces @param {string} kind @returns {Stretch[]} */
export function stretchesOf(map, pieces, kind) {
  /** @type {Map<string, Stretch>} */
  const out = new Map();
  const stray = { river: 0.4, trail: 0.34, road: 0.2 }[kind] ?? 0;
  for (const [key, { lines = [], edges = [] }] of Object.entries(pieces)) {
    const { q, r } = parseKey(key);
    const at = spotOf(map, q, r);
    for (const edge of edges) out.set(edgeId(q, r, edge), edgeStretch(map, q, r, edge));
    /** @param {number|null} edge */
    const knot = (edge) => {
      if (edge === null) return { id: key, p: at, handle: null };
      const id = edgeId(q, r, edge);
      const m = toEdge(map, edge);
      // The sides of an edge see its middle from opposite directions.
      const off = (chanceOf(kind + id) * stray * (edge < 3 ? 1 : -1)) / SQRT3;
      const p = { x: at.x + m.x - m.y * off, y: at.y + m.y + m.x * off };
      return { id, p, handle: { x: p.x - m.x * 0.62, y: p.y - m.y * 0.62 } };
    };
    for (const [one, other] of lines) {
      const a = knot(one);
      const b = knot(other);
      if (a.id === b.id) continue;
      out.set(`${key}:${one}:${other}`, { ids: [a.id, b.id], ends: [a.p, b.p], handles: [a.handle ?? middle(a.p, b.p), b.handle ?? middle(a.p, b.p)] });
    }
  }
  return [...out.values()];
}

/** @param {Point} a @param {Point} b */
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Returns stretches joined to courses as long as they go, so that dashes run on. @param {Stretch[]} stretches
 * @param {boolean} [soft] whether corners are rounded @returns {Drawn[]} */
export function joined(stretches, soft = false) {
  /** @type {Map<string, Stretch[]>} */
  const at = new Map();
  for (const stretch of stretches)
    for (const id of stretch.ids) {
      const met = at.get(id);
      met ? met.push(stretch) : at.set(id, [stretch]);
    }
  const left = new Set(stretches);
  /** @type {Drawn[]} */
  const out = [];
  const from = (/** @type {Stretch} */ first, /** @type {number} */ side) => {
    const course = [];
    for (let next = /** @type {Stretch|undefined} */ (first), s = side; next; ) {
      left.delete(next);
      course.push({ stretch: next, back: s === 1 });
      const id = next.ids[1 - s];
      next = at.get(id)?.find((other) => left.has(other));
      if (next) s = next.ids[0] === id ? 0 : 1;
    }
    out.push(drawnOf(course, soft));
  };
  // Ends and forks first; what is left are rings.
  for (const stretch of stretches) {
    const end = stretch.ids.findIndex((id) => at.get(id)?.length !== 2);
    if (end >= 0 && left.has(stretch)) from(stretch, end);
  }
  for (const stretch of stretches) if (left.has(stretch)) from(stretch, 0);
  return out;
}

/** @param {{stretch: Stretch, back: boolean}[]} course @param {boolean} soft @returns {Drawn} */
function drawnOf(course, soft) {
  const path = new Path2D();
  const knots = [course[0].stretch.ends[course[0].back ? 1 : 0], ...course.map(({ stretch, back }) => stretch.ends[back ? 0 : 1])];
  path.moveTo(knots[0].x, knots[0].y);
  course.forEach(({ stretch: { handles }, back }, i) => {
    const [here, to] = [knots[i], knots[i + 1]];
    if (handles) {
      const [a, b] = back ? [handles[1], handles[0]] : handles;
      path.bezierCurveTo(a.x, a.y, b.x, b.y, to.x, to.y);
    } else if (soft && i) {
      const half = middle(here, to);
      path.quadraticCurveTo(here.x, here.y, half.x, half.y);
      if (i === course.length - 1) path.lineTo(to.x, to.y);
    } else if (soft && course.length > 1) path.lineTo((here.x + to.x) / 2, (here.y + to.y) / 2);
    else path.lineTo(to.x, to.y);
  });
  const [last] = course.slice(-1);
  if (course.length > 2 && course[0].stretch.ids[course[0].back ? 1 : 0] === last.stretch.ids[last.back ? 0 : 1]) path.closePath();
  const drawn = { path, x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  for (const { x, y } of knots) {
    drawn.x0 = Math.min(drawn.x0, x);
    drawn.y0 = Math.min(drawn.y0, y);
    drawn.x1 = Math.max(drawn.x1, x);
    drawn.y1 = Math.max(drawn.y1, y);
  }
  return drawn;
}

/** Returns a path as it is drawn from afar, where a hex is a few pixels: straight from hex to hex. Of a whole path no pieces are made for it.
 * @param {Frame} map @param {{points?: string[], along?: boolean, pieces?: Record<string, import("../../model/course.js").Piece>}} of @returns {Drawn} */
export function farCourse(map, { points, along, pieces = {} }) {
  const drawn = { path: new Path2D(), x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  const to = (/** @type {Point} */ { x, y }, /** @type {boolean} */ begins) => {
    if (begins) drawn.path.moveTo(x, y);
    else drawn.path.lineTo(x, y);
    drawn.x0 = Math.min(drawn.x0, x);
    drawn.y0 = Math.min(drawn.y0, y);
    drawn.x1 = Math.max(drawn.x1, x);
    drawn.y1 = Math.max(drawn.y1, y);
  };
  const side = (/** @type {number} */ q, /** @type {number} */ r, /** @type {number} */ edge) => edgeStretch(map, q, r, edge).ends.forEach((end, n) => to(end, !n));
  const knot = (/** @type {number} */ q, /** @type {number} */ r, /** @type {number|null} */ edge) => {
    const at = spotOf(map, q, r);
    const m = edge === null ? { x: 0, y: 0 } : toEdge(map, edge);
    return { x: at.x + m.x, y: at.y + m.y };
  };
  (points ?? []).map(parsePoint).forEach(({ q, r, edge }, n) => {
    if (along) side(q, r, /** @type {number} */ (edge));
    else to(knot(q, r, edge), !n);
  });
  if (!points)
    for (const [key, { lines = [], edges = [] }] of Object.entries(pieces)) {
      const { q, r } = parseKey(key);
      for (const edge of edges) side(q, r, edge);
      for (const line of lines) line.forEach((edge, n) => to(knot(q, r, edge), !n));
    }
  return drawn;
}

/** Returns the rim of a set of hexes. @param {Frame} map @param {Set<string>} hexes @returns {Drawn[]} */
export function rimOf(map, hexes) {
  const all = [...hexes].map(parseKey);
  // Numbers are made and found faster than keys.
  const within = new Set(all.map(({ q, r }) => numbered(q, r)));
  const out = [];
  for (const { q, r } of all)
    for (let edge = 0; edge < 6; edge++) if (!within.has(numbered(q + EDGES[edge][0], r + EDGES[edge][1]))) out.push(edgeStretch(map, q, r, edge));
  return joined(out);
}

/** @param {number} q @param {number} r */
const numbered = (q, r) => q * 4_194_304 + r;
