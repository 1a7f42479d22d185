// @ts-check
/** How a picture lies when the middles of two of its hexes are known. Pure. */

/** @typedef {{x: number, y: number}} Point */
/** The middle of a hex in the picture, in its pixels, and where that hex lies on the map. @typedef {{picture: Point, map: Point}} Mark */

/** Degrees that come from an unsteady hand, not from a picture that was drawn askew. */
const UNSTEADY = 1;

/** Returns the alignment by which both marks lie where they belong; null where they say nothing, being one and the same.
 * @param {Mark} a @param {Mark} b @returns {import("../map/layers/backdrop.js").Alignment|null} */
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

/** @param {Point} a @param {Point} b */
const vector = (a, b) => ({ length: Math.hypot(b.x - a.x, b.y - a.y), angle: Math.atan2(b.y - a.y, b.x - a.x) });

/** @param {Point} a @param {Point} b */
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Returns where a pixel of a picture lies on the map. @param {Point} pixel @param {import("../map/layers/backdrop.js").Alignment} how */
export function onMap({ x, y }, how) {
  const [cos, sin] = [Math.cos((how.rotation * Math.PI) / 180), Math.sin((how.rotation * Math.PI) / 180)];
  return { x: how.x + how.scale * (cos * x - sin * y), y: how.y + how.scale * (sin * x + cos * y) };
}

/** Returns the pixel of a picture that lies at a point of the map. @param {Point} point @param {import("../map/layers/backdrop.js").Alignment} how */
export function inPicture({ x, y }, how) {
  const [cos, sin] = [Math.cos((how.rotation * Math.PI) / 180), Math.sin((how.rotation * Math.PI) / 180)];
  const [dx, dy] = [x - how.x, y - how.y];
  return { x: (dx * cos + dy * sin) / how.scale, y: (dy * cos - dx * sin) / how.scale };
}
