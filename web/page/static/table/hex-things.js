// @ts-check
/** The sites, paths, regions and labels of a hex, in its card: to a player what they were shown, to a DM to be changed and revealed. */

import { button, h } from "../ui/elements.js";
import { PART, kindName, thingName } from "../model/things.js";
import { audienceWords } from "../ui/text.js";

/** @typedef {import("../model/things.js").What} What */

/** @type {[What, string][]} */
const HEADS = [
  ["site", "Sites"],
  ["path", "Ways and borders"],
  ["region", "Regions"],
  ["label", "Labels"],
];

/** Whether a thing lies in a hex. @type {Record<What, (thing: any, key: string) => boolean>} */
const LIES = {
  site: (site, key) => site.hexKey === key,
  path: (path, key) => Object.hasOwn(path.pieces, key),
  region: (region, key) => region.hexes.has(key),
  label: (label, key) => label.hexKey === key,
};

/** Returns what lies in a hex, of a sort. @param {import("../model/reduce.js").Room} room @param {What} what @param {string} key @returns {any[]} */
export const thingsIn = (room, what, key) => Object.values(room[PART[what]]).filter((thing) => LIES[what](thing, key));

/** Returns a section for each sort of which there is something. @param {import("./types.js").Table} table @param {string} key @param {boolean} dm */
export function thingSections(table, key, dm) {
  const state = table.now();
  return HEADS.map(([what, head]) => {
    const things = thingsIn(state, what, key);
    return (
      things.length > 0 &&
      h(
        "section",
        h("h3", head),
        things.map((thing) => row(table, what, thing, dm)),
      )
    );
  });
}

/** @param {import("./types.js").Table} table @param {What} what @param {any} thing @param {boolean} dm */
function row(table, what, thing, dm) {
  const name = thingName(what, thing);
  const kind = kindName(what, thing.kind);
  const words = [kind !== name && kind, dm && audienceWords(thing, table.room.get().people)].filter(Boolean);
  return h(
    ".row.thing",
    h("span.grow", h("strong", name), words.length > 0 && h("span.dim.small", ` ${words.join(" · ")}`)),
    dm &&
      thing.audience !== "all" &&
      button(
        `Reveal ${name}`,
        { title: "Reveal", onclick: () => table.open("reveal-to#askWhom", what, thing) },
        "eye",
        true,
      ),
    dm &&
      button(
        `Edit ${name}`,
        { title: "Edit", onclick: () => table.open("thing-editor#edit", what, thing) },
        "note",
        true,
      ),
  );
}
