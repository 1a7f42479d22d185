// @ts-check
/** The first rows of a spreadsheet that is brought along, with a choice of what each column is for. */

import { keep, saved } from "../map/theme.js";
import { choices, h } from "../ui/elements.js";

/** @typedef {{sheet: string, sheets: string[], encoding: string, headings: string[], columns: string[], lines: number[], rows: string[][]}} Table */

/** @type {[string, string][]} */
const ROLES = [
  ["leave", "Leave out"],
  ["label", "Hex label"],
  ["column", "Column (x)"],
  ["row", "Row (y)"],
  ["terrain", "Terrain"],
  ["title", "Title"],
  ["public", "Players’ text"],
  ["secret", "DM’s text"],
  ["site", "Site (icon and name)"],
  ["link", "Link"],
  ["audience", "Who sees it"],
];
const MOST_REMEMBERED = 50;
const SHOWN_ROWS = 5;

/** Returns what tables of the same heading have in common. @param {Table} table */
const headingOf = (table) =>
  table.headings.some(Boolean)
    ? table.headings.join("|").toLowerCase().slice(0, 500)
    : `${table.columns.length} columns`;

/** Returns the roles that were chosen for a table of this heading; undefined for none.
 * @param {Table} table @returns {string[]|undefined} */
export function rememberedRoles(table) {
  const roles = saved("columns", {})[headingOf(table)];
  return Array.isArray(roles) && roles.length === table.columns.length ? roles : undefined;
}

/** Remembers roles for the next import of the same heading. @param {Table} table @param {string[]} roles */
export function rememberRoles(table, roles) {
  const { [headingOf(table)]: _, ...others } = saved("columns", {});
  const kept = Object.entries(others).slice(1 - MOST_REMEMBERED);
  keep("columns", Object.fromEntries([...kept, [headingOf(table), roles]]));
}

/** Returns the table; a choice is told with its column.
 * @param {Table} table @param {(at: number, role: string) => void} choose @param {(sheet: string) => void} chooseSheet */
export function columnTable(table, choose, chooseSheet) {
  const named = (/** @type {number} */ at) => table.headings[at] || `Column ${at + 1}`;
  const used = table.columns.map((role, at) => role !== "leave" || table.rows.some((row) => row[at]));
  const shown = [...table.columns.keys()].filter((at) => used[at] || table.headings[at]);
  return h(
    ".stack",
    h("h3", "What each column is"),
    table.sheets.length > 1 &&
      h(
        "label",
        "Sheet",
        h(
          "select",
          { onchange: (/** @type {any} */ e) => chooseSheet(e.target.value) },
          choices(
            table.sheets.map((name) => [name, name]),
            table.sheet,
          ),
        ),
      ),
    h(
      ".columns",
      { tabIndex: 0, role: "region", aria: { label: "The first rows of the table" } },
      h(
        "table",
        h(
          "thead",
          h(
            "tr",
            shown.map((at) =>
              h(
                "th",
                { scope: "col", data: { role: table.columns[at] } },
                h(
                  "label",
                  h("span", named(at)),
                  h(
                    "select",
                    { data: { f: `column-${at}` }, onchange: (/** @type {any} */ e) => choose(at, e.target.value) },
                    choices(ROLES, table.columns[at]),
                  ),
                ),
              ),
            ),
          ),
        ),
        h(
          "tbody",
          table.rows.slice(0, SHOWN_ROWS).map((row) =>
            h(
              "tr",
              shown.map((at) => h("td", { title: row[at], data: { role: table.columns[at] } }, row[at])),
            ),
          ),
        ),
      ),
    ),
    h(
      "p.dim.small",
      "A text reaches players only from a column that you call players’ text. Your choice is kept for the next file with this heading.",
    ),
  );
}
