// @ts-check
/** Pictures of parts of the map, kept: squares of 256 device pixels at one scale, painted a few a frame. */

import { spotOf } from "../model/hex.js";

export const CHUNK = 256;
const KEEP = 420;

/** Returns whether a frame may paint another chunk: the first always, or a slow machine would never be done.
 * @param {number} until a time of performance.now() @returns {() => boolean} */
export function paced(until) {
  let first = true;
  return () => {
    const may = first || performance.now() < until;
    first = false;
    return may;
  };
}

/** @typedef {import("./camera.js").Rect} Rect */
/** @typedef {(pen: CanvasRenderingContext2D, rect: Rect, scale: number) => boolean|void} Paint  false: nothing there */

/** Returns a store of chunks. `paint` draws the world rectangle, with the pen in device pixels of the chunk.
 * @param {Paint} paint */
export function createChunks(paint) {
  /** @typedef {{scale: number, at: Map<string, {canvas: HTMLCanvasElement|null, stale: boolean}>}} Level */
  /** @type {Level|null} */
  let now = null;
  /** @type {Level|null} */
  let before = null;
  /** @type {HTMLCanvasElement[]} */
  const spare = [];

  /** @param {string} id @param {Level} level */
  function render(id, level) {
    const [cx, cy] = id.split(",").map(Number);
    const side = CHUNK / level.scale;
    const old = level.at.get(id)?.canvas;
    const canvas = old ?? spare.pop() ?? document.createElement("canvas");
    if (canvas.width !== CHUNK) canvas.width = canvas.height = CHUNK;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "source-over";
    pen.clearRect(0, 0, CHUNK, CHUNK);
    const drawn = paint(pen, { x: cx * side, y: cy * side, w: side, h: side }, level.scale);
    level.at.delete(id);
    if (drawn === false) spare.push(canvas);
    level.at.set(id, { canvas: drawn === false ? null : canvas, stale: false });
    if (level.at.size > KEEP) {
      const [oldest, entry] = /** @type {[string, any]} */ (level.at.entries().next().value);
      level.at.delete(oldest);
      if (entry.canvas) spare.push(entry.canvas);
    }
  }

  return {
    /** Draws what is visible. Returns whether all of it was there; more time, more chunks.
     * @param {CanvasRenderingContext2D} pen in device pixels @param {Rect} view in world units @param {number} scale device pixels per unit
     * @param {boolean} settled the scale is not changing just now @param {() => boolean} more whether another chunk may be painted in this frame */
    draw(pen, view, scale, settled, more) {
      if (!now || (now.scale !== scale && (settled || scale / now.scale > 1.9 || scale / now.scale < 0.55))) {
        if (now && [...now.at.values()].some((c) => c.canvas)) before = now;
        now = { scale, at: new Map() };
      }
      const level = now;
      const side = CHUNK / level.scale;
      const ids = [];
      for (let cy = Math.floor(view.y / side); cy * side < view.y + view.h; cy++)
        for (let cx = Math.floor(view.x / side); cx * side < view.x + view.w; cx++) ids.push(`${cx},${cy}`);
      const missing = [];
      let stale = 0;
      for (const id of ids) {
        const entry = level.at.get(id);
        if (entry && !entry.stale) continue;
        if (more()) render(id, level);
        else entry ? stale++ : missing.push(id);
      }
      if (missing.length && before) {
        // Only where nothing newer is: a veil drawn twice would be darker.
        pen.save();
        pen.beginPath();
        for (const id of missing) pen.rect(...edges(id, side, view, scale));
        pen.clip();
        blit(pen, before, view, scale);
        pen.restore();
      }
      if (!missing.length) before = null;
      blit(pen, level, view, scale, ids);
      return missing.length + stale === 0;
    },
    /** Marks as stale what a rectangle of the world touches. @param {Rect} rect */
    spoil(rect) {
      for (const level of [now, before]) {
        if (!level) continue;
        const side = CHUNK / level.scale;
        for (const [id, entry] of level.at) {
          const [cx, cy] = id.split(",").map(Number);
          if (cx * side < rect.x + rect.w && (cx + 1) * side > rect.x && cy * side < rect.y + rect.h && (cy + 1) * side > rect.y) entry.stale = true;
        }
      }
    },
    clear() {
      now = before = null;
    },
  };
}

/** @param {CanvasRenderingContext2D} pen @param {{scale: number, at: Map<string, any>}} level @param {Rect} view @param {number} scale
 * @param {Iterable<string>} [ids] */
function blit(pen, level, view, scale, ids = level.at.keys()) {
  const side = CHUNK / level.scale;
  const factor = scale / level.scale;
  for (const id of ids) {
    const canvas = level.at.get(id)?.canvas;
    if (!canvas) continue;
    const [x, y, w, h] = edges(id, side, view, scale);
    if (x > view.w * scale || y > view.h * scale || x + w < 0 || y + h < 0) continue;
    if (factor === 1) pen.drawImage(canvas, x, y);
    else pen.drawImage(canvas, x, y, w, h);
  }
}

/** Returns where a chunk is on the screen. Neighbours share their rounded edges, or seams show while zooming.
 * @param {string} id @param {number} side @param {Rect} view @param {number} scale @returns {[number, number, number, number]} */
function edges(id, side, view, scale) {
  const [cx, cy] = id.split(",").map(Number);
  const x = Math.round((cx * side - view.x) * scale);
  const y = Math.round((cy * side - view.y) * scale);
  return [x, y, Math.round(((cx + 1) * side - view.x) * scale) - x, Math.round(((cy + 1) * side - view.y) * scale) - y];
}

/** Returns the world rectangle around a span of hexes, coasts and rims included.
 * @param {[number, number, number, number]} span q0, r0, q1, r1 @param {import("../model/reduce.js").MapInfo} map @returns {Rect} */
export function spanRect([q0, r0, q1, r1], map) {
  const size = map.hexSize;
  const points = [[q0, r0], [q1, r0], [q0, r1], [q1, r1]].map(([a, b]) => spotOf(map, a, b));
  const x = Math.min(...points.map((p) => p.x)) - size * 1.3;
  const y = Math.min(...points.map((p) => p.y)) - size * 1.3;
  return { x, y, w: Math.max(...points.map((p) => p.x)) + size * 1.3 - x, h: Math.max(...points.map((p) => p.y)) + size * 1.3 - y };
}
