// @ts-check
/** What the others do not see. For a DM a veil over hexes: whole where nobody sees one, hatched where only some do or only the terrain
 * is known; for players hatching where they know a hex only from afar. */

import { corners, within, spotOf } from "../../model/hex.js";
import { outline, penOf } from "../canvas.js";

/** @typedef {import("../../model/reduce.js").Room} Room */

/** Returns "all", "some" or "none": which part of the players sees a hex, as the DM's veil tells it. @param {Room} room @param {number} q @param {number} r */
export function veilOf(room, q, r) {
  const seen = room.viewers.at(q, r);
  if (!seen) return "none";
  if (seen.everyone !== "full") return "some";
  for (const user in seen.apart) if (seen.apart[user] !== "full") return "some";
  return "all";
}

/** Returns the painter of fog chunks. Hexes are stamped: one path around thousands of them takes seconds to build.
 * @param {() => Room} room @param {() => import("../theme.js").Look} look @returns {import("../tile-cache.js").Paint} */
export function fogPainter(room, look) {
  /** @type {Record<string, HTMLCanvasElement>} */
  let stamps = {};
  let of = "";
  return (pen, rect, scale) => {
    const state = room();
    const { map, shown, role, settings } = state;
    const far = 0.22 * (settings.fogOpacity ?? 1);
    if (!map) return false;
    const px = map.hexSize * scale;
    const { veilInk } = look();
    const id = `${scale}/${map.orientation}/${map.hexSize}/${veilInk}/${role}/${far}`;
    if (id !== of) [stamps, of] = [{ none: stamp(map.orientation, px, veilInk, 1), some: stamp(map.orientation, px, veilInk, role === "dm" ? 0.4 : far) }, id];
    let any = false;
    within(rect, map, (q, r) => {
      const veil = role === "dm" ? veilOf(state, q, r) : shown.at(q, r) === "terrain" ? "some" : "all";
      if (veil === "all") return;
      any = true;
      const p = spotOf(map, q, r);
      const sprite = stamps[veil];
      pen.drawImage(sprite, Math.round((p.x - rect.x) * scale) - (sprite.width >> 1), Math.round((p.y - rect.y) * scale) - (sprite.height >> 1));
    });
    return any;
  };
}

/** Returns the veil of one hex: whole, or thin and hatched. @param {import("../../model/hex.js").Orientation} orientation @param {number} px @param {string} ink @param {number} strength */
function stamp(orientation, px, ink, strength) {
  const pen = penOf(2 * Math.ceil(px + 3));
  const hex = new Path2D();
  // Whole veils are a little wider than the hex, or the ground shines through between them and at the rim.
  outline(hex, corners(orientation, px + (strength === 1 ? 1.4 : 0.3)), 0, 0);
  pen.fillStyle = pen.strokeStyle = ink;
  pen.globalAlpha = strength;
  pen.fill(hex);
  if (strength === 1 || px < 5) return pen.canvas;
  pen.globalAlpha = Math.min(1, strength * 2.2);
  pen.clip(hex);
  pen.lineWidth = Math.max(1, px * 0.06);
  pen.beginPath();
  for (let d = -2; d <= 2; d++) {
    pen.moveTo(d * px * 0.42 + px, -px);
    pen.lineTo(d * px * 0.42 - px, px);
  }
  pen.stroke();
  return pen.canvas;
}
