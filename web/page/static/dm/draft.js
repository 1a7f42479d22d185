// @ts-check
/** How the DM's tools draw what is not there yet, and what is chosen, above the map. */

/** @typedef {import("../map/scene.js").DraftView} DraftView */

/** Draws with a pen in world units. @param {CanvasRenderingContext2D} pen @param {DraftView} how @param {() => void} draw */
export function inWorld(pen, how, draw) {
  const origin = how.screen(0, 0);
  pen.save();
  pen.translate(origin.x, origin.y);
  pen.scale(how.scale, how.scale);
  pen.lineJoin = pen.lineCap = "round";
  draw();
  pen.restore();
}

/** Draws a line's glow; the pen is in world units. @param {CanvasRenderingContext2D} pen @param {Path2D} line @param {DraftView} how @param {number} width in CSS pixels */
export function drawLine(pen, line, how, width) {
  for (const [color, wide] of /** @type {[string, number][]} */ ([
    ["rgb(16 20 22 / .55)", width + 3],
    [how.look.lamp, width],
  ])) {
    pen.strokeStyle = color;
    pen.globalAlpha = color === how.look.lamp ? 0.75 : 1;
    pen.lineWidth = wide / how.scale;
    pen.stroke(line);
  }
  pen.globalAlpha = 1;
}

/** Draws the points of a path as knots to be touched. @param {CanvasRenderingContext2D} pen @param {DraftView} how @param {number} size of a hex in the world
 * @param {{x: number, y: number}[]} stops @param {number} active the one that is filled */
export function drawKnots(pen, how, size, stops, active) {
  pen.save();
  stops.forEach((stop, i) => {
    const { x, y } = how.screen(stop.x * size, stop.y * size);
    pen.beginPath();
    pen.arc(x, y, i === active ? 6.5 : 5, 0, 7);
    pen.fillStyle = i === active ? how.look.lamp : "#fffdf4";
    pen.strokeStyle = "rgb(16 20 22 / .85)";
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
  });
  pen.restore();
}

/** Draws a frame around what is chosen. @param {CanvasRenderingContext2D} pen @param {DraftView} how @param {number} x @param {number} y on the screen
 * @param {number} wide half of it @param {number} high half of it @param {number} [angle] in degrees */
export function drawFrame(pen, how, x, y, wide, high, angle = 0) {
  pen.save();
  pen.translate(x, y);
  pen.rotate((angle * Math.PI) / 180);
  for (const [color, width] of /** @type {[string, number][]} */ ([
    ["rgb(16 20 22 / .65)", 5],
    [how.look.lamp, 2.5],
  ])) {
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.strokeRect(-wide, -high, 2 * wide, 2 * high);
  }
  pen.restore();
}
