// @ts-check
/** What a file would become, told before it is laid: how it is read, whether neighbours lie right, and what its terrains turn into. */

import { PALETTE, TERRAINS, terrainOf } from "../model/terrain.js";
import { choices, h } from "../ui/elements.js";
import { count, list } from "../ui/text.js";

/** @typedef {import("../net/answers.js").Remark} Remark */
/** @typedef {import("../net/answers.js").FileTerrain} FileTerrain */

/** @type {Record<string, string>} */
const FORMATS = {
  hexroom: "Hexroom JSON",
  worldographer: "Worldographer",
  textmapper: "Text Mapper",
  spreadsheet: "Spreadsheet",
  traveller: "Traveller sector",
};
/** @type {[string, string][]} */
const AUDIENCES = [
  ["", "Only you, until you reveal them"],
  ["seen", "Players who see their hex"],
];
/** How files number their hexes, as changes to how they were read. @type {Record<string, any>} */
const LABELS = {
  "0101, column first": { firstColumn: 1, firstRow: 1, order: "column-row", letters: false },
  "0000, column first": { firstColumn: 0, firstRow: 0, order: "column-row", letters: false },
  "0101, row first": { firstColumn: 1, firstRow: 1, order: "row-column", letters: false },
  "0000, row first": { firstColumn: 0, firstRow: 0, order: "row-column", letters: false },
  "A1, letters": { firstRow: 1, letters: true },
};
/** Where the neighbours stand in three rows of three. @type {Record<string, string[]>} */
const AROUND = {
  flat: ["NW", "N", "NE", "", "", "", "SW", "S", "SE"],
  pointy: ["NW", "", "NE", "W", "", "E", "SW", "", "SE"],
};

/** @param {string} label @param {string} now @param {[string, string][]} all @param {(v: string) => void} does */
const choose = (label, now, all, does) =>
  h("label.grow", label, h("select", { onchange: (/** @type {any} */ e) => does(e.target.value) }, choices(all, now)));

/** Returns the fields that say how the file is read.
 * @param {any} p the preview, as the server answers it @param {Record<string, any>} options what was chosen so far
 * @param {(name: string, value: any) => void} set @param {(format: string) => void} readAs */
export function readingFields(p, options, set, readAs) {
  const labels =
    p.labels && (Object.keys(LABELS).find((l) => Object.entries(LABELS[l]).every(([k, v]) => p.labels[k] === v)) ?? "");
  return [
    p.format &&
      h(
        ".row",
        choose("Read as", p.format, Object.entries(FORMATS), readAs),
        h(
          "label.grow",
          "Name",
          h("input", {
            maxLength: 80,
            value: p.name,
            data: { f: "name" },
            oninput: (/** @type {any} */ e) => set("name", e.target.value),
          }),
        ),
      ),
    p.labels &&
      h(
        ".row",
        choose(
          "Hexes",
          p.orientation,
          [
            ["flat", "Flat tops"],
            ["pointy", "Pointy tops"],
          ],
          (v) => set("orientation", v),
        ),
        choose(
          p.orientation === "pointy" ? "Pushed right" : "Pushed down",
          p.labels.parity,
          ["odd", "even"].map((v) => [
            v,
            `${v === "odd" ? "Every second" : "The first, third …"} ${p.orientation === "pointy" ? "row" : "column"}`,
          ]),
          (v) => set("parity", v),
        ),
      ),
    p.labels &&
      p.format !== "hexroom" &&
      choose(
        "Labels in the file",
        labels,
        /** @type {[string, string][]} */ ([
          ...(labels ? [] : [["", "As it says"]]),
          ...Object.keys(LABELS).map((l) => [l, l]),
        ]),
        (v) => {
          const { parity: _, ...rest } = p.labels;
          set("labels", v ? { ...rest, ...LABELS[v] } : "");
        },
      ),
    p.levels?.length > 1 &&
      choose(
        "Level",
        p.level,
        p.levels.map((/** @type {string} */ level) => [level, level]),
        (v) => set("level", v),
      ),
    ["spreadsheet", "textmapper", "traveller"].includes(p.format) &&
      choose(
        p.format === "spreadsheet" ? "Who sees titles and sites" : "Who sees titles, roads and sites",
        options.audience ?? "",
        AUDIENCES,
        (v) => set("audience", v),
      ),
  ];
}

/** Returns what was found in the file: its size, what lies on it, what its terrains become, and remarks.
 * @param {any} p the preview @param {(name: string, becomes: string) => void} become */
export function findings(p, become) {
  return [
    p.error && h("p.faults.danger-text", { role: "alert" }, place(p.error), p.error.text),
    !p.error &&
      h(
        "p",
        { role: "status" },
        h("strong", `${p.columns} × ${p.rows}, ${count(p.hexes, "hex")}`),
        p.notes ? `, ${count(p.notes, "note")}${p.dmOnlyNotes ? `, ${p.dmOnlyNotes} of them only for you` : ""}` : "",
      ),
    !p.error && onMap(p),
    p.terrains?.length > 0 &&
      h(
        ".stack",
        h("h3", "What its terrains become"),
        h(
          ".mapping",
          p.terrains.map((/** @type {FileTerrain} */ t) => mapping(t, become)),
        ),
      ),
    p.warnings.length > 0 &&
      h(
        "details",
        h("summary", count(p.warnings.length, "remark")),
        h(
          "ul.plainlist",
          p.warnings.map((/** @type {Remark} */ w) => h("li.small", place(w), w.text)),
        ),
      ),
  ];
}

/** @param {FileTerrain} t @param {(name: string, becomes: string) => void} become */
const mapping = (t, become) =>
  h(
    "label",
    h("span", t.name),
    h("span.dim.small", count(t.count, "hex")),
    h(
      "select",
      { onchange: (/** @type {any} */ e) => become(t.name, e.target.value) },
      choices(
        [...new Set([t.proposed, ...PALETTE, ...Object.keys(TERRAINS), t.name, ""])].map((id) => [
          id,
          id ? terrainOf(id).name : "Leave out",
        ]),
        t.proposed,
      ),
    ),
  );

/** Tells what lies on the map besides its hexes and notes. @param {any} p */
function onMap(p) {
  const things = [
    [p.paths, "path"],
    [p.sites, "site"],
    [p.regions, "region"],
    [p.labelsOnMap, "label"],
  ].filter(([n]) => n);
  if (!things.length) return null;
  const secret = p.dmOnly ? `, ${p.dmOnly} of them only for you` : "";
  return h("p", `On it: ${list(things.map(([n, name]) => count(n, name)))}${secret}.`);
}

/** @param {Remark} problem */
const place = ({ line, position }) => (line ? h("b", `Line ${line}: `) : position ? h("b", `${position}: `) : "");

/** Returns a hex of the file with its neighbours around it. @param {any} p */
export function rosette({ orientation, sample, neighbours, terrains }) {
  const becomes = (/** @type {string} */ name) =>
    terrains.find((/** @type {FileTerrain} */ t) => t.name === name)?.proposed || name;
  const cell = (/** @type {any} */ of, /** @type {string} */ way) =>
    of
      ? h(
          "div",
          { class: way ? "" : "mid", title: `${way} ${of.terrain ?? ""}` },
          h("b", way && h("span.sr", `${way} `), of.label),
          of.terrain ? terrainOf(becomes(of.terrain)).name : "–",
        )
      : h("span");
  return h(
    ".around",
    AROUND[orientation].map((way, i) => cell(i === 4 ? sample : neighbours[way], way)),
  );
}
