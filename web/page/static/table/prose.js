// @ts-check
/** Texts of notes: safe Markdown as elements, never as markup. `[[0102]]` leads to a hex, `[[Greyfang]]` to the hex of the note of that name,
 * `[there](0102)` to a hex by another name, and `[here](https://…)` out into the world. */

import { parseLabel, styleOf } from "../model/labels.js";
import { keyOf } from "../model/hex.js";
import { h } from "../ui/elements.js";

/** @typedef {import("../ui/elements.js").Child} Child */
/** What a reader's links lead over: what they know, and a way to a hex. Without one, links to hexes are bare names.
 * @typedef {Pick<import("./types.js").Table, "now"|"select">} Reader */

const SPAN = /(\[\[[^[\]\n]{1,80}\]\]|\[[^[\]\n]{1,200}\]\([^()\s]{1,500}\)|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/;
const NAMED = /^\[([^\]]+)\]\(([^)]+)\)$/;

/** The addresses that a link may have; all others stay words. */
const SCHEMES = ["http:", "https:", "mailto:"];

/** Returns paragraphs, **bold**, *italic*, lists, headings and links. @param {string} text @param {Reader} [reader] @returns {HTMLElement[]} */
export function prose(text, reader) {
  return String(text ?? "")
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((block) => {
      const lines = block.split("\n");
      if (lines.every((l) => /^\s*[-*]\s/.test(l)))
        return h(
          "ul",
          lines.map((l) => h("li", spans(l.replace(/^\s*[-*]\s+/, ""), reader))),
        );
      const head = /^#{1,4}\s+(.*)/.exec(block);
      return head ? h("h4", spans(head[1], reader)) : h("p", spans(block, reader));
    });
}

/** @param {string} text @param {Reader} [reader] @returns {Child[]} */
const spans = (text, reader) =>
  text.split(SPAN).flatMap((part) => {
    if (part.startsWith("[[") && part.length > 4)
      return toHex(part.slice(2, -2).trim(), part.slice(2, -2).trim(), reader);
    const named = NAMED.exec(part);
    if (named) return linked(named[1], named[2], reader);
    if (part.startsWith("**") && part.length > 4) return h("strong", spans(part.slice(2, -2), reader));
    if (/^\*[^*]+\*$/.test(part)) return h("em", spans(part.slice(1, -1), reader));
    return part;
  });

/** @param {string} words @param {string} target @param {Reader} [reader] @returns {Child} */
function linked(words, target, reader) {
  const url = URL.canParse(target) ? new URL(target) : null;
  if (!url) return toHex(words, target, reader);
  if (!SCHEMES.includes(url.protocol)) return words;
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, words);
}

/** Returns a way to a hex; what leads to nothing that the reader knows of stays a bare name.
 * @param {string} words @param {string} name @param {Reader} [reader] @returns {Child} */
function toHex(words, name, reader) {
  const key = reader && hexNamed(reader, name);
  return key ? h("button.link", { type: "button", onclick: () => reader.select(key, true) }, words) : words;
}

/** Returns the key of the hex that a name leads to, by what its reader knows; null for none.
 * @param {Reader} reader @param {string} name @returns {string|null} */
function hexNamed(reader, name) {
  const { map, notes, settings } = reader.now();
  const small = name.toLowerCase();
  const found = Object.values(notes).find((note) => note.title.toLowerCase() === small);
  if (found) return found.hexKey;
  // As the campaign writes labels, whatever somebody chose for their own eyes.
  const at = map && parseLabel(name, map.orientation, styleOf(settings.labelStyle), map.parity);
  return at ? keyOf(at.q, at.r) : null;
}
