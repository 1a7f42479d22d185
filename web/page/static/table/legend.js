// @ts-check
/** The legend: what the map that one sees has on it, drawn by the painter of the map. */

import { button, fill, h, on } from "../ui/elements.js";
import { corners } from "../model/hex.js";
import { TERRAINS, terrainOf } from "../model/terrain.js";
import { PATH_KINDS, SITE_KINDS, kindName } from "../model/things.js";
import { inksOf } from "../map/layers/inks.js";
import { outline } from "../map/canvas.js";
import { colorOf as regionColor, drawPath } from "../map/layers/map-objects.js";
import { drawSite } from "../map/layers/site-shapes.js";
import { startPainting } from "../map/painting.js";
import { mapTheme } from "../map/theme.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Table} Table */

/** How wide and high a drawing is, in CSS pixels. */
const SIDE = 36;
/** In numbers of the painter: a hex that is fully seen, and how many columns apart two terrains are. */
const FULL = 3;
const APART = 40;

/** Returns the terrains, kinds of sites and of paths, and the regions that a room's viewer sees, each once. @param {Room} room */
export function onMap({ terrain, sites, notes, paths, regions }) {
  /** @type {Map<string, string>} */
  const grounds = new Map();
  for (const [, , { terrain: kind }] of terrain)
    if (kind && !grounds.has(kind)) grounds.set(kind, terrainOf(kind).name);
  const names = [...new Set(grounds.values())];
  const order = Object.values(TERRAINS).map(({ name }) => name);
  const place = (/** @type {string} */ name) => (order.indexOf(name) + 1 || order.length + 1) - 1;
  const kinds = (/** @type {Record<string, {kind?: string}>} */ all) =>
    new Set(Object.values(all).map((each) => each.kind));
  const [siteKinds, pathKinds] = [kinds(sites), kinds(paths)];
  const noteKinds = new Set(Object.values(notes).map((note) => note.site));
  return {
    terrains: names
      .sort((a, b) => place(a) - place(b))
      .map((name) => /** @type {[string, string]} */ ([[...grounds].find(([, of]) => of === name)?.[0] ?? "", name])),
    sites: SITE_KINDS.filter(([kind]) => siteKinds.has(kind) || noteKinds.has(kind)),
    paths: PATH_KINDS.filter(([kind]) => pathKinds.has(kind)),
    regions: Object.values(regions)
      .map(({ id, kind = "other", name, color }) => ({ id, kind, color, name: name || kindName("region", kind) }))
      .sort((a, b) => a.name.localeCompare(b.name, "en")),
  };
}

/** The legends of tables, once they were asked for. @type {WeakMap<Table, () => void>} */
const legends = new WeakMap();

/** Opens the legend of a table, or closes it. @param {Table} table */
export function open(table) {
  const toggle = legends.get(table) ?? createLegend(table);
  legends.set(table, toggle);
  toggle();
}

/** @param {Table} table */
function createLegend(table) {
  const body = h(".stack");
  const close = () => {
    node.remove();
    /** @type {HTMLElement|null} */ (document.querySelector(".zoom [data-f=legend]"))?.focus();
  };
  const node = h(
    "section.hexcard.legend",
    { tabIndex: -1, role: "dialog", aria: { label: "Legend" } },
    h("header", h("h2.grow", "Legend"), button("Close", { onclick: close }, "close", true)),
    body,
  );
  on(node, "keydown", (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    close();
  });
  let drawn = "";
  const draw = () => {
    if (!node.isConnected) return;
    const all = onMap(table.now());
    const said = JSON.stringify([all, mapTheme()]);
    if (said === drawn) return;
    drawn = said;
    const inks = inksOf(mapTheme());
    const part = (/** @type {string} */ title, /** @type {[string, Node][]} */ rows) =>
      rows.length > 0 &&
      h(
        "section",
        h("h3", title),
        h(
          "ul.plainlist",
          rows.map(([name, drawing]) => h("li.row", drawing, name)),
        ),
      );
    const grounds = all.terrains.map(([, name]) => /** @type {[string, HTMLCanvasElement]} */ ([name, sheet()]));
    paintGrounds(
      all.terrains.map(([kind]) => kind),
      grounds.map(([, canvas]) => canvas),
      table.now().map?.orientation ?? "flat",
    );
    fill(
      body,
      part("Terrain", grounds),
      part(
        "Paths",
        all.paths.map(([kind, name]) => [name, pathDrawing(kind, inks)]),
      ),
      part(
        "Sites",
        all.sites.map(([kind, name]) => [name, siteDrawing(kind, inks)]),
      ),
      part(
        "Regions",
        all.regions.map(({ name, kind, color }) => [name, regionDrawing(regionColor({ kind, color }, inks))]),
      ),
      !all.regions.length &&
        !grounds.length &&
        !all.paths.length &&
        !all.sites.length &&
        h("p.dim", "Nothing is on the map yet."),
    );
  };
  table.whenShown((s) => [s.terrain, s.sites, s.notes, s.paths, s.regions, s.settings], draw);
  return () => {
    if (node.isConnected) return close();
    document.querySelector(".stage")?.append(node);
    draw();
    node.focus();
  };
}

