// @ts-check
/** What the others do not see. For a DM a veil over hexes: whole where nobody sees one, hatched where only some do or only the terrain
 * is known; for players the edge of the known world. */

import { corners, toPoint, within } from "../../core/hex.js";
import { outline } from "./terrain.js";

/** @typedef {import("../../core/reduce.js").Room} Room */

/** Returns "all", "some" or "none": which part of the players sees a hex, as the DM's veil tells it. @param {Room} room @param {number} q @param {number} r */
export function veilOf(room, q, r) {
  const seen = room.viewers.at(q, r);
  if (!seen) return "none";
  const full = seen.everyone === "full" && Object.values(seen.apart ?? {}).every((t) => t === "full");
  return full ? "all" : "some";
}

/** Returns the painter of fog chunks. @param {() => Room} room @param {() => import("./terrain.js").Look} look @returns {import("../chunks.js").Paint} */
export function fogPainter(room, look) {
  return (pen, rect, scale) => {
    const state = room();
    const { map, shown, role } = state;
    if (!map) return false;
    const px = map.hexSize * scale;
    // Half a pixel more than the hex, or the ground shines through between veils.
    const shape = corners(map.orientation, px + 0.5);
    const [whole, hatched] = [new Path2D(), new Path2D()];
    let [wholes, hatches] = [0, 0];
    within(rect, map, (q, r) => {
      const veil = role === "dm" ? veilOf(state, q, r) : shown.at(q, r) === "terrain" ? "some" : "all";
      if (veil === "all") return;
      const p = toPoint(q, r, map.orientation, map.hexSize);
      const [x, y] = [(p.x - rect.x) * scale, (p.y - rect.y) * scale];
      outline(veil === "none" ? whole : hatched, shape, x, y);
      veil === "none" ? wholes++ : hatches++;
    });
    if (!wholes && !hatches) return false;
    pen.fillStyle = look().veilInk;
    pen.fill(whole);
    if (!hatches) return;
    pen.save();
    pen.globalAlpha = role === "dm" ? 0.45 : 0.25;
    pen.fill(hatched);
    pen.globalAlpha = role === "dm" ? 0.9 : 0.5;
    pen.clip(hatched);
    pen.beginPath();
    // Aligned to the world, so that the hatching runs through from chunk to chunk.
    const gap = Math.max(5, px * 0.28);
    const span = rect.w * scale;
    const from = ((rect.x + rect.y) * scale) % gap;
    for (let d = -from - gap; d < 2 * span; d += gap) {
      pen.moveTo(d, 0);
      pen.lineTo(d - span, span);
    }
    pen.strokeStyle = look().veilInk;
    pen.lineWidth = Math.max(1, px * 0.05);
    pen.stroke();
    pen.restore();
  };
}
