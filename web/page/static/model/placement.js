// @ts-check
/** How a picture lies under the grid. Pure. */

/** @typedef {{x: number, y: number}} Point */
/** Translate, rotate (degrees), scale; units of the map. `scaleY` is there where the height has a scale of its own.
 * @typedef {{x: number, y: number, scale: number, rotation: number, scaleY?: number}} Alignment */

/** Returns units of the map for a pixel, along width and height. @param {Alignment} how @returns {[number, number]} */
export const scales = ({ scale, scaleY }) => [scale, scaleY ?? scale];

/** Returns where a pixel of a picture lies on the map. @param {Point} pixel @param {Alignment} how */
export function onMap({ x, y }, how) {
  const [[cos, sin], [across, down]] = [turned(how), scales(how)];
  return { x: how.x + cos * across * x - sin * down * y, y: how.y + sin * across * x + cos * down * y };
}

/** Returns the pixel of a picture that lies at a point of the map. @param {Point} point @param {Alignment} how */
export function inPicture({ x, y }, how) {
  const [[cos, sin], [across, down]] = [turned(how), scales(how)];
  const [dx, dy] = [x - how.x, y - how.y];
  return { x: (dx * cos + dy * sin) / across, y: (dy * cos - dx * sin) / down };
}

/** Returns cosine and sine. @param {Alignment} how */
export const turned = ({ rotation }) => [Math.cos((rotation * Math.PI) / 180), Math.sin((rotation * Math.PI) / 180)];
