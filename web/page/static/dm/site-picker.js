// @ts-check
/** All drawings of sites with their names, and a search: the grid in which a DM chooses one. */

import { openDialog } from "../ui/dialogs.js";
import { fill, h } from "../ui/elements.js";
import { SITE_KINDS } from "../model/things.js";
import { drawSite } from "../map/layers/site-shapes.js";
import { inksOf } from "../map/layers/inks.js";
import { mapTheme } from "../map/theme.js";

/** Returns the drawing of a kind, as it is on the map. @param {string} kind @param {number} side in CSS pixels */
export function siteIcon(kind, side) {
  const density = Math.min(2, devicePixelRatio || 1);
  const canvas = h("canvas.site-icon", {
    width: side * density,
    height: side * density,
    vars: { width: `${side}px`, height: `${side}px` },
    aria: { hidden: true },
  });
  const pen = canvas.getContext("2d");
  if (pen)
    drawSite(pen, kind, (side * density) / 2, (side * density) / 2, side * density * 0.4, inksOf(mapTheme()), "");
  return canvas;
}

/** Returns a search and a grid of all kinds. @param {string} now @param {(kind: string) => void} choose */
export function siteGrid(now, choose) {
  const grid = h(".site-grid", { role: "group", aria: { label: "Kinds of sites" } });
  const search = h("input", {
    type: "search",
    placeholder: "Search: castle, lair, crossing…",
    aria: { label: "Search kinds of sites" },
    oninput: () => draw(),
    onkeydown: (e) => {
      if (e.key !== "Enter") return;
      e.preventDefault();
      const [first] = found();
      if (first) pick(first[0]);
    },
  });
  const found = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return SITE_KINDS.filter(([id, name, more = ""]) =>
      words.every((word) => `${id} ${name} ${more}`.toLowerCase().includes(word)),
    );
  };
  const pick = (/** @type {string} */ kind) => {
    now = kind;
    draw();
    choose(kind);
  };
  const draw = () => {
    const kinds = found();
    fill(
      grid,
      kinds.map(([id, name]) =>
        h(
          "button.site",
          { type: "button", data: { f: id }, aria: { pressed: id === now }, onclick: () => pick(id) },
          siteIcon(id, 40),
          h("span", name),
        ),
      ),
      !kinds.length && h("p.empty", "No drawing has this name."),
    );
  };
  draw();
  return h(".stack", search, grid);
}

/** Has the DM choose a kind. @param {string} now @param {(kind: string) => void} choose */
export function pickSite(now, choose) {
  const grid = siteGrid(now, (kind) => {
    dialog.close();
    choose(kind);
  });
  const dialog = openDialog("Choose a site", grid);
  dialog.classList.add("middling");
  grid.querySelector("input")?.focus();
}
