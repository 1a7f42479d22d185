// @ts-check
/** Tokens and the pins of notes. */

import { noteShape } from "../glyphs.js";
import { caption, letter, ring } from "../canvas.js";

/** @typedef {{x: number, y: number}} Point */

/** Beyond this many on a hex, one is drawn with a badge that says how many; the others fan out when it is pointed at. */
export const SIDE_BY_SIDE = 3;

/** @typedef {{token: any, x: number, y: number, radius: number, stack: number, ghost: boolean, crowded?: boolean}} Standing
 *   crowded: too close to others for a name; stack: how many stand there in all, on the one that stands for them; ghost: staged, not there yet */

/** Returns the tokens of a room, and those that a DM's staged changes will bring or move: as ghosts where they will stand.
 * @param {import("../../model/reduce.js").Room} room @returns {any[]} */
export function tokensOf({ tokens, staged, role }) {
  const all = Object.values(tokens);
  if (role !== "dm" || !staged.length) return all;
  /** @type {any[]} */
  const ghosts = [];
  /** Pictures that wait, by token. @type {Map<string, string|undefined>} */
  const faces = new Map();
  for (const { id, type, data = {} } of staged) {
    const key = data.tokenId ?? "";
    const of = tokens[key];
    const picture = faces.get(key) ?? of?.picture;
    if (type === "token:create") ghosts.push({ ...data, id: data.id ?? `staged-${id}`, ghost: true });
    else if (type === "token:move" && of) ghosts.push({ ...of, id: `staged-${id}`, tokenId: key, hexKey: data.toHexKey, picture, from: of.hexKey, ghost: true });
    else if (type === "token:picture") {
      faces.set(key, data.picture);
      const waits = ghosts.filter((ghost) => ghost.tokenId === key);
      for (const ghost of waits) ghost.picture = data.picture;
      if (of && !waits.length) ghosts.push({ ...of, id: `staged-${id}`, tokenId: key, picture: data.picture, ghost: true });
    }
  }
  return [...all, ...ghosts];
}

/** Returns where tokens stand: alone, up to three side by side, more in a stack; those of the hex `fanned` in a ring around it.
 * @param {any[]} tokens @param {(key: string) => Point} place @param {number} size of a hex, in pixels @param {string|null} [fanned] @returns {Standing[]} */
export function standings(tokens, place, size, fanned = null) {
  /** @type {Map<string, any[]>} */
  const byHex = new Map();
  for (const token of tokens) {
    const group = byHex.get(token.hexKey);
    group ? group.push(token) : byHex.set(token.hexKey, [token]);
  }
  /** @type {Standing[]} */
  const out = [];
  /** @type {Standing[]} */
  const onTop = [];
  for (const [key, group] of byHex) {
    const { x, y } = place(key);
    const n = group.length;
    if (n > SIDE_BY_SIDE && key !== fanned) {
      const radius = Math.max(6, size * 0.42);
      // Two behind the first hint at the stack.
      for (const [i, token] of group.slice(0, 3).reverse().entries())
        out.push({ token, x: x + (2 - i) * radius * 0.16, y: y - (2 - i) * radius * 0.16, radius, stack: i === 2 ? n : 0, crowded: i < 2, ghost: Boolean(token.ghost) });
      continue;
    }
    const radius = Math.max(n > SIDE_BY_SIDE ? 15 : 6, size * (n === 1 ? 0.46 : 0.34));
    const far = n === 1 ? 0 : n > SIDE_BY_SIDE ? Math.max(size * 0.9, (radius * 2.2 * n) / 6.28) : size * 0.4;
    group.forEach((token, i) => {
      const angle = (i / n) * Math.PI * 2 - Math.PI / 2;
      (key === fanned ? onTop : out).push({ token, x: x + Math.cos(angle) * far, y: y + Math.sin(angle) * far, radius, stack: 0, ghost: Boolean(token.ghost), crowded: n > SIDE_BY_SIDE });
    });
  }
  return [...out, ...onTop];
}

/** Draws a token: its face in its colour, a ring that says whose it is, a further one if it is held, a badge on a stack.
 * @param {CanvasRenderingContext2D} pen @param {Standing} at
 * @param {{mine: boolean, owned: boolean, away: boolean, held: boolean, lamp: string, dm: boolean, face?: CanvasImageSource|null}} how face: its picture, once that has come */