const density = () => Math.min(2, devicePixelRatio || 1);

function sheet() {
  const side = SIDE * density();
  return h("canvas.legend-drawing", { width: side, height: side, aria: { hidden: true } });
}

/** Has the painter fill a canvas with each terrain. @param {string[]} kinds @param {HTMLCanvasElement[]} canvases @param {"flat"|"pointy"} orientation */
function paintGrounds(kinds, canvases, orientation) {
  if (!kinds.length) return;
  let left = kinds.length;
  const painting = startPainting((m) => {
    if (m.type !== "square") return;
    if (m.bitmap) canvases[Number(m.id)].getContext("2d")?.drawImage(m.bitmap, 0, 0);
    left -= 1;
    if (!left) painting.close();
  });
  const side = SIDE * density();
  painting.post({
    type: "manner",
    manner: { orientation, theme: mapTheme(), dm: false, grid: false, strength: 0, density: density() },
  });
  /** @type {number[]} */
  const land = [];
  // A patch for each, so far from the others that none blends into another, and a square of three sizes of a hex in it.
  kinds.forEach((_, i) => {
    const [q0, r0] = orientation === "flat" ? [APART * i, (-APART / 2) * i] : [(-APART / 2) * i, APART * i];
    for (let q = -6; q <= 6; q++) for (let r = -6; r <= 6; r++) land.push(q0 + q, r0 + r, i + 2, FULL, 0, 0);
  });
  painting.post({ type: "land", anew: true, hexes: Int32Array.from(land), names: kinds });
  kinds.forEach((_, i) => {
    const at = (APART / 2) * i;
    const [column, row] = orientation === "flat" ? [at, 0] : [0, at];
    painting.post({ type: "square", id: String(i), square: { column, row, unit: side / 3, side } });
  });
}

/** @param {string} kind @param {import("../map/layers/inks.js").Inks} inks */
function pathDrawing(kind, inks) {
  const canvas = sheet();
  const pen = canvas.getContext("2d");
  const side = canvas.width;
  const path = new Path2D();
  path.moveTo(side * 0.06, side * 0.62);
  path.bezierCurveTo(side * 0.36, side * 0.2, side * 0.62, side * 0.85, side * 0.94, side * 0.4);
  if (!pen) return canvas;
  pen.lineJoin = pen.lineCap = "round";
  const drawn = [{ path, x0: 0, y0: 0, x1: side, y1: side }];
  drawPath(pen, drawn, inks.paths[kind], side, density(), "", false);
  return canvas;
}

/** A hex with the rim that regions have on the map. @param {string} color */
function regionDrawing(color) {
  const canvas = sheet();
  const pen = canvas.getContext("2d");
  const side = canvas.width;
  if (!pen) return canvas;
  const path = new Path2D();
  const size = side * 0.4;
  outline(path, corners("flat", size), side / 2, side / 2);
  pen.fillStyle = pen.strokeStyle = color;
  pen.globalAlpha = 0.25;
  pen.fill(path);
  pen.globalAlpha = 1;
  pen.lineWidth = size * 0.16;
  pen.stroke(path);
  return canvas;
}

/** @param {string} kind @param {import("../map/layers/inks.js").Inks} inks */
function siteDrawing(kind, inks) {
  const canvas = sheet();
  const pen = canvas.getContext("2d");
  const side = canvas.width;
  if (pen) drawSite(pen, kind, side / 2, side / 2, side * 0.4, inks, "");
  return canvas;
}
