// @ts-check
/** The names of the hexes, where there is room for them. */

import { within, spotOf } from "../../model/hex.js";
import { labelOf } from "../../model/labels.js";
import { letter } from "../canvas.js";

/** From how many CSS pixels on, centre to corner of a hex, hexes have their names. */
export const NUMBERED_FROM = 22;

/** @param {() => import("../../model/reduce.js").Room} room @param {() => {dark: boolean, labels: boolean, veil: number}} look
 * @param {() => import("../../model/labels.js").LabelStyle} style @param {() => number} density device pixels per CSS pixel
 * @returns {import("../tile-cache.js").Paint} */
export function labelPainter(room, look, style, density) {
  return (pen, rect, scale) => {
    const { map, terrain, shown, role, viewers } = room();
    if (!map || !look().labels) return false;
    const px = map.hexSize * scale;
    if (px / density() < NUMBERED_FROM) return false;
    letter(pen, 600, Math.min(13 * density(), px * 0.3));
    const low = map.orientation === "flat" ? 0.66 : 0.62;
    within(rect, map, (q, r) => {
      if (role !== "dm" && !terrain.at(q, r) && !shown.at(q, r)) return;
      const p = spotOf(map, q, r);
      const veiled = role === "dm" && !viewers.at(q, r) && look().veil > 0.45;
      pen.fillStyle = veiled ? "rgb(240 238 228 / .78)" : look().dark ? "rgb(10 18 22 / .85)" : "rgb(40 34 22 / .72)";
      pen.fillText(labelOf(q, r, map.orientation, style(), map.parity), (p.x - rect.x) * scale, (p.y - rect.y) * scale + px * low);
    });
  };
}
