// @ts-check
/** Tokens and the pins of notes. */

import { noteShape } from "../glyphs.js";
import { caption, letter, ring } from "../canvas.js";

/** @typedef {{x: number, y: number}} Point */

/** Returns where the tokens stand, those of one hex side by side. @param {Record<string, any>} tokens @param {(key: string) => Point} place
 * @param {number} size of a hex, in pixels @returns {{token: any, x: number, y: number, radius: number}[]} */
export function standings(tokens, place, size) {
  /** @type {Map<string, any[]>} */
  const byHex = new Map();
  for (const token of Object.values(tokens)) {
    const group = byHex.get(token.hexKey);
    group ? group.push(token) : byHex.set(token.hexKey, [token]);
  }
  /** @type {{token: any, x: number, y: number, radius: number}[]} */
  const out = [];
  for (const [key, group] of byHex) {
    const { x, y } = place(key);
    const alone = group.length === 1;
    group.forEach((token, i) => {
      const angle = (i / group.length) * Math.PI * 2 - Math.PI / 2;
      const far = alone ? 0 : size * 0.38;
      out.push({ token, x: x + Math.cos(angle) * far, y: y + Math.sin(angle) * far, radius: Math.max(5, size * (alone ? 0.46 : 0.34)) });
    });
  }
  return out;
}

/** @param {CanvasRenderingContext2D} pen @param {{token: any, x: number, y: number, radius: number}} at
 * @param {{mine: boolean, away: boolean, held: boolean, lamp: string, dm: boolean}} how */
export function drawToken(pen, { token, x, y, radius }, how) {
  pen.save();
  const ghost = token.visible === false;
  pen.globalAlpha = ghost ? 0.6 : how.away ? 0.5 : 1;
  if (how.held) {
    pen.shadowColor = "rgb(0 0 0 / .55)";
    pen.shadowBlur = 14;
    pen.shadowOffsetY = 6;
  }
  ring(pen, x, y, radius);
  pen.fillStyle = /^#[0-9a-f]{3,8}$/i.test(token.color ?? "") ? token.color : "#7a4b3a";
  pen.fill();
  pen.shadowColor = "transparent";
  pen.lineWidth = Math.max(2, radius * 0.16);
  pen.strokeStyle = how.mine ? how.lamp : "#fbf6e9";
  if (ghost) pen.setLineDash([radius * 0.4, radius * 0.3]);
  pen.stroke();
  pen.setLineDash([]);
  const glyph = initials(token);
  pen.fillStyle = ink(token.color);
  letter(pen, 700, radius * (glyph.length > 1 ? 0.8 : 1.05));
  pen.fillText(glyph, x, y + radius * 0.06);
  if (radius > 13 && token.label) {
    letter(pen, 600, Math.min(13, radius * 0.62));
    caption(pen, token.label, x, y + radius + 9);
  }
  pen.restore();
}

/** @param {any} token */
export function initials(token) {
  const icon = token.icon && [...token.icon].length <= 2 ? token.icon : "";
  if (icon) return icon;
  const words = String(token.label ?? "?").trim().split(/\s+/);
  return (words.length > 1 ? words[0][0] + words[1][0] : [...words[0]].slice(0, 1).join("")).toUpperCase();
}

/** Returns black or white, what reads on a colour. @param {string|undefined} color */
function ink(color) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color ?? "#7a4b3a");
  if (!hex) return "#fff";
  const [r, g, b] = hex.slice(1).map((v) => parseInt(v, 16));
  return r * 0.299 + g * 0.587 + b * 0.114 > 150 ? "#1a1712" : "#fff";
}

/** Draws the pin of a hex's notes. @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} size
 * @param {any[]} notes @param {string} lamp */
export function drawPin(pen, x, y, size, notes, lamp) {
  const radius = Math.min(11, Math.max(4, size * 0.26));
  const [px, py] = [x + size * 0.42, y - size * 0.46];
  ring(pen, px, py, radius);
  pen.fillStyle = "#fbf6e9";
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = "#3b2f1c";
  pen.stroke();
  if (radius < 6) return;
  if (notes.length > 1) {
    pen.fillStyle = "#3b2f1c";
    letter(pen, 700, radius * 1.2);
    pen.fillText(String(notes.length), px, py + 0.5);
    return;
  }
  pen.save();
  pen.translate(px, py);
  pen.scale(radius / 7.4, radius / 7.4);
  pen.lineWidth = 1.5;
  pen.stroke(noteShape(notes[0].kind));
  pen.restore();
}
