// @ts-check
/** Pictures of parts of the map, kept: squares of 256 device pixels at one scale, painted a few a frame, or elsewhere. */

import { spotOf } from "../model/hex.js";

export const CHUNK = 256;
const KEEP = 420;
/** Chunks that are asked for at once where others paint them: few, so that what is wanted can change. */
const WISHES = 3;

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

/** A chunk: asked for, if it is painted elsewhere and did not come yet; painted, if it ever came.
 * @typedef {{canvas: any, stale: boolean, asked: boolean, painted: boolean}} Entry */
/** @typedef {{scale: number, at: Map<string, Entry>}} Level */

/** Returns a store of chunks that are painted here. `paint` draws the world rectangle, with the pen in device pixels of the chunk.
 * @param {Paint} paint */
export function createChunks(paint) {
  const levels = createLevels((canvas) => spare.push(canvas));
  /** @type {HTMLCanvasElement[]} */
  const spare = [];

  /** @param {string} id @param {Level} level */
  function render(id, level) {
    const canvas = level.at.get(id)?.canvas ?? spare.pop() ?? document.createElement("canvas");
    if (canvas.width !== CHUNK) canvas.width = canvas.height = CHUNK;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "source-over";
    pen.clearRect(0, 0, CHUNK, CHUNK);
    const drawn = paint(pen, rectOf(id, level.scale), level.scale);
    if (drawn === false) spare.push(canvas);
    levels.put(level, id, { canvas: drawn === false ? null : canvas, stale: false, asked: false, painted: true });
  }

  return {
    /** Draws what is visible. Returns whether all of it was there; more time, more chunks.
     * @param {CanvasRenderingContext2D} pen in device pixels @param {Rect} view in world units @param {number} scale device pixels per unit
     * @param {boolean} settled the scale is not changing just now @param {() => boolean} more whether another chunk may be painted in this frame */
    draw: (pen, view, scale, settled, more) =>
      levels.draw(pen, view, scale, settled, (level, ids) => {
        for (const id of ids) if (more()) render(id, level);
      }),
    spoil: levels.spoil,
    clear: levels.clear,
  };
}

/** Returns a store of chunks that are painted elsewhere, a few at a time, those in the middle first; what was there before stands until they come.
 * @param {(ticket: number, rect: Rect, scale: number) => void} wish asks for one @param {() => void} arrived one came */
export function createFarChunks(wish, arrived) {
  const levels = createLevels((bitmap) => bitmap.close?.());
  /** @type {Map<number, {level: Level, id: string}>} */
  const going = new Map();
  let ticket = 0;
  /** What the last view has not got. @type {{level: Level, ids: string[]}} */
  let wanted = { level: { scale: 1, at: new Map() }, ids: [] };

  function pump() {
    const { level, ids } = wanted;
    while (going.size < WISHES) {
      const id = ids.shift();
      if (id === undefined) return;
      const entry = level.at.get(id);
      if (entry?.asked || (entry?.painted && !entry.stale)) continue;
      level.at.set(id, { canvas: entry?.canvas ?? null, stale: false, asked: true, painted: Boolean(entry?.painted) });
      going.set(++ticket, { level, id });
      wish(ticket, rectOf(id, level.scale), level.scale);
    }
  }

  return {
    /** Takes what was asked for; null: nothing is there. @param {number} answered @param {any} bitmap */
    take(answered, bitmap) {
      const { level, id } = going.get(answered) ?? {};
      going.delete(answered);
      const entry = level?.at.get(/** @type {string} */ (id));
      if (!level || !id || !entry?.asked || !levels.has(level)) bitmap?.close?.();
      else {
        entry.canvas?.close?.();
        levels.put(level, id, { canvas: bitmap, stale: entry.stale, asked: false, painted: true });
      }
      pump();
      arrived();
    },
    /** Draws what is visible. Returns whether all of it is there and up to date. @param {CanvasRenderingContext2D} pen in device pixels
     * @param {Rect} view in world units @param {number} scale device pixels per unit @param {boolean} settled the scale is not changing just now */
    draw: (pen, view, scale, settled) =>
      levels.draw(pen, view, scale, settled, (level, ids) => {
        const side = CHUNK / level.scale;
        const far = (/** @type {string} */ id) => {
          const { x, y } = rectOf(id, level.scale);
          return Math.hypot(x + side / 2 - view.x - view.w / 2, y + side / 2 - view.y - view.h / 2);
        };
        wanted = { level, ids: ids.sort((a, b) => far(a) - far(b)) };
        pump();
      }),
    /** Whether more is on its way. */
    waiting: () => going.size > 0 || wanted.ids.length > 0,
    spoil: levels.spoil,
    clear() {
      wanted.ids = [];
      levels.clear();
    },
    /** Bytes of the pictures that are kept. */
    bytes: levels.bytes,
  };
}

