// @ts-check
/** The picture under the grid, in tiles of a pyramid; a player's hold only what lies in hexes they see fully. */

import { corners, within, spotOf } from "../../model/hex.js";
import { inPicture, scales, turned } from "../../model/placement.js";
import { changedSpans } from "../../model/tilemap.js";
import { createChunks, spanRect } from "../tile-cache.js";
import { outline } from "../canvas.js";
import { address } from "../../net/address.js";

const KEEP = 160;
const AT_ONCE = 6;
/** How the server cuts pictures: pixels of a tile's side, and of a hex's side in tiles that are not empty for players. */
const TILE = 512;
const SMALLEST = 2;

/** @typedef {import("../../model/placement.js").Alignment} Alignment */
/** @typedef {{id: string, width: number, height: number, alignment: Alignment}} Picture */
/** @typedef {{bitmap: ImageBitmap|null, fresh: boolean, level: number, col: number, row: number, last: number, key: string}} Tile */
/** @typedef {import("../../net/replay-room.js").PastTile} PastTile */

/** Returns the layer; `ask` draws again. It draws nothing while there is no picture. In a replay `past` gives who answers for tiles of then.
 * @param {{campaignId: string, me: () => string, past: () => PastTile|null, room: () => import("../../model/reduce.js").Room, look: () => import("../theme.js").Look, ask: () => void}} opts */