export function drawToken(pen, { token, x, y, radius, stack, ghost, crowded }, how) {
  const unseen = token.visible === false;
  const color = /^#[0-9a-f]{6}$/i.test(token.color ?? "") ? token.color : "#7a4b3a";
  pen.save();
  pen.globalAlpha = ghost ? 0.72 : unseen ? 0.8 : 1;
  pen.shadowColor = "rgb(0 0 0 / .5)";
  pen.shadowBlur = how.held ? 14 : radius * 0.3;
  pen.shadowOffsetX = radius * 0.08;
  pen.shadowOffsetY = how.held ? 6 : radius * 0.14;
  ring(pen, x, y, radius);
  pen.fillStyle = how.away ? mixed(color, "#8d8d88", 0.6) : color;
  pen.fill();
  pen.shadowColor = "transparent";
  if (how.face) {
    if (how.away) pen.filter = "grayscale(.8)";
    pen.drawImage(how.face, x - radius, y - radius, radius * 2, radius * 2);
    pen.filter = "none";
  }
  const light = pen.createRadialGradient(x - radius * 0.4, y - radius * 0.5, radius * 0.1, x, y, radius);
  light.addColorStop(0, "rgb(255 255 255 / .34)");
  light.addColorStop(0.6, "rgb(255 255 255 / 0)");
  light.addColorStop(1, "rgb(0 0 0 / .22)");
  pen.fillStyle = light;
  if (!how.face) pen.fill();
  // Whose it is: gold for one's own, cream for another player's, dark for the DM's.
  const band = Math.max(1.6, radius * 0.13);
  pen.lineWidth = band;
  pen.strokeStyle = how.mine ? how.lamp : how.owned ? "#fbf6e9" : "#2b211a";
  ring(pen, x, y, radius - band * 0.4);
  if (ghost || unseen) pen.setLineDash([radius * 0.4, radius * 0.26]);
  if (ghost) pen.strokeStyle = "#b18cf0";
  pen.stroke();
  pen.setLineDash([]);
  pen.lineWidth = 1;
  pen.strokeStyle = "rgb(20 14 8 / .75)";
  ring(pen, x, y, radius + 0.5);
  pen.stroke();
  if (how.held) {
    pen.lineWidth = 2.5;
    pen.strokeStyle = how.lamp;
    ring(pen, x, y, radius + 4);
    pen.stroke();
  }
  if (!how.face) {
    const glyph = initials(token);
    pen.fillStyle = ink(how.away ? mixed(color, "#8d8d88", 0.6) : color);
    letter(pen, 700, radius * (glyph.length > 1 ? 0.78 : 1.02));
    pen.fillText(glyph, x, y + radius * 0.06);
  }
  if (how.away && radius > 9) badge(pen, x - radius * 0.72, y - radius * 0.72, Math.max(6, radius * 0.34), "z", "#4d565b");
  if (unseen && radius > 9) badge(pen, x - radius * 0.72, y + radius * 0.7, Math.max(6, radius * 0.34), "–", "#6b45c4");
  if (stack) badge(pen, x + radius * 0.78, y - radius * 0.74, Math.max(8, radius * 0.44), String(stack), "#1d2b31");
  if (radius > 12 && token.label && !crowded) {
    letter(pen, 600, Math.min(13, Math.max(10.5, radius * 0.6)));
    pen.globalAlpha = 1;
    caption(pen, shortened(pen, token.label, Math.max(64, radius * 4.6)), x, y + radius + 10);
  }
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius @param {string} text @param {string} fill */
function badge(pen, x, y, radius, text, fill) {
  ring(pen, x, y, radius);
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = "#fbf6e9";
  pen.stroke();
  pen.fillStyle = "#fff";
  letter(pen, 700, radius * (text.length > 1 ? 1.05 : 1.3));
  pen.fillText(text, x, y + radius * 0.08);
}

/** Returns a text cut with an ellipsis to a width, by whole characters. @param {CanvasRenderingContext2D} pen @param {string} text @param {number} width */
export function shortened(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  const letters = [...new Intl.Segmenter().segment(text)].map((part) => part.segment);
  while (letters.length > 1 && pen.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** @param {string} a @param {string} b @param {number} t */
function mixed(a, b, t) {
  const parts = [1, 3, 5].map((i) => Math.round(parseInt(a.slice(i, i + 2), 16) * (1 - t) + parseInt(b.slice(i, i + 2), 16) * t));
  return `#${parts.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
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

/** Draws the flag of what a player pinned to a hex. @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} size @param {string} color */
export function drawFlag(pen, x, y, size, color) {
  const high = Math.min(20, Math.max(8, size * 0.5));
  const [left, foot] = [x - size * 0.5, y - size * 0.26];
  const top = foot - high;
  pen.lineWidth = 1.6;
  pen.strokeStyle = "#2b211a";
  pen.fillStyle = color;
  pen.beginPath();
  pen.moveTo(left, top);
  pen.lineTo(left + high * 0.72, top + high * 0.28);
  pen.lineTo(left, top + high * 0.56);
  pen.closePath();
  pen.fill();
  pen.stroke();
  pen.beginPath();
  pen.moveTo(left, top);
  pen.lineTo(left, foot);
  pen.stroke();
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
