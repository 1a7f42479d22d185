// @ts-check
/** Where a pen can go: from hex to hex, or from corner to corner along the edges of hexes; and the way between two places.
 * Pure. Lengths are in sizes of a hex, so that they hold for every map. */

import { EDGES, parsePoint } from "./course.js";
import { fromPoint, keyOf, line, toOffset, toPoint } from "./hex.js";

/** @typedef {{orientation: import("./hex.js").Orientation, parity?: import("./hex.js").Parity, gridWidth: number, gridHeight: number}} Grid */
/** A place of the pen: a hex (perhaps one of its edges, where the map ends), or a corner; `turn` is the direction of one of a corner's edges, in degrees.
 * @typedef {{id: string, x: number, y: number, q: number, r: number, edge?: number, turn?: number}} Place */
/** `near`: the place at a point, null off the map or (`strict`) where none is meant; `between`: the places after the first up to the second;
 * `points`: what the server is sent for the places that somebody chose, empty while they are too few; `stops`: few places that come to these points, null where
 * the points do not hang together.
 * @typedef {{near: (x: number, y: number, strict?: boolean) => Place|null, between: (a: Place, b: Place) => Place[], points: (stops: Place[]) => string[],
 *   stops: (points: string[]) => Place[]|null}} Ways */

const INRADIUS = Math.sqrt(3) / 2;

/** Returns whether a hex belongs to a map. @param {Grid} map @param {number} q @param {number} r */
export function isOnMap(map, q, r) {
  const { col, row } = toOffset(q, r, map.orientation, map.parity);
  return col >= 0 && row >= 0 && col < map.gridWidth && row < map.gridHeight;
}

/** Returns the ways from hex to hex. @param {Grid} map @returns {Ways} */
export function hexWays(map) {
  const place = (/** @type {number} */ q, /** @type {number} */ r, /** @type {number|null} */ edge = null) => {
    const { x, y } = toPoint(q, r, map.orientation, 1);
    if (edge === null) return { id: keyOf(q, r), x, y, q, r };
    const out = toPoint(q + EDGES[edge][0], r + EDGES[edge][1], map.orientation, 1);
    return { id: `${keyOf(q, r)}/${edge}`, x: (x + out.x) / 2, y: (y + out.y) / 2, q, r, edge };
  };
  const between = (/** @type {Place} */ a, /** @type {Place} */ b) => {
    if (a.q === b.q && a.r === b.r) return [b];
    const way = line(a, b)
      .slice(1)
      .map(({ q, r }) => place(q, r));
    return b.edge === undefined ? way : [...way.slice(0, -1), b];
  };
  return {
    near(x, y, strict = false) {
      const { q, r } = fromPoint(x, y, map.orientation, 1);
      if (!isOnMap(map, q, r)) return null;
      const at = place(q, r);
      const far = Math.hypot(x - at.x, y - at.y);
      // Between two hexes a hand that draws means neither.
      if (strict) return far < INRADIUS * 0.8 ? at : null;
      const rims = EDGES.flatMap(([stepQ, stepR], edge) =>
        isOnMap(map, q + stepQ, r + stepR) ? [] : [place(q, r, edge)],
      );
      return rims.find((rim) => Math.hypot(x - rim.x, y - rim.y) < INRADIUS * 0.42) ?? at;
    },
    between,
    points(stops) {
      const all = chain(stops, between);
      if (all.length < 2) return [];
      // Only the ends may lie on an edge.
      return all.map((at, i) => (i === 0 || i === all.length - 1 ? at.id : keyOf(at.q, at.r)));
    },
    stops(points) {
      const course = points.map(parsePoint).map(({ q, r, edge }) => place(q, r, edge));
      return fewest(course, between);
    },
  };
}

