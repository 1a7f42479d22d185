// @ts-check
/** What all that draws on the map has in common: a canvas of one's own, the outline of a hex, rings, and words that read on any ground. */

/** Returns the pen of a new square canvas, its origin in the middle. @param {number} side in device pixels @returns {CanvasRenderingContext2D} */
export function penOf(side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.translate(side / 2, side / 2);
  return pen;
}

/** @param {Path2D} path @param {number[]} shape @param {number} x @param {number} y */
export function outline(path, shape, x, y) {
  path.moveTo(x + shape[0], y + shape[1]);
  for (let i = 2; i < 12; i += 2) path.lineTo(x + shape[i], y + shape[i + 1]);
  path.closePath();
}

/** Begins a path around a place. @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius */
export function ring(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
}

/** Sets text in the middle of where it is drawn. @param {CanvasRenderingContext2D} pen @param {number} weight @param {number} size */
export function letter(pen, weight, size) {
  pen.font = `${weight} ${size}px ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
}

/** Draws words with a dark rim. @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x @param {number} y @param {string} [color] */
export function caption(pen, text, x, y, color = "#fbf6e9") {
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = "rgb(14 22 26 / .88)";
  pen.strokeText(text, x, y);
  pen.fillStyle = color;
  pen.fillText(text, x, y);
}
