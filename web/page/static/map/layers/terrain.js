// @ts-check
/** The ground: terrain in colour and mark, coasts, the grid, and, where a player knows nothing, the unknown. */

import { corners, within, spotOf } from "../../model/hex.js";
import { terrainOf } from "../../model/terrain.js";
import { MARKS, chanceOf } from "../glyphs.js";
import { outline, penOf } from "../canvas.js";

/** @typedef {import("../../model/reduce.js").Room} Room */
/** @typedef {{dark: boolean, grid: boolean, labels: boolean, veil: number, extent?: boolean, unknown: string, unknownLine: string, veilInk: string, lamp: string}} Look */

const WET = new Set(["waves"]);

/** Returns the painter of ground chunks. @param {() => Room} room @param {() => Look} look @returns {import("../tile-cache.js").Paint} */
export function groundPainter(room, look) {
  let sprites = new Map();
  let of = "";
  return (pen, rect, scale) => {
    const { map, terrain, shown, role } = room();
    if (!map) return false;
    const { dark, grid, extent = true } = look();
    const id = `${scale}/${map.orientation}/${map.hexSize}/${dark}/${grid}`;
    if (id !== of) [sprites, of] = [new Map(), id];
    const px = map.hexSize * scale;
    const shape = corners(map.orientation, px);
    const all = role === "dm";
    const coast = new Path2D();
    let any = false;
    within(rect, map, (q, r) => {
      const ground = terrain.at(q, r);
      const known = all || ground || shown.at(q, r);
      if (!known && !extent) return;
      const p = spotOf(map, q, r);
      const x = Math.round((p.x - rect.x) * scale);
      const y = Math.round((p.y - rect.y) * scale);
      any = true;
      const name = ground ? ground.terrain : known ? "" : "?";
      const kind = px < 7 ? 0 : (((q * 7 + r * 13) % 3) + 3) % 3 + (ground?.variant ?? 0) * 3;
      const key = `${name}/${name === "?" ? 0 : kind}`;
      let sprite = sprites.get(key);
      if (!sprite) sprites.set(key, (sprite = drawSprite(name, kind, px, shape, look())));
      pen.drawImage(sprite, x - (sprite.width >> 1), y - (sprite.height >> 1));
      if (px < 7) return;
      if (!ground || WET.has(terrainOf(ground.terrain).mark)) return;
      neighbours(map.orientation).forEach(([dq, dr], edge) => {
        const next = terrain.at(q + dq, r + dr);
        if (!next || !WET.has(terrainOf(next.terrain).mark)) return;
        coast.moveTo(x + shape[edge * 2], y + shape[edge * 2 + 1]);
        coast.lineTo(x + shape[(edge * 2 + 2) % 12], y + shape[(edge * 2 + 3) % 12]);
      });
    });
    if (!any) return false;
    if (px < 7) return;
    pen.lineJoin = pen.lineCap = "round";
    pen.strokeStyle = dark ? "#1d3a47" : "#4d6f7c";
    pen.lineWidth = Math.max(1, px * 0.075);
    pen.stroke(coast);
  };
}

/** Edge i runs from corner i to corner i + 1; this is the neighbour behind it. @param {string} orientation */
const neighbours = (orientation) => (orientation === "flat" ? FLAT : POINTY);
const FLAT = [[1, 0], [0, 1], [-1, 1], [-1, 0], [0, -1], [1, -1]];
const POINTY = [[0, 1], [-1, 1], [-1, 0], [0, -1], [1, -1], [1, 0]];

/** @param {string} name @param {number} kind @param {number} px @param {number[]} shape @param {Look} look */
function drawSprite(name, kind, px, shape, look) {
  const pen = penOf(2 * Math.ceil(px + 2));
  const { canvas } = pen;
  const hex = new Path2D();
  outline(hex, shape, 0, 0);
  const t = name && name !== "?" ? terrainOf(name) : null;
  // A little wider than the hex: positions are whole pixels, and gaps would show as a web of lines.
  pen.lineWidth = 1.6;
  pen.strokeStyle = pen.fillStyle = t ? t.color : name === "?" ? look.unknown : look.dark ? "#c9c1ad" : "#efe7d3";
  pen.fill(hex);
  pen.stroke(hex);
  if (name === "?" && px >= 7) {
    pen.strokeStyle = look.unknownLine;
    pen.lineWidth = 1;
    pen.stroke(hex);
  }
  if (t && px >= 7) {
    pen.clip(hex);
    pen.scale(px, px);
    pen.strokeStyle = pen.fillStyle = t.ink;
    pen.globalAlpha = px < 12 ? 0.55 : 0.8;
    pen.lineWidth = Math.max(0.045, 0.8 / px);
    pen.lineCap = pen.lineJoin = "round";
    MARKS[t.mark]?.(pen, chanceOf(kind * 97 + t.name.length * 31 + 7));
  }
  if (look.grid && name !== "?" && px >= 7) {
    pen.setTransform(1, 0, 0, 1, canvas.width / 2, canvas.height / 2);
    pen.globalAlpha = 1;
    pen.strokeStyle = look.dark ? "rgb(12 22 26 / .34)" : "rgb(60 50 30 / .24)";
    pen.lineWidth = Math.max(1, px * 0.035);
    pen.stroke(hex);
  }
  if (look.dark && name !== "?") {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "source-atop";
    pen.fillStyle = "rgb(14 26 34 / .2)";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
