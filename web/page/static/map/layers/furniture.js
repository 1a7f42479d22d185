// @ts-check
/** What lies in a corner of a map: a compass rose over a scale bar in hexes or in miles. */

import { caption, letter } from "../canvas.js";

/** Lengths a scale bar may have, in hexes. */
const LENGTHS = [1, 2, 3, 5, 10, 20, 30, 50, 100];
/** How wide a scale bar may be, in CSS pixels. */
const WIDEST = 170;

/** Draws both where there is room for them. @param {CanvasRenderingContext2D} pen @param {{w: number, h: number}} size CSS pixels
 * @param {number} step CSS pixels from a hex to the next @param {import("../../model/types.js").Settings} settings say how wide a hex is */
export function drawFurniture(pen, size, step, { hexWidth = 0, hexUnit = "miles" }) {
  if (size.w < 560 || size.h < 360) return;
  compass(pen, size.w - 115, size.h - 80, 27);
  const bar = hexWidth ? inUnits(step / hexWidth, hexUnit) : inHexes(step);
  if (bar) scaleBar(pen, size.w - 86, size.h - 26, bar);
}

/** How long a scale bar is in CSS pixels, in how many parts, and what it says. @typedef {{wide: number, parts: number, words: string}} Bar */

/** Returns the longest bar of hexes that has room. @param {number} step @returns {Bar|null} */
export function inHexes(step) {
  const hexes = [...LENGTHS].reverse().find((n) => n * step <= WIDEST);
  if (!hexes) return null;
  return { wide: hexes * step, parts: hexes % 5 ? hexes : 5, words: hexes === 1 ? "1 hex" : `${hexes} hexes` };
}

/** Returns the longest bar of a round number of miles, or of what else the campaign counts in, that has room.
 * @param {number} step CSS pixels of one @param {string} unit @returns {Bar} */
export function inUnits(step, unit) {
  const most = WIDEST / step;
  const power = 10 ** Math.floor(Math.log10(most));
  const lead = most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1;
  const length = Number((lead * power).toPrecision(1));
  const words = `${length.toLocaleString("en")} ${unit === "miles" && length === 1 ? "mile" : unit}`;
  return { wide: length * step, parts: lead === 2 ? 4 : 5, words };
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

/** @param {CanvasRenderingContext2D} pen @param {number} right @param {number} y @param {Bar} bar */
function scaleBar(pen, right, y, { wide, parts, words }) {
  const x = right - wide;
  pen.save();
  pen.strokeStyle = "#2b2014";
  pen.lineWidth = 1.2;
  for (let i = 0; i < parts; i++) {
    pen.fillStyle = i % 2 ? "#efe2c4" : "#3b2c1c";
    pen.fillRect(x + (i * wide) / parts, y, wide / parts, 5);
  }
  pen.strokeRect(x, y, wide, 5);
  letter(pen, 600, 11.5);
  caption(pen, words, (x + right) / 2, y - 9);
  pen.restore();
}
