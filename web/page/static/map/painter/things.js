// @ts-check
/** What a painter of things does with a message; the same in a worker and on the page. */

import { CHUNK } from "../tile-cache.js";
import { blank } from "./sprites.js";

/** Returns the picture that a message asked for, if it did; null: nothing is there. @param {ReturnType<typeof import("../layers/map-objects.js").createThingPainter>} painter @param {any} m
 * @returns {{ticket: number, canvas: OffscreenCanvas|HTMLCanvasElement|null}|undefined} */
export function answerTo(painter, m) {
  if (m.type === "manner") painter.set(m.manner);
  else if (m.type === "things") painter.tell(m);
  else {
    const canvas = blank(CHUNK, CHUNK);
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    return { ticket: m.ticket, canvas: painter.paint(pen, m.rect, m.scale) === false ? null : canvas };
  }
}
