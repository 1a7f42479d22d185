// @ts-check
/**
 * What a whole path draws in each hex, as the server cuts it for players; DMs are sent the points alone.
 * Edge `k` of a hex faces its neighbour at `EDGES[k]`, which calls it edge `k + 3` modulo 6.
 */

import { keyOf, parseKey } from "./hex.js";

/** The steps over the edges, in the order in which the server numbers them: not that of `DIRECTIONS`. */
export const EDGES = [
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, 0],
  [-1, 1],
  [0, 1],
];

/** A line within a hex: from the middle of an edge, 0 to 5, or from the centre (`null`, which comes last), to another.
 * @typedef {[number|null, number|null]} Line */
/** @typedef {{lines?: Line[], edges?: number[]}} Piece */
/** @typedef {{q: number, r: number, edge: number|null}} Point */

/** Returns the point of `"3,-2"` or `"3,-2/4"`. @param {string} text @returns {Point} */
export function parsePoint(text) {
  const slash = text.indexOf("/");
  if (slash < 0) return { ...parseKey(text), edge: null };
  return { ...parseKey(text.slice(0, slash)), edge: Number(text.slice(slash + 1)) };
}

/** Returns what a path draws, by hex key. @param {string[]} points @param {boolean} along @returns {Record<string, Piece>} */
export function piecesOf(points, along) {
  const course = points.map(parsePoint);
  return along ? edgesOf(course) : linesOf(course);
}

/** @param {Point[]} course @returns {Record<string, Piece>} */
function linesOf(course) {
  /** @type {Record<string, {lines: Line[]}>} */
  const pieces = {};
  const last = course.length - 1;
  const alone = course[0].q === course[1].q && course[0].r === course[1].r;
  for (let n = 0; n <= (alone ? 0 : last); n++) {
    const at = course[n];
    const one = n === 0 ? at.edge : directionTo(at, course[n - 1]);
    const other = alone || n === last ? course[last].edge : directionTo(at, course[n + 1]);
    (pieces[keyOf(at.q, at.r)] ??= { lines: [] }).lines.push(lineBetween(one, other));
  }
  return pieces;
}

/** @param {Point[]} course @returns {Record<string, Piece>} */
function edgesOf(course) {
  /** @type {Record<string, {edges: number[]}>} */
  const pieces = {};
  for (const { q, r, edge } of course) {
    const side = /** @type {number} */ (edge);
    const [stepQ, stepR] = EDGES[side];
    (pieces[keyOf(q, r)] ??= { edges: [] }).edges.push(side);
    (pieces[keyOf(q + stepQ, r + stepR)] ??= { edges: [] }).edges.push((side + 3) % 6);
  }
  for (const piece of Object.values(pieces)) piece.edges.sort();
  return pieces;
}

/** @param {number|null} one @param {number|null} other @returns {Line} */
function lineBetween(one, other) {
  if (one === other) return [one, null];
  return (one ?? 6) < (other ?? 6) ? [one, other] : [other, one];
}

/** @param {Point} at @param {Point} to @returns {number} */
function directionTo(at, to) {
  return EDGES.findIndex(([q, r]) => q === to.q - at.q && r === to.r - at.r);
}
