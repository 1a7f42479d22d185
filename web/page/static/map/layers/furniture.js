// @ts-check
/** What lies on the edge of a map: a compass rose and a scale bar in hexes. */

import { caption, letter } from "../canvas.js";

/** Lengths a scale bar may have, in hexes. */
const LENGTHS = [1, 2, 3, 5, 10, 20, 30, 50, 100];

/** Draws both where there is room for them. @param {CanvasRenderingContext2D} pen @param {{w: number, h: number}} size CSS pixels @param {number} step CSS pixels from a hex to the next */
export function drawFurniture(pen, size, step) {
  if (size.w < 560 || size.h < 360) return;
  compass(pen, size.w - 46, 48, 27);
  const hexes = [...LENGTHS].reverse().find((n) => n * step <= 170);
  if (hexes) scaleBar(pen, size.w - 86, size.h - 26, hexes, step);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius */
function compass(pen, x, y, radius) {
  pen.save();
  pen.translate(x, y);
  pen.globalAlpha = 0.9;
  pen.fillStyle = "rgb(250 244 226 / .82)";
  pen.strokeStyle = "#3b2c1c";
  pen.lineWidth = 1;
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 7);
  pen.fill();
  pen.stroke();
  pen.beginPath();
  pen.arc(0, 0, radius - 3.5, 0, 7);
  pen.stroke();
  for (const [turns, far] of [[[45, 135, 225, 315], 0.5], [[0, 90, 180, 270], 0.82]]) {
    for (const turn of /** @type {number[]} */ (turns)) {
      pen.save();
      pen.rotate((turn * Math.PI) / 180);
      const tip = -radius * /** @type {number} */ (far);
      for (const side of [-1, 1]) {
        pen.beginPath();
        pen.moveTo(0, tip);
        pen.lineTo(side * radius * 0.15, -radius * 0.15);
        pen.lineTo(0, 0);
        pen.closePath();
        if (side > 0) pen.fillStyle = "#3b2c1c";
        else pen.fillStyle = turn === 0 ? "#a5402c" : "#efe2c4";
        pen.fill();
        pen.stroke();
      }
      pen.restore();
    }
  }
  pen.restore();
  letter(pen, 700, 11);
  caption(pen, "N", x, y - radius - 5);
}

/** @param {CanvasRenderingContext2D} pen @param {number} right @param {number} y @param {number} hexes @param {number} step */
function scaleBar(pen, right, y, hexes, step) {
  const parts = hexes === 1 ? 1 : hexes % 5 === 0 ? 5 : hexes;
  const x = right - hexes * step;
  pen.save();
  pen.strokeStyle = "#2b2014";
  pen.lineWidth = 1.2;
  for (let i = 0; i < parts; i++) {
    pen.fillStyle = i % 2 ? "#efe2c4" : "#3b2c1c";
    pen.fillRect(x + (i * hexes * step) / parts, y, (hexes * step) / parts, 5);
  }
  pen.strokeRect(x, y, hexes * step, 5);
  letter(pen, 600, 11.5);
  caption(pen, hexes === 1 ? "1 hex" : `${hexes} hexes`, (x + right) / 2, y - 9);
  pen.restore();
}