export function createPicture({ campaignId, me, past, room, look, ask }) {
  /** @type {Picture|null} */
  let picture = null;
  /** @type {Map<string, Tile>} */
  const tiles = new Map();
  /** @type {Tile[]} */
  let wanted = [];
  let loading = 0;
  let turn = 0;
  let frame = 0;
  let eyes = "";
  let previewed = false;

  const grid = createChunks((pen, rect, scale) => {
    const { map, terrain, shown, role } = room();
    const px = (map?.hexSize ?? 0) * scale;
    if (!map || px < (previewed ? 3 : 7) || !(previewed || look().grid)) return false;
    const path = new Path2D();
    const shape = corners(map.orientation, px);
    within(rect, map, (q, r) => {
      if (role !== "dm" && !terrain.at(q, r) && !shown.at(q, r)) return;
      const p = spotOf(map, q, r);
      outline(path, shape, (p.x - rect.x) * scale, (p.y - rect.y) * scale);
    });
    if (previewed) {
      // On dark pictures and on light ones.
      pen.strokeStyle = "rgb(255 246 214 / .5)";
      pen.lineWidth = Math.max(2.5, px * 0.07);
      pen.stroke(path);
    }
    pen.strokeStyle = `rgb(14 22 26 / ${previewed ? 0.9 : 0.55})`;
    pen.lineWidth = Math.max(1, px * 0.03);
    pen.stroke(path);
  });

  const drop = () => {
    turn++;
    for (const tile of tiles.values()) tile.bitmap?.close();
    tiles.clear();
    wanted = [];
    grid.clear();
  };

  const box = (/** @type {{x: number, y: number, w: number, h: number}} */ v, /** @type {Alignment} */ a) => {
    const all = [[v.x, v.y], [v.x + v.w, v.y], [v.x, v.y + v.h], [v.x + v.w, v.y + v.h]].map(([x, y]) => inPicture({ x, y }, a));
    const [xs, ys] = [all.map((p) => p.x), all.map((p) => p.y)];
    return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
  };

  const load = async (/** @type {Tile} */ tile) => {
    const [mine, of] = [turn, picture];
    if (!of) return;
    loading++;
    tile.fresh = true;
    try {
      const found = await (room().role === "dm" ? null : past())?.(of.id, tile) ?? await present(of.id, tile);
      // No longer there, or not for these eyes; or the very same as before.
      if (!found.blob) return;
      const bitmap = await createImageBitmap(found.blob);
      // What was hidden or laid anew meanwhile is asked for again; what came is of before.
      if (mine !== turn || !tile.fresh) bitmap.close();
      else {
        tile.bitmap?.close();
        tile.bitmap = bitmap;
        tile.key = found.key;
      }
    } catch {
      setTimeout(() => { tile.fresh = false; ask(); }, 4000);
    } finally {
      loading--;
      ask();
    }
  };
  /** @param {string} id @param {Tile} tile @returns {Promise<{blob: Blob|null, key: string}>} */
  const present = async (id, tile) => {
    const answer = await fetch(address(`/api/campaigns/${campaignId}/map/picture/${id}/${tile.level}/${tile.col}/${tile.row}${eyes ? `?as=${eyes}` : ""}`), { cache: "no-cache", credentials: "same-origin" });
    if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
    return { blob: answer.ok ? await answer.blob() : null, key: "" };
  };
  const pump = () => {
    while (wanted.length && loading < AT_ONCE) load(/** @type {Tile} */ (wanted.shift()));
  };

  return {
    get: () => picture,
    /** Whether all that is in view has come. */
    loaded: () => Boolean(picture) && tiles.size > 0 && !loading && !wanted.length && [...tiles.values()].every((t) => t.fresh || t.last < frame),
    /** Lays a picture, or none. @param {Picture|null} next */
    set(next) {
      // For a DM the tiles are whole however the picture lies.
      if (next?.id !== picture?.id || room()?.role !== "dm") drop();
      picture = next;
      ask();
    },
    /** Shows, before it is kept, how the picture would lie. @param {Alignment} alignment */
    align(alignment) {
      if (picture) picture = { ...picture, alignment };
      ask();
    },
    previewed: () => previewed,
    /** Shows all of the grid, and little of the DM's veil, while the picture is aligned, whatever one's settings say. @param {boolean} is */
    preview(is) {
      if (previewed === is) return;
      previewed = is;
      grid.clear();
      ask();
    },
    /** Draws the lines over it anew. */
    repaint: () => grid.clear(),
    /** The map shows another room from now on. */
    reset: drop,
    /** @param {import("../../model/reduce.js").Room} now @param {import("../../model/reduce.js").Room} was */
    changed(now, was) {
      if (!now.map || !picture) return;
      if (now.map !== was.map) drop();
      if (now.settings !== was.settings) grid.clear();
      const spans = changedSpans(was.shown, now.shown);
      for (const span of [...spans, ...changedSpans(was.terrain, now.terrain)]) grid.spoil(spanRect(span, now.map));
      if (now.role === "dm") return;
      for (const span of spans) {
        const less = closed(was.shown, now.shown, span);
        const v = box(spanRect(span, now.map), picture.alignment);
        for (const [key, tile] of tiles) {
          const side = TILE * 2 ** tile.level;
          if (tile.col * side > v.x1 || tile.row * side > v.y1 || (tile.col + 1) * side < v.x0 || (tile.row + 1) * side < v.y0) continue;
          tile.fresh = false;
          // Closed fog is closed at once, whatever the network says.
          if (less) {
            tile.bitmap?.close();
            tiles.delete(key);
          }
        }
      }
    },
    /** Draws what is there, and asks for what is missing. Returns whether the lines over it are all drawn.
     * @param {CanvasRenderingContext2D} pen in device pixels @param {{x: number, y: number, w: number, h: number}} view @param {number} scale device pixels per unit
     * @param {boolean} settled @param {() => boolean} more */
    draw(pen, view, scale, settled, more) {
      const { map, role, userId } = room();
      if (!picture || !map) return true;
      const other = userId === me() ? "" : userId;
      if (other !== eyes) {
        eyes = other;
        drop();
      }
      const { alignment: a, width, height } = picture;
      const [across, down] = scales(a);
      // By the way that has fewer pixels for the same length.
      const widest = Math.max(across, down);
      let level = Math.max(0, Math.min(Math.ceil(Math.log2(Math.max(width, height) / TILE)), Math.floor(Math.log2(1 / (widest * scale)) + 0.25)));
      // Coarser levels are empty for players: their hexes are too small to be told apart.
      if (role !== "dm") level = Math.max(0, Math.min(level, Math.floor(Math.log2(map.hexSize / widest / SMALLEST))));
      const v = box(view, a);
      const side = TILE * 2 ** level;
      const top = (/** @type {number} */ n, /** @type {number} */ most) => Math.max(0, Math.min(n, Math.ceil(most / side) - 1));
      const missing = [];
      frame++;
      if (v.x1 > 0 && v.y1 > 0 && v.x0 < width && v.y0 < height)
        for (let row = top(Math.floor(v.y0 / side), height); row <= top(Math.floor(v.y1 / side), height); row++)
          for (let col = top(Math.floor(v.x0 / side), width); col <= top(Math.floor(v.x1 / side), width); col++) {
            const key = `${level}/${col}/${row}`;
            let tile = tiles.get(key);
            if (!tile) tiles.set(key, (tile = { bitmap: null, fresh: false, level, col, row, last: 0, key: "" }));
            tile.last = frame;
            if (!tile.fresh) missing.push(tile);
          }
      if (settled) {
        wanted = missing.slice(0, KEEP);
        pump();
      }
      const [cos, sin] = turned(a);
      pen.save();
      pen.setTransform(cos * across * scale, sin * across * scale, -sin * down * scale, cos * down * scale, (a.x - view.x) * scale, (a.y - view.y) * scale);
      for (const tile of [...tiles.values()].sort((x, y) => y.level - x.level)) {
        if (!tile.bitmap || tile.level < level) continue;
        const f = 2 ** tile.level;
        pen.drawImage(tile.bitmap, tile.col * TILE * f, tile.row * TILE * f, tile.bitmap.width * f, tile.bitmap.height * f);
      }
      pen.restore();
      if (tiles.size > KEEP * 2) for (const [key, tile] of tiles) if (tile.last < frame - 60) { tile.bitmap?.close(); tiles.delete(key); }
      return grid.draw(pen, view, scale, settled, more);
    },
  };
}

/** Whether a hex of the span was seen fully and is not any more. @param {import("../../model/tilemap.js").TileMap<string>} was
 * @param {import("../../model/tilemap.js").TileMap<string>} now @param {number[]} span */
function closed(was, now, [q0, r0, q1, r1]) {
  for (let q = q0; q <= q1; q++) for (let r = r0; r <= r1; r++) if (was.at(q, r) === "full" && now.at(q, r) !== "full") return true;
  return false;
}
