// @ts-check
/** A hex in words: what is there, as far as one knows it. */

import { parseKey } from "../model/hex.js";
import { terrainOf } from "../model/terrain.js";
import { apartFromRest, few, viewerWords } from "../ui/text.js";

/** @param {import("./types.js").Table} table @param {string} key */
export function describe(table, key) {
  const s = table.now();
  const { q, r } = parseKey(key);
  const ground = s.terrain.at(q, r);
  const known = s.role === "dm" || ground || s.shown.at(q, r);
  const here = (/** @type {Record<string, any>} */ all, /** @type {string} */ what) =>
    Object.values(all)
      .filter((each) => each.hexKey === key)
      .map((each) => apartFromRest(each[what] ?? ""));
  const tokens = here(s.tokens, "label");
  const notes = here(s.notes, "title");
  const pins = here(s.pins, "text");
  const sites = here(s.sites, "title").filter(Boolean);
  return [
    `${table.label(key)}: ${known ? (ground ? terrainOf(ground.terrain).name : "open ground") : "unknown"}`,
    s.role === "dm" ? viewerWords(s.viewers.at(q, r), s.people) : s.shown.at(q, r) === "terrain" ? "from afar" : "",
    tokens.length ? `tokens: ${few(tokens)}` : "",
    notes.length ? `notes: ${few(notes)}` : "",
    pins.length ? `pins: ${few(pins)}` : "",
    sites.length ? `sites: ${few(sites)}` : "",
    ...(s.hints[key] ?? []),
  ]
    .filter(Boolean)
    .join("; ");
}
