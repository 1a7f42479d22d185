// @ts-check
/** Names of hexes for people: `0304` (column, row), `F12` or axial `3,-1`; and back. */

import { fromOffset, toOffset } from "./hex.js";

/** @typedef {{style: "ccrr"|"rrcc"|"letter"|"axial", origin: 0|1}} LabelStyle */
/** @typedef {import("./hex.js").Orientation} Orientation */

/** @type {LabelStyle} */
export const DEFAULT_STYLE = { style: "ccrr", origin: 1 };

/** Returns the style that a campaign's settings name. @param {any} said @returns {LabelStyle} */
export const styleOf = (said) => !said ? DEFAULT_STYLE
  : { style: said.kind === "axial" ? "axial" : said.order === "rowColumn" ? "rrcc" : "ccrr", origin: said.origin === 0 ? 0 : 1 };

/** @type {(n: number) => string} */
const two = (n) => (n < 0 ? `-${two(-n)}` : String(n).padStart(2, "0"));

/** @param {number} n */
function letters(n) {
  let out = "";
  for (let i = n + 1; i > 0; i = Math.floor((i - 1) / 26)) out = String.fromCharCode(65 + ((i - 1) % 26)) + out;
  return out;
}

/** Returns the label of a hex. Past 99 both numbers take three digits, apart by a dot.
 * @param {number} q @param {number} r @param {Orientation} orientation @param {LabelStyle} [style] */
export function labelOf(q, r, orientation, style = DEFAULT_STYLE) {
  if (style.style === "axial") return `${q},${r}`;
  const { col, row } = toOffset(q, r, orientation);
  const [c, w] = [col + style.origin, row + style.origin];
  if (style.style === "letter" && col >= 0) return `${letters(col)}${w}`;
  const [a, b] = style.style === "rrcc" ? [w, c] : [c, w];
  const wide = a > 99 || b > 99 || a < 0 || b < 0;
  return wide ? `${two(a)}.${two(b)}` : two(a) + two(b);
}

/** Returns the hex a label names, or null. @param {string} text @param {Orientation} orientation @param {LabelStyle} [style] */
export function parseLabel(text, orientation, style = DEFAULT_STYLE) {
  const label = text.trim().toUpperCase();
  const axial = /^(-?\d{1,7})\s*,\s*(-?\d{1,7})$/.exec(label);
  if (axial) return { q: Number(axial[1]), r: Number(axial[2]) };
  const letter = /^([A-Z]{1,3})\s*(\d{1,4})$/.exec(label);
  if (letter) {
    const col = [...letter[1]].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;
    return fromOffset(col, Number(letter[2]) - style.origin, orientation);
  }
  const pair = /^(\d{2})(\d{2})$/.exec(label) ?? /^(\d{3})(\d{3})$/.exec(label) ?? /^(-?\d{1,4})[.\s/]+(-?\d{1,4})$/.exec(label);
  if (!pair) return null;
  const [a, b] = [Number(pair[1]) - style.origin, Number(pair[2]) - style.origin];
  return style.style === "rrcc" ? fromOffset(b, a, orientation) : fromOffset(a, b, orientation);
}
