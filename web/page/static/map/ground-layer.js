// @ts-check
/** The painted ground of a room: feeds the painter with what changed, keeps its squares, draws them, and lets reveals pass in waves. */

import { toScreen } from "./camera.js";
import { createCrossfade } from "./crossfade.js";
import { allLandOf, changedGhosts, ghostsOf, landOf } from "./land-feed.js";
import { startPainting } from "./painting.js";
import { createSquares } from "./squares.js";
import { changedTiles, tileOrigin } from "../model/tilemap.js";
import { spotOf } from "../model/hex.js";

/** @typedef {import("../model/reduce.js").Room} Room */
/** @typedef {{mapTheme: string, grid: boolean, veil: number}} GroundLook */

/** How far a changed hex shows, in sizes of a hex: borders blend, and glyphs stand out. */
const BLEED = 3;

/** @param {{room: () => Room, look: () => GroundLook, density: () => number, ask: () => void, fog: (picture: Blob) => void}} opts */
export function createGround({ room, look, density, ask, fog }) {
  const squares = createSquares((id, square) => painting.post({ type: "square", id, square }), ask);
  const painting = startPainting((m) => {
    if (m.type === "fog") return fog(m.picture);
    squares.take(m.id, m.bitmap);
  });
  /** Terrains by their number for the painter, less two. @type {string[]} */
  const names = [];
  /** @type {Map<string, number>} */
  const numbers = new Map();
  /** @type {import("./land-feed.js").Ghosts} */
  let ghosts = new Map();
  let manner = "";
  let theme = "";
  const crossfade = createCrossfade();

  function numberOf(/** @type {string} */ name) {
    let number = numbers.get(name);
    if (number === undefined) {
      number = names.push(name) + 1;
      numbers.set(name, number);
    }
    return number;
  }

  const tell = (/** @type {Int32Array} */ hexes, anew = false) => painting.post({ type: "land", anew, hexes, names });

  /** Tells the painter how it is to paint, if that is another way than before. */
  function mannerChanged() {
    const { map, role } = room();
    if (!map) return;
    const { mapTheme, grid, veil } = look();
    const next = { orientation: map.orientation, theme: mapTheme, dm: role === "dm", grid, strength: veil, density: density() };
    const said = JSON.stringify(next);
    if (said !== manner) {
      manner = said;
      painting.post({ type: "manner", manner: next });
      squares.spoilAll();
    }
    if (theme !== mapTheme) painting.post({ type: "fog", theme: (theme = mapTheme) });
  }

  return {
    squares,
    mannerChanged,
    /** Begins anew with all that the room knows. */
    reset() {
      const state = room();
      squares.clear();
      ghosts = ghostsOf(state);
      mannerChanged();
      tell(allLandOf(state, ghosts, numberOf), true);
    },
    /** Takes over what differs between two states. @param {Room} was @param {Room} now */
    changed(was, now) {
      const map = /** @type {NonNullable<Room["map"]>} */ (now.map);
      if (was.role !== now.role) return this.reset();
      const tiles = new Set([...changedTiles(was.terrain, now.terrain), ...changedTiles(was.shown, now.shown), ...changedTiles(was.viewers, now.viewers)]);
      /** @type {[number, number][]} */
      const hexes = [];
      for (const id of tiles) {
        const [q0, r0] = tileOrigin(id);
        for (let i = 0; i < 256; i++) {
          const [q, r] = [q0 + (i & 15), r0 + (i >> 4)];
          if (was.terrain.at(q, r) !== now.terrain.at(q, r) || was.shown.at(q, r) !== now.shown.at(q, r) || was.viewers.at(q, r) !== now.viewers.at(q, r)) hexes.push([q, r]);
        }
      }
      if (was.staged !== now.staged) {
        const next = ghostsOf(now);
        hexes.push(...changedGhosts(ghosts, next));
        ghosts = next;
      }
      if (!hexes.length) return;
      tell(landOf(room(), ghosts, hexes, numberOf));
      for (const rect of rectsAround(hexes, map)) squares.spoil(rect);
    },
    /** Draws what is there. Returns whether all is painted.
     * @param {CanvasRenderingContext2D} pen in device pixels @param {{x: number, y: number, w: number, h: number}} view in world units @param {number} scale device pixels a world unit
     * @param {ReturnType<typeof import("./waves.js").createWaves>} waves @param {number} now @param {import("./camera.js").Camera} camera @param {import("./camera.js").Size} size */
    draw(pen, view, scale, waves, now, camera, size) {
      const { hexSize } = /** @type {NonNullable<Room["map"]>} */ (room().map);
      const unit = hexSize * scale;
      const area = { x: view.x / hexSize, y: view.y / hexSize, w: view.w / hexSize, h: view.h / hexSize };
      const waving = waves.any();
      /** @type {{before: any, bitmap: any, at: number[]}[]} */
      const moved = [];
      const put = (/** @type {CanvasRenderingContext2D} */ to, /** @type {any} */ bitmap, /** @type {number[]} */ [x, y, w, h]) => bitmap && to.drawImage(bitmap, x, y, w, h);
      const done = squares.draw(area, unit, {
        now: (bitmap, ...at) => put(pen, bitmap, at),
        changing: (before, bitmap, ...at) => (waving ? moved.push({ before, bitmap, at }) : put(pen, bitmap, at)),
        within(rects, draw) {
          pen.save();
          pen.beginPath();
          for (const [x, y, w, h] of rects) pen.rect(x, y, w, h);
          pen.clip();
          draw();
          pen.restore();
        },
      });
      if (!moved.length) {
        if (!waving) crossfade.rest();
        return done;
      }
      crossfade.draw(pen, moved, (mask) => waves.mask(mask, now, (x, y) => {
        const p = toScreen(camera, size, x, y);
        return { x: p.x * density(), y: p.y * density() };
      }, scale, hexSize));
      return done;
    },
    close: () => painting.close(),
  };
}

/** Returns rectangles, in sizes of a hex, around all that changed hexes may show in: one for each tile of 16 × 16 hexes.
 * @param {[number, number][]} hexes @param {any} map */
function rectsAround(hexes, map) {
  /** @type {Map<string, number[]>} */
  const boxes = new Map();
  for (const [q, r] of hexes) {
    const p = spotOf(map, q, r);
    const [x, y] = [p.x / map.hexSize, p.y / map.hexSize];
    const id = `${q >> 4},${r >> 4}`;
    const box = boxes.get(id);
    if (!box) boxes.set(id, [x, y, x, y]);
    else boxes.set(id, [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]);
  }
  return [...boxes.values()].map(([x0, y0, x1, y1]) => ({ x: x0 - BLEED, y: y0 - BLEED, w: x1 - x0 + 2 * BLEED, h: y1 - y0 + 2 * BLEED }));
}
