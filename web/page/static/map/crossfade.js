// @ts-check
/** Pictures that give way to others behind a mask: at each place the old and the new add up to one. */

/** @typedef {{before: any, bitmap: any, at: number[]}} Change  at: x, y, width, height in device pixels; null: nothing there */

/** Returns who draws changes; its three sheets are as large as the canvas and kept until `rest`. */
export function createCrossfade() {
  /** @type {CanvasRenderingContext2D[]|null} */
  let sheets = null;

  /** Returns a clear sheet. @param {number} which @param {number} width @param {number} height */
  function sheet(which, width, height) {
    sheets ??= [0, 1, 2].map(() => /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d")));
    const pen = sheets[which];
    if (pen.canvas.width !== width || pen.canvas.height !== height) [pen.canvas.width, pen.canvas.height] = [width, height];
    pen.globalCompositeOperation = "source-over";
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  const put = (/** @type {CanvasRenderingContext2D} */ pen, /** @type {any} */ bitmap, /** @type {number[]} */ [x, y, w, h]) => bitmap && pen.drawImage(bitmap, x, y, w, h);

  return {
    /** @param {CanvasRenderingContext2D} pen @param {Change[]} changes @param {(mask: CanvasRenderingContext2D) => void} drawMask opaque where the new is */
    draw(pen, changes, drawMask) {
      const { width, height } = pen.canvas;
      const [mask, old, fresh] = [0, 1, 2].map((which) => sheet(which, width, height));
      drawMask(mask);
      for (const { before, bitmap, at } of changes) {
        put(old, before, at);
        put(fresh, bitmap, at);
      }
      old.globalCompositeOperation = "destination-out";
      old.drawImage(mask.canvas, 0, 0);
      fresh.globalCompositeOperation = "destination-in";
      fresh.drawImage(mask.canvas, 0, 0);
      pen.drawImage(old.canvas, 0, 0);
      pen.globalCompositeOperation = "lighter";
      pen.drawImage(fresh.canvas, 0, 0);
      pen.globalCompositeOperation = "source-over";
    },
    rest: () => { sheets = null; },
  };
}
