// @ts-check
/** Links in notes: `[[0102]]` leads to a hex, `[[Greyfang]]` to the hex of the note of that name. */

import { parseLabel, styleOf } from "../model/labels.js";
import { keyOf } from "../model/hex.js";
import { h } from "../ui/elements.js";

const LINK = /\[\[([^[\]\n]{1,80})\]\]/;

/** Returns a text with its links as buttons. What leads to nothing that the reader knows of stays a bare name.
 * @param {string} text @param {any} [table] without one, links are bare names, too @returns {any[]} */
export function linked(text, table) {
  return text.split(LINK).map((part, at) => {
    if (at % 2 === 0) return part;
    const name = part.trim();
    const key = table && hexNamed(table, name);
    return key ? h("button.link", { type: "button", onclick: () => table.select(key, true) }, name) : name;
  });
}

/** Returns the key of the hex that a name leads to, by what its reader knows; null for none.
 * @param {any} table @param {string} name @returns {string|null} */
function hexNamed(table, name) {
  const { map, notes, settings } = table.now();
  const small = name.toLowerCase();
  const found = Object.values(notes).find((/** @type {any} */ note) => note.title.toLowerCase() === small);
  if (found) return found.hexKey;
  // As the campaign writes labels, whatever somebody chose for their own eyes.
  const at = map && parseLabel(name, map.orientation, styleOf(settings.labelStyle));
  return at ? keyOf(at.q, at.r) : null;
}
