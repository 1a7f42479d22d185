// @ts-check
/** Regions, paths, sites and labels on the map: the feed of their painter, and the parts of the picture that it gave. */

import { startThings } from "./painting.js";
import { createFarChunks } from "./tile-cache.js";
import { createThingsFeed, objectsChanged } from "./things-feed.js";

/** @typedef {import("../model/reduce.js").Room} Room */

const EVERYWHERE = { x: -1e9, y: -1e9, w: 2e9, h: 2e9 };

/** @param {{room: () => Room, look: () => {mapTheme: string, labels: boolean}, density: () => number, ask: () => void}} opts */
export function createThings({ room, look, density, ask }) {
  const feed = createThingsFeed();
  const chunks = createFarChunks((ticket, rect, scale) => painting?.post({ type: "chunk", ticket, rect, scale }), ask);
  /** Started when there is something to paint. @type {import("./painting.js").Painting|null} */
  let painting = null;
  let manner = "";

  function tell() {
    const told = room().map ? feed.next(room()) : null;
    if (!told) return;
    painting ??= startThings((m) => (m.type === "moved" ? moved(m.rects) : chunks.take(m.ticket, m.bitmap)));
    mannerChanged();
    painting.post({ type: "things", ...told });
    // Where words only give way to marks, the painter says which.
    if (told.anew || told.gone.length || told.put.length) chunks.spoil(EVERYWHERE);
  }

  /** @param {import("./camera.js").Rect[]} rects */
  function moved(rects) {
    for (const rect of rects) chunks.spoil(rect);
    if (rects.length) ask();
  }

  function mannerChanged() {
    const next = { theme: look().mapTheme, density: density(), numbered: look().labels };
    if (!painting || manner === JSON.stringify(next)) return;
    manner = JSON.stringify(next);
    painting.post({ type: "manner", manner: next });
    chunks.spoil(EVERYWHERE);
  }

  return {
    mannerChanged,
    clear: chunks.clear,
    /** Begins anew with all that the room knows. Nothing of before is drawn any more. */
    reset() {
      chunks.clear();
      feed.forget();
      tell();
    },
    /** Takes over what differs between two states. Returns whether anything does. @param {Room} was @param {Room} now */
    changed(was, now) {
      if (was.role !== now.role) {
        this.reset();
        return true;
      }
      if (!objectsChanged(now, was)) return false;
      tell();
      return true;
    },
    /** Draws what is there. Returns whether all of it is, and up to date. @param {CanvasRenderingContext2D} pen in device pixels
     * @param {import("./camera.js").Rect} view in world units @param {number} scale device pixels a world unit @param {boolean} settled */
    draw: (pen, view, scale, settled) => !painting || chunks.draw(pen, view, scale, settled),
    waiting: () => chunks.waiting(),
    bytes: () => chunks.bytes(),
    close: () => painting?.close(),
  };
}
