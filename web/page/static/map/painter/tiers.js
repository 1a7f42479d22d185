// @ts-check
/** Marks of how far a hex is known: for a DM an eye where only some players see it; for players hatching over land known from afar. */

import { UNKNOWN } from "./kinds.js";
import { KNOWN } from "./land.js";
import { cornersOf, hexesWithin } from "./lattice.js";

/** @param {OffscreenCanvasRenderingContext2D} pen @param {import("./land.js").Window} window @param {import("./lattice.js").Lattice} lattice
 * @param {{x: number, y: number, across: number, unit: number, dm: boolean}} where the square, in sizes of a hex; unit: pixels a size */
export function drawTiers(pen, window, lattice, { x, y, across, unit, dm }) {
  if (unit < 9) return;
  const corners = cornersOf(lattice.orientation);
  hexesWithin(lattice, x - 1, y - 1, x + across + 1, y + across + 1, (q, r, cx, cy) => {
    const at = q - window.q0 + (r - window.r0) * window.width;
    if (window.kind[at] === UNKNOWN) return;
    const [px, py] = [(cx - x) * unit, (cy - y) * unit];
    if (dm && window.known[at] === KNOWN.SOME) drawEye(pen, px, py - unit * 0.55, unit);
    if (!dm && window.known[at] === KNOWN.AFAR) drawHatch(pen, px, py, unit, corners);
  });
}

/** @param {OffscreenCanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} unit */
function drawEye(pen, x, y, unit) {
  const wide = Math.min(13, Math.max(5, unit * 0.3));
  const high = wide * 0.72;
  pen.beginPath();
  pen.moveTo(x - wide, y);
  pen.quadraticCurveTo(x, y - high * 1.5, x + wide, y);
  pen.quadraticCurveTo(x, y + high * 1.5, x - wide, y);
  pen.closePath();
  pen.fillStyle = "#fff6dc";
  pen.fill();
  pen.strokeStyle = "#3b2a12";
  pen.lineWidth = Math.max(1, wide * 0.17);
  pen.stroke();
  pen.beginPath();
  pen.arc(x, y, high * 0.5, 0, 7);
  pen.fillStyle = "#b4731a";
  pen.fill();
  pen.beginPath();
  pen.arc(x, y, high * 0.22, 0, 7);
  pen.fillStyle = "#1b140a";
  pen.fill();
}

/** @param {OffscreenCanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} unit @param {number[][]} corners */
function drawHatch(pen, x, y, unit, corners) {
  pen.save();
  pen.beginPath();
  corners.forEach(([a, b], i) => (i ? pen.lineTo(x + a * unit, y + b * unit) : pen.moveTo(x + a * unit, y + b * unit)));
  pen.closePath();
  pen.clip();
  pen.fillStyle = "rgb(226 216 190 / .3)";
  pen.fillRect(x - unit, y - unit, unit * 2, unit * 2);
  pen.strokeStyle = "rgb(74 60 38 / .34)";
  pen.lineWidth = Math.max(1, unit * 0.03);
  pen.beginPath();
  for (let d = -2; d <= 2; d += 0.26) {
    pen.moveTo(x + (d - 1) * unit, y + unit);
    pen.lineTo(x + (d + 1) * unit, y - unit);
  }
  pen.stroke();
  pen.restore();
}