/** Returns the chunks of a scale, and while these are not there, those of the scale before. @param {(canvas: any) => void} release takes what is needed no more */
function createLevels(release) {
  /** @type {Level|null} */
  let now = null;
  /** @type {Level|null} */
  let before = null;

  const drop = (/** @type {Level|null} */ level) => {
    for (const { canvas } of level?.at.values() ?? []) if (canvas) release(canvas);
  };

  return {
    has: (/** @type {Level} */ level) => level === now || level === before,
    /** @param {Level} level @param {string} id @param {Entry} entry */
    put(level, id, entry) {
      level.at.delete(id);
      level.at.set(id, entry);
      if (level.at.size <= KEEP) return;
      const [oldest, { canvas }] = /** @type {[string, Entry]} */ (level.at.entries().next().value);
      level.at.delete(oldest);
      if (canvas) release(canvas);
    },
    /** Draws what is there, after `mend` has had the chance to see to what is missing or stale. Returns whether nothing of that is left.
     * @param {CanvasRenderingContext2D} pen @param {Rect} view @param {number} scale @param {boolean} settled @param {(level: Level, ids: string[]) => void} mend */
    draw(pen, view, scale, settled, mend) {
      if (!now || (now.scale !== scale && (settled || scale / now.scale > 1.9 || scale / now.scale < 0.55))) {
        if (now && [...now.at.values()].some((c) => c.canvas)) {
          drop(before);
          before = now;
        } else drop(now);
        now = { scale, at: new Map() };
      }
      const level = now;
      const side = CHUNK / level.scale;
      const ids = [];
      for (let cy = Math.floor(view.y / side); cy * side < view.y + view.h; cy++)
        for (let cx = Math.floor(view.x / side); cx * side < view.x + view.w; cx++) ids.push(`${cx},${cy}`);
      const left = (/** @type {string} */ id) => !level.at.get(id)?.painted || level.at.get(id)?.stale || level.at.get(id)?.asked;
      mend(level, ids.filter(left));
      const missing = ids.filter((id) => !level.at.get(id)?.painted);
      if (missing.length && before) {
        // Only where nothing newer is: a veil drawn twice would be darker.
        pen.save();
        pen.beginPath();
        for (const id of missing) pen.rect(...edges(id, side, view, scale));
        pen.clip();
        blit(pen, before, view, scale);
        pen.restore();
      }
      if (!missing.length) {
        drop(before);
        before = null;
      }
      blit(pen, level, view, scale, ids);
      return !ids.some(left);
    },
    /** Marks as stale what a rectangle of the world touches. @param {Rect} rect */
    spoil(/** @type {Rect} */ rect) {
      for (const level of [now, before]) {
        if (!level) continue;
        for (const [id, entry] of level.at) {
          const { x, y, w, h } = rectOf(id, level.scale);
          if (x < rect.x + rect.w && x + w > rect.x && y < rect.y + rect.h && y + h > rect.y) entry.stale = true;
        }
      }
    },
    clear() {
      drop(now);
      drop(before);
      now = before = null;
    },
    bytes: () => [now, before].reduce((sum, level) => sum + [...(level?.at.values() ?? [])].filter((c) => c.canvas).length * CHUNK * CHUNK * 4, 0),
  };
}

/** Returns the world rectangle of a chunk. @param {string} id @param {number} scale @returns {Rect} */
function rectOf(id, scale) {
  const [cx, cy] = id.split(",").map(Number);
  const side = CHUNK / scale;
  return { x: cx * side, y: cy * side, w: side, h: side };
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
