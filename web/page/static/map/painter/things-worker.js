// @ts-check
/** The painter of what lies on the map, on a thread of its own. It is told of the things and the manner, and answers each wish for a chunk with a picture. */

import { createThingPainter } from "../layers/map-objects.js";
import { answerTo } from "./things.js";

const painter = createThingPainter();
const port = /** @type {any} */ (globalThis);

/** Messages in: `manner` (theme and density), `things` (Told), `chunk` (ticket, rect, scale). Messages out: `chunk` (ticket, and the picture or null), `moved` (rects). */
port.onmessage = (/** @type {MessageEvent} */ { data: m }) => {
  const answer = answerTo(painter, m);
  if (!answer) return;
  if (answer.type === "moved") return port.postMessage(answer);
  const bitmap = /** @type {OffscreenCanvas|null} */ (answer.canvas)?.transferToImageBitmap() ?? null;
  port.postMessage({ type: "chunk", ticket: answer.ticket, bitmap }, bitmap ? [bitmap] : []);
};
