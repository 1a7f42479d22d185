// @ts-check
/** Painted squares of the map, kept: by levels of scale, each √2 times the one before, so that zooming back finds what was there.
 * While a level is painted, the nearest other one stands in for it. */

/** Side of a square, in device pixels. */
export const SQUARE = 256;
/** Squares kept, 256 KiB each: 64 MiB. */
const KEPT_SQUARES = 256;
/** Squares that the painter is asked for at once: few, so that what is wanted can change. */
const WISHES = 3;

/** @typedef {import("./camera.js").Rect} Rect */
/** @typedef {{bitmap: any, before: any, stale: boolean, asked: boolean, painted: boolean, level: number, column: number, row: number}} Entry
 *   before: what stood there when a wave began, until it has passed */

/** Returns the level whose squares are drawn at a scale: never much smaller than what is shown. @param {number} unit device pixels a hex size */
export const levelFor = (unit) => Math.ceil(2 * Math.log2(unit / 1.04));

/** Pixels a hex size on a level. @param {number} level */
export const unitOf = (level) => 2 ** (level / 2);

/** Returns a store of squares. @param {(id: string, square: import("./painter/paint.js").Square) => void} wish asks the painter for one
 * @param {() => void} arrived a square came */
export function createSquares(wish, arrived) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  let going = 0;
  let waving = false;
  /** @type {Entry[]} */
  let wanted = [];

  const idOf = (/** @type {number} */ level, /** @type {number} */ column, /** @type {number} */ row) => `${level}/${column}/${row}`;

  function pump() {
    while (going < WISHES) {
      const entry = wanted.shift();
      if (!entry) return;
      if (entry.asked || (entry.painted && !entry.stale)) continue;
      entry.asked = true;
      entry.stale = false;
      going++;
      wish(idOf(entry.level, entry.column, entry.row), { column: entry.column, row: entry.row, unit: unitOf(entry.level), side: SQUARE });
    }
  }

  /** Forgets the oldest. */
  function thin() {
    if (entries.size <= KEPT_SQUARES) return;
    for (const [id, entry] of entries) {
      if (entries.size <= KEPT_SQUARES * 0.9) return;
      if (entry.asked) continue;
      entry.bitmap?.close?.();
      entry.before?.close?.();
      entries.delete(id);
    }
  }

  return {
    /** Takes a square from the painter. @param {string} id @param {any} bitmap */
    take(id, bitmap) {
      going--;
      const entry = entries.get(id);
      if (entry?.asked) {
        if (waving && entry.painted && !entry.before) entry.before = entry.bitmap ?? "none";
        else entry.bitmap?.close?.();
        entry.bitmap = bitmap;
        entry.asked = false;
        entry.painted = true;
      } else bitmap?.close?.();
      pump();
      arrived();
    },
    /** From now on what a square showed before is kept beside what it shows now; `false` lets it go.
     * @param {boolean} on */
    wave(on) {
      waving = on;
      if (on) return;
      for (const entry of entries.values()) {
        entry.before?.close?.();
        entry.before = null;
      }
    },
    /** Calls `draw` with each picture for a view, and where it goes, in device pixels. Returns whether all of it is there and up to date.
     * @param {Rect} view in sizes of a hex @param {number} unit device pixels a hex size
     * @param {{now: (bitmap: any, x: number, y: number, w: number, h: number) => void, changing: (before: any, bitmap: any, x: number, y: number, w: number, h: number) => void,
     *   within: (rects: number[][], draw: () => void) => void}} how within: draws what draw does, only within rectangles */
    draw(view, unit, how) {
      const level = levelFor(unit);
      const side = SQUARE / unitOf(level);
      const [mx, my] = [(view.x + view.w / 2) / side - 0.5, (view.y + view.h / 2) / side - 0.5];
      /** @type {Entry[]} */
      const visible = [];
      for (let row = Math.floor(view.y / side); row * side < view.y + view.h; row++)
        for (let column = Math.floor(view.x / side); column * side < view.x + view.w; column++) {
          const id = idOf(level, column, row);
          const entry = entries.get(id) ?? { bitmap: null, before: null, stale: false, asked: false, painted: false, level, column, row };
          entries.delete(id);
          entries.set(id, entry);
          visible.push(entry);
        }
      wanted = visible.filter((e) => !e.asked && (!e.painted || e.stale)).sort((a, b) => Math.hypot(a.column - mx, a.row - my) - Math.hypot(b.column - mx, b.row - my));
      const missing = visible.filter((e) => !e.painted);
      if (missing.length) {
        const others = [...entries.values()].filter((e) => e.painted && e.bitmap && e.level !== level && squareMeets(e, view)).sort((a, b) => Math.abs(b.level - level) - Math.abs(a.level - level));
        how.within(missing.map((e) => squareOnScreen(e, view, unit)), () => {
          for (const other of others) how.now(other.bitmap, ...squareOnScreen(other, view, unit));
        });
      }
      for (const entry of visible) {
        if (!entry.painted) continue;
        if (entry.before) how.changing(entry.before === "none" ? null : entry.before, entry.bitmap, ...squareOnScreen(entry, view, unit));
        else if (entry.bitmap) how.now(entry.bitmap, ...squareOnScreen(entry, view, unit));
      }
      thin();
      const done = !wanted.length && visible.every((e) => e.painted && !e.asked);
      pump();
      return done;
    },
    /** Marks as stale what a rectangle touches. @param {Rect} rect in sizes of a hex */
    spoil(rect) {
      for (const [id, entry] of entries) {
        if (!squareMeets(entry, rect)) continue;
        if (entry.asked) {
          // What comes is of before: it is asked for once more.
          entry.stale = true;
        } else if (entry.painted) entry.stale = true;
        else entries.delete(id);
      }
    },
    /** Everything is to be painted anew; until then the old stands. */
    spoilAll() {
      for (const entry of entries.values()) entry.stale = true;
    },
    clear() {
      for (const entry of entries.values()) {
        entry.bitmap?.close?.();
        entry.before?.close?.();
      }
      entries.clear();
      wanted = [];
    },
    /** Whether more is on its way. */
    waiting: () => going > 0 || wanted.length > 0,
    /** Bytes of the pictures that are kept. */
    bytes: () => [...entries.values()].reduce((sum, e) => sum + (e.bitmap ? SQUARE * SQUARE * 4 : 0) + (e.before && e.before !== "none" ? SQUARE * SQUARE * 4 : 0), 0),
  };
}

/** @param {Entry} entry @param {Rect} rect */
function squareMeets({ level, column, row }, rect) {
  const side = SQUARE / unitOf(level);
  return column * side < rect.x + rect.w && (column + 1) * side > rect.x && row * side < rect.y + rect.h && (row + 1) * side > rect.y;
}

/** Returns where a square is on the screen. Neighbours share their rounded squareOnScreen, or seams would show.
 * @param {Entry} entry @param {Rect} view @param {number} unit @returns {[number, number, number, number]} */
function squareOnScreen({ level, column, row }, view, unit) {
  const side = SQUARE / unitOf(level);
  const x = Math.round((column * side - view.x) * unit);
  const y = Math.round((row * side - view.y) * unit);
  return [x, y, Math.round(((column + 1) * side - view.x) * unit) - x, Math.round(((row + 1) * side - view.y) * unit) - y];
}
