// @ts-check
/** Names of hexes for people: `0304` (column, row), `F12` or axial `3,-1`; and back. */

import { fromOffset, toOffset } from "./hex.js";

/** @typedef {{style: "ccrr"|"rrcc"|"letter"|"axial", origin: 0|1}} LabelStyle */
/** @typedef {import("./hex.js").Orientation} Orientation */
/** @typedef {import("./hex.js").Parity} Parity */

/** @type {LabelStyle} */
export const DEFAULT_STYLE = { style: "ccrr", origin: 1 };

/** Returns the style that a campaign's settings name. @param {import("./types.js").CampaignLabelStyle|undefined} said @returns {LabelStyle} */
export const styleOf = (said) =>
  !said
    ? DEFAULT_STYLE
    : {
        style: said.kind === "axial" ? "axial" : said.order === "rowColumn" ? "rrcc" : "ccrr",
        origin: said.origin === 0 ? 0 : 1,
      };

/** Returns a number with at least so many digits. @param {number} n @param {number} width */
const padded = (n, width) => `${n < 0 ? "-" : ""}${String(Math.abs(n)).padStart(width, "0")}`;

/** Returns a column from 0 as letters: A … Z, AA …, and -A for the column before A. @param {number} column */
function letters(column) {
  let out = "";
  for (let rest = column < 0 ? -column : column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    out = String.fromCharCode(65 + ((rest - 1) % 26)) + out;
  }
  return column < 0 ? `-${out}` : out;
}

/** Returns the label of a hex. Numbers have two digits at least, and as many as the longer of the two.
 * @param {number} q @param {number} r @param {Orientation} orientation @param {LabelStyle} [style] @param {Parity} [parity] */
export function labelOf(q, r, orientation, style = DEFAULT_STYLE, parity = "odd") {
  if (style.style === "axial") return `${q},${r}`;
  const { col, row } = toOffset(q, r, orientation, parity);
  const [column, line] = [col + style.origin, row + style.origin];
  if (style.style === "letter") return `${letters(col)}${line}`;
  const width = Math.max(2, ...[column, line].map((n) => String(Math.abs(n)).length));
  const pair = style.style === "rrcc" ? [line, column] : [column, line];
  return pair.map((n) => padded(n, width)).join("");
}

/** Two numbers of as many digits, or two apart by a sign of their own. */
const PAIRS = [
  ...[2, 3, 4, 5].map((n) => new RegExp(`^(-?\\d{${n}})(-?\\d{${n}})$`)),
  /^(-?\d{1,4})[.\s/]+(-?\d{1,4})$/,
];

/** Returns the hex a label names, or null. @param {string} text @param {Orientation} orientation @param {LabelStyle} [style] @param {Parity} [parity] */
export function parseLabel(text, orientation, style = DEFAULT_STYLE, parity = "odd") {
  const label = text.trim().toUpperCase();
  const axial = /^(-?\d{1,7})\s*,\s*(-?\d{1,7})$/.exec(label);
  if (axial) return { q: Number(axial[1]), r: Number(axial[2]) };
  const letter = /^(-?)([A-Z]{1,3})\s*(-?\d{1,4})$/.exec(label);
  if (letter) {
    const number = [...letter[2]].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0);
    return fromOffset(letter[1] ? -number : number - 1, Number(letter[3]) - style.origin, orientation, parity);
  }
  const pair = PAIRS.map((form) => form.exec(label)).find(Boolean);
  if (!pair) return null;
  const [a, b] = [Number(pair[1]) - style.origin, Number(pair[2]) - style.origin];
  return style.style === "rrcc" ? fromOffset(b, a, orientation, parity) : fromOffset(a, b, orientation, parity);
}