/** Returns the ways along edges. @param {Grid} map @returns {Ways} */
export function edgeWays(map) {
  const first = map.orientation === "flat" ? 0 : 30;
  const place = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ turn) => {
    const { q, r } = fromPoint(x, y, map.orientation, 1);
    return { id: `${Math.round(x * 50)};${Math.round(y * 50)}`, x, y, q, r, turn };
  };
  const step = (/** @type {Place} */ at, /** @type {number} */ turn) => {
    const angle = (turn * Math.PI) / 180;
    return place(at.x + Math.cos(angle), at.y + Math.sin(angle), turn + 60);
  };
  const cornerOf = (/** @type {number} */ q, /** @type {number} */ r, /** @type {number} */ turn) => {
    const { x, y } = toPoint(q, r, map.orientation, 1);
    const angle = (turn * Math.PI) / 180;
    return place(x + Math.cos(angle), y + Math.sin(angle), turn);
  };
  const between = (/** @type {Place} */ a, /** @type {Place} */ b) => {
    const way = [];
    // One of three edges leads nearer to any other corner, so this ends.
    for (let at = a; at.id !== b.id && way.length < 10_000; way.push(at)) {
      const next = [0, 120, 240].map((more) => step(at, (at.turn ?? first) + more));
      at = next.reduce((best, other) => (gap(other, b) < gap(best, b) ? other : best));
    }
    return way;
  };
  return {
    near(x, y, strict = false) {
      const { q, r } = fromPoint(x, y, map.orientation, 1);
      if (!isOnMap(map, q, r)) return null;
      const all = [0, 1, 2, 3, 4, 5].map((i) => cornerOf(q, r, first + 60 * i));
      const at = all.reduce((best, other) => (gap(other, { x, y }) < gap(best, { x, y }) ? other : best));
      return strict && gap(at, { x, y }) > 0.42 ? null : at;
    },
    between,
    points(stops) {
      const all = chain(stops, between);
      const edges = all.slice(1).map((at, i) => edgeBetween(map, all[i], at));
      return [...new Set(edges.filter((edge) => edge !== null))];
    },
    stops(points) {
      const sides = points.map(parsePoint).map(({ q, r, edge }) => {
        const out = toPoint(EDGES[edge ?? 0][0], EDGES[edge ?? 0][1], map.orientation, 1);
        const middle = Math.round((Math.atan2(out.y, out.x) * 180) / Math.PI);
        return [cornerOf(q, r, middle - 30), cornerOf(q, r, middle + 30)];
      });
      const course = strung(sides);
      return course && fewest(course, between);
    },
  };
}

/** Returns the edge between two corners next to each other as the server calls it; null where it is on no hex of the map.
 * @param {Grid} map @param {Place} a @param {Place} b @returns {string|null} */
function edgeBetween(map, a, b) {
  const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  const [dx, dy] = [(b.y - a.y) * 0.3, (a.x - b.x) * 0.3];
  const sides = [fromPoint(x + dx, y + dy, map.orientation, 1), fromPoint(x - dx, y - dy, map.orientation, 1)];
  if (!sides.some(({ q, r }) => isOnMap(map, q, r))) return null;
  const edge = EDGES.findIndex(([q, r]) => q === sides[1].q - sides[0].q && r === sides[1].r - sides[0].r);
  return edge < 3 ? `${keyOf(sides[0].q, sides[0].r)}/${edge}` : `${keyOf(sides[1].q, sides[1].r)}/${edge - 3}`;
}

/** Returns the edge between two neighbours, as two corners. @param {Grid} map @param {import("./hex.js").Hex} a @param {import("./hex.js").Hex} b @returns {Place[]} */
export function cornersBetween(map, a, b) {
  const edge = EDGES.findIndex(([q, r]) => q === b.q - a.q && r === b.r - a.r);
  return edge < 0 ? [] : (edgeWays(map).stops([`${keyOf(a.q, a.r)}/${edge}`]) ?? []);
}

/** Returns the corners along sides that hang together, or null. @param {Place[][]} sides @returns {Place[]|null} */
function strung(sides) {
  let [[from, at], ...rest] = sides;
  if (rest.length && rest[0].some((corner) => corner.id === from.id)) [from, at] = [at, from];
  const course = [from, at];
  for (const [one, other] of rest) {
    if (one.id !== at.id && other.id !== at.id) return null;
    course.push((at = one.id === at.id ? other : one));
  }
  return course;
}

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b */
const gap = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** Returns all places from stop to stop. @param {Place[]} stops @param {Ways["between"]} between */
const chain = (stops, between) =>
  stops.flatMap((at, i) => (i && stops[i - 1].id !== at.id ? between(stops[i - 1], at) : i ? [] : [at]));

/** Returns the places of a course without those that the way between others leads over. @param {Place[]} course @param {Ways["between"]} between @returns {Place[]} */
function fewest(course, between) {
  const stops = [course[0]];
  for (let from = 0; from < course.length - 1;) {
    let to = from + 1;
    while (to + 1 < course.length && leads(course, from, to + 1, between)) to += 1;
    stops.push(course[to]);
    from = to;
  }
  return stops;
}

/** Returns whether the way between two places of a course leads over all of its places between them.
 * @param {Place[]} course @param {number} from @param {number} to @param {Ways["between"]} between */
function leads(course, from, to, between) {
  const way = between(course[from], course[to]);
  return way.length === to - from && way.every((at, i) => at.id === course[from + 1 + i].id);
}
