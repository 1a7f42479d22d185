// @ts-check
/** What two views have of the map: hexes of both, of one or the other, each by a pattern, a letter and a colour of its own. */


import { caption, letter, outline, penOf } from "../canvas.js";

/** @typedef {"both"|"one"|"other"|"unlike"} Group */

const TILE = 12;
/** The lines of each pattern's tile, as [x, y, x, y]. @type {Record<Group, {color: string, sign: string, lines: number[][]}>} */
export const GROUPS = {
  both: { color: "#7fd1a3", sign: "=", lines: [[0, 6, 12, 6]] },
  one: { color: "#f2b84b", sign: "A", lines: [[0, 12, 12, 0]] },
  other: { color: "#8fc7ff", sign: "B", lines: [[0, 0, 12, 12]] },
  unlike: { color: "#d9a8ff", sign: "≠", lines: [[0, 12, 12, 0], [0, 0, 12, 12]] },
};

/** Returns a tile of a group's pattern on a canvas of its own. @param {Group} group */
export function swatch(group) {
  const pen = penOf(TILE);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = "rgb(12 18 22 / .55)";
  pen.fillRect(0, 0, TILE, TILE);
  pen.strokeStyle = GROUPS[group].color;
  pen.lineWidth = 2.5;
  for (const [a, b, c, d] of GROUPS[group].lines) {
    pen.moveTo(a, b);
    pen.lineTo(c, d);
  }
  pen.stroke();
  return pen.canvas;
}

/** Returns a painter of groups of hexes, to be drawn above the ground. @param {Record<Group, string[]>} groups */
export function comparedPainter(groups) {
  const tiles = Object.fromEntries(Object.keys(GROUPS).map((group) => [group, swatch(/** @type {Group} */ (group))]));
  /** @param {CanvasRenderingContext2D} pen @param {{place: (k: string) => {x: number, y: number}, inside: (p: any) => boolean, shape: number[], px: number}} how */
  return (pen, { place, inside, shape, px }) => {
    pen.save();
    letter(pen, 700, Math.round(Math.min(px * 0.6, 22)));
    for (const [group, { color, sign }] of Object.entries(GROUPS)) {
      pen.fillStyle = /** @type {CanvasPattern} */ (pen.createPattern(tiles[group], "repeat"));
      pen.strokeStyle = color;
      pen.lineWidth = Math.max(1.25, px * 0.06);
      for (const key of groups[/** @type {Group} */ (group)]) {
        const at = place(key);
        if (!inside(at)) continue;
        const path = new Path2D();
        outline(path, shape, at.x, at.y);
        pen.fill(path);
        pen.stroke(path);
        if (px < 14) continue;
        const fill = /** @type {CanvasPattern} */ (pen.fillStyle);
        caption(pen, sign, at.x, at.y, color);
        pen.fillStyle = fill;
        pen.strokeStyle = color;
        pen.lineWidth = Math.max(1.25, px * 0.06);
      }
    }
    pen.restore();
  };
}
