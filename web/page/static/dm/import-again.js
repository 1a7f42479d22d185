// @ts-check
/** What a file brings that a campaign has already, and the choice between putting both together and replacing it. */

import { choices, h } from "../ui/elements.js";

/** @typedef {{new: number, changed: number, same: number, gone: number}} Tally */

/** @type {[string, string][]} */
const WAYS = [
  ["", "New map in its place; merge what lies on it"],
  ["merge", "Merge: update and add, keep the rest"],
  ["replace", "Replace: the file alone counts"],
  ["add", "Add: leave all that is there as it is"],
];
const THINGS = ["hexes", "notes", "paths", "sites", "regions", "labels"];

/** As the server calls a map that it generated, where nobody named it. */
const GENERATED = "Generated map";

/** Returns whether a campaign has nothing yet but a generated map on which nobody did anything: a file may as well replace it.
 * @param {import("../model/reduce.js").Room} room */
export function isUntouched({ map, notes, shown, history }) {
  const done = history.newest || history.canUndo || history.canRedo;
  return map?.name === GENERATED && !done && !shown.size && !Object.keys(notes).length;
}

/** Returns the choice, and what of the file is new, changed and gone. @param {Record<string, Tally>} again @param {string} now @param {(way: string) => void} choose */
export function againChoice(again, now, choose) {
  const rows = THINGS.filter((what) => again[what] && Object.values(again[what]).some(Boolean));
  return h(
    ".stack",
    h("h3", "The campaign has a map already"),
    h(
      "label",
      "What to do with it",
      h(
        "select",
        { data: { f: "again" }, onchange: (/** @type {any} */ e) => choose(e.target.value) },
        choices(WAYS, now),
      ),
    ),
    rows.length > 0 &&
      h(
        "table.tally",
        h(
          "thead",
          h(
            "tr",
            h("th", ""),
            ["New", "Changed", "Same", now === "replace" ? "Goes" : "Only here"].map((name) =>
              h("th", { scope: "col" }, name),
            ),
          ),
        ),
        h(
          "tbody",
          rows.map((what) =>
            h(
              "tr",
              h("th", { scope: "row" }, what[0].toUpperCase() + what.slice(1)),
              ["new", "changed", "same", "gone"].map((part) =>
                h("td", String(again[what][/** @type {keyof Tally} */ (part)])),
              ),
            ),
          ),
        ),
      ),
  );
}
