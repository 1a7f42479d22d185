// @ts-check
/** The painter on a thread of its own. It hears of the land and the manner, and answers each wish for a square with a picture. */

import { fogPicture } from "./fog.js";
import { createPainter } from "./paint.js";

const painter = createPainter();
const port = /** @type {any} */ (globalThis);

/** Messages in: `manner` (Manner), `land` (LandHex after LandHex, `anew` where what was known before goes), `square` (id and Square), `fog` (theme).
 * Messages out: `square` (id, and the picture or null), `fog` (theme and picture file). */
port.onmessage = (/** @type {MessageEvent} */ { data: m }) => {
  if (m.type === "manner") painter.set(m.manner);
  else if (m.type === "land") {
    if (m.anew) painter.land.clear();
    painter.land.set(m.hexes, m.names);
  } else if (m.type === "square") {
    const bitmap = /** @type {OffscreenCanvas|null} */ (painter.paint(m.square))?.transferToImageBitmap() ?? null;
    port.postMessage({ type: "square", id: m.id, bitmap }, bitmap ? [bitmap] : []);
  } else if (m.type === "fog") {
    fogPicture(m.theme).then((picture) => port.postMessage({ type: "fog", theme: m.theme, picture }));
  }
};
