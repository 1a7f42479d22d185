// @ts-check
/** The map's pictures of its parts: all of them come, however slow the machine. */

import { createChunks, createFarChunks, paced } from "/static/map/tile-cache.js";
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

/** Returns chunks that are painted elsewhere, what was asked for, and whether all is there after another frame. */
function far() {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  /** @type {{ticket: number, x: number}[]} */
  const asked = [];
  const chunks = createFarChunks(
    (ticket, rect) => asked.push({ ticket, x: rect.x }),
    () => {},
  );
  const draw = (scale = 1) => chunks.draw(pen, { x: 0, y: 0, w: 1280 / scale, h: 256 / scale }, scale, true);
  return { asked, chunks, draw };
}

check("what is painted elsewhere is asked for a few at a time, from the middle outwards, until all of it came", () => {
  const { asked, chunks, draw } = far();
  equal([draw(), asked.map(({ x }) => x)], [false, [512, 256, 768]]);
  equal([draw(), asked.length], [false, 3]);
  for (let n = 0; n < 5; n++) {
    chunks.take(asked[n].ticket, null);
    equal(draw(), n === 4);
  }
  equal(asked.map(({ x }) => x).sort(), [0, 1024, 256, 512, 768]);
});

check("what is painted elsewhere is asked for as more comes, whether or not a frame is drawn meanwhile", () => {
  const { asked, chunks, draw } = far();
  draw();
  for (let n = 0; n < 4; n++) {
    equal(chunks.waiting(), true);
    chunks.take(asked[n].ticket, null);
  }
  equal([asked.length, chunks.waiting()], [5, true]);
  chunks.take(asked[4].ticket, null);
  equal([chunks.waiting(), draw()], [false, true]);
});

check("what changed while it was painted is asked for once more", () => {
  const { asked, chunks, draw } = far();
  draw();
  chunks.spoil({ x: 512, y: 0, w: 1, h: 1 });
  for (let n = 0; n < 5; n++) {
    chunks.take(asked[n].ticket, null);
    draw();
  }
  equal([draw(), asked.filter(({ x }) => x === 512).length], [false, 2]);
});

check("an answer to what was asked before all was cleared is not shown", () => {
  const { asked, chunks, draw } = far();
  draw();
  chunks.clear();
  draw();
  let closed = 0;
  const late = { close: () => (closed += 1) };
  for (const { ticket } of asked.slice(0, 3)) chunks.take(ticket, late);
  equal([closed, chunks.bytes()], [3, 0]);
});
