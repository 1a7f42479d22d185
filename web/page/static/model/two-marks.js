// @ts-check
/** How a picture lies when the middles of two of its hexes are known. Pure. */

import { inPicture, onMap } from "./placement.js";

/** @typedef {import("./placement.js").Point} Point */
/** @typedef {import("./placement.js").Alignment} Alignment */
/** The middle of a hex in the picture, in its pixels, and where that hex lies on the map. @typedef {{picture: Point, map: Point}} Mark */

/** Degrees that come from an unsteady hand, not from a picture that was drawn askew. */
const UNSTEADY = 1;

/** Two marks tell width and height apart where neither way is shorter than this part of the other. */
const APART = 0.1;
/** How many times one scale may be the other, for the server. */
const MOST_STRETCH = 10;

/** Returns the alignment by which both marks lie where they belong; null where they say nothing, being one and the same.
 * @param {Mark} a @param {Mark} b @returns {Alignment|null} */
export function alignedBy(a, b) {
  const drawn = vector(a.picture, b.picture);
  const wanted = vector(a.map, b.map);
  if (!drawn.length || !wanted.length) return null;
  const turn = ((((wanted.angle - drawn.angle) * 180) / Math.PI + 540) % 360) - 180;
  const rotation = Math.abs(turn) < UNSTEADY ? 0 : turn;
  const scale = wanted.length / drawn.length;
  const [cos, sin] = [Math.cos((rotation * Math.PI) / 180) * scale, Math.sin((rotation * Math.PI) / 180) * scale];
  const [p, m] = [middle(a.picture, b.picture), middle(a.map, b.map)];
  return { x: m.x - (cos * p.x - sin * p.y), y: m.y - (sin * p.x + cos * p.y), scale, rotation };
}

/** Returns the same of a picture that is stretched: width and height each have a scale, and it stays turned as it is.
 * Null where the marks lie in one row or one column, or would turn the picture over. @param {Mark} a @param {Mark} b @param {number} rotation in degrees
 * @returns {Alignment|null} */
export function stretchedBy(a, b, rotation) {
  const straight = { x: 0, y: 0, scale: 1, rotation };
  const [from, to] = [inPicture(a.map, straight), inPicture(b.map, straight)];
  const [across, down] = [b.picture.x - a.picture.x, b.picture.y - a.picture.y];
  if (Math.min(Math.abs(across), Math.abs(down)) < APART * Math.max(Math.abs(across), Math.abs(down))) return null;
  const [scale, scaleY] = [(to.x - from.x) / across, (to.y - from.y) / down];
  if (!(scale > 0 && scaleY > 0) || Math.max(scale / scaleY, scaleY / scale) > MOST_STRETCH) return null;
  const corner = onMap(a.picture, { x: 0, y: 0, scale, scaleY, rotation });
  return { x: a.map.x - corner.x, y: a.map.y - corner.y, scale, scaleY, rotation };
}

/** @param {Point} a @param {Point} b */
const vector = (a, b) => ({ length: Math.hypot(b.x - a.x, b.y - a.y), angle: Math.atan2(b.y - a.y, b.x - a.x) });

/** @param {Point} a @param {Point} b */
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
