// @ts-check
/** What a painter of things does with a message; the same in a worker and on the page. */

import { CHUNK } from "../tile-cache.js";
import { blank } from "./sprites.js";

/** What a painter answers: a picture that was asked for, null where nothing is; or where words came or went.
 * @typedef {{type: "chunk", ticket: number, canvas: OffscreenCanvas|HTMLCanvasElement|null}|{type: "moved", rects: import("../camera.js").Rect[]}} Answer */

/** Returns the answer to a message, if it has one. @param {ReturnType<typeof import("../layers/map-objects.js").createThingPainter>} painter @param {any} m
 * @returns {Answer|undefined} */
export function answerTo(painter, m) {
  if (m.type === "manner") return void painter.set(m.manner);
  if (m.type === "things") {
    const rects = painter.tell(m);
    return rects ? { type: "moved", rects } : undefined;
  }
  const canvas = blank(CHUNK, CHUNK);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  return { type: "chunk", ticket: m.ticket, canvas: painter.paint(pen, m.rect, m.scale) === false ? null : canvas };
}
