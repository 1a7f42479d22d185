// @ts-check
/** The map's pictures of its parts: all of them come, however slow the machine. */

import { createChunks, paced } from "/static/map/tile-cache.js";
import { check, equal } from "./check.js";

check("where a frame has no time to spare, a chunk a frame comes all the same", () => {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  let painted = 0;
  const layers = [
    createChunks(() => {
      painted++;
    }),
    createChunks(() => {
      painted++;
    }),
  ];
  const frame = () => {
    const more = paced(performance.now() - 1);
    return layers.map((layer) => layer.draw(pen, { x: 0, y: 0, w: 512, h: 256 }, 1, true, more)).every(Boolean);
  };
  equal([frame(), painted], [false, 1]);
  equal([frame(), frame(), frame(), painted], [false, false, true, 4]);
});
