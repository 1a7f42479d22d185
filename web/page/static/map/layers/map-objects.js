// @ts-check
/** Regions, paths, sites and labels over the painted ground, drawn beside the page. What only DMs know of is paler and dashed; what is staged has the
 * colour of staging. */

import { piecesOf } from "../../model/course.js";
import { spotOfKey } from "../../model/hex.js";
import { joined, rimOf, stretchesOf } from "./courses.js";
import { engrave, inksOf, readable } from "./inks.js";
import { createTaken, placesWithin, wordsBox } from "./lettering.js";
import { drawSite } from "./site-shapes.js";

/** @typedef {import("./courses.js").Drawn} Drawn */
/** @typedef {{x: number, y: number, w: number, h: number}} Rect */
/** @typedef {"paths"|"regions"|"sites"|"labels"} Part */
/** @typedef {{frame: import("./courses.js").Frame, anew: boolean, gone: [Part, string][], put: [Part, string, any][], taken: string[]}} Told
 *   what differs from what was told before: things by part and name; taken: hexes of sites where tokens stand, which have names of their own there */

/** From below to above. */
const ORDER = ["river", "ferry", "border", "trail", "road", "wall"];
/** How far a drawing reaches beyond its knots, in sizes of a hex. */
const REACH = 0.6;
/** The height of a region's name, in sizes of a hex, for which there is to be room. */
const HIGHEST = 1;

/** Returns a painter of what lies on a map: it is told of it, then asked for parts of the picture. */
export function createThingPainter() {
  /** @type {Record<Part, Map<string, any>>} */
  const known = { paths: new Map(), regions: new Map(), sites: new Map(), labels: new Map() };
  /** @type {Record<Part, any[]>} */
  let things = { paths: [], regions: [], sites: [], labels: [] };
  /** @type {WeakMap<any, any>} */
  let shapes = new WeakMap();
  /** @type {import("./courses.js").Frame} */
  let map = { orientation: "flat", hexSize: 1 };
  let taken = new Set();
  let manner = { theme: "atlas", density: 1 };
  /** Where the names of regions stand, and how wide each region is in its middle. @type {Map<any, {at: {x: number, y: number}, wide: number}>|null} */
  let names = null;
  /** @template T @param {any} thing @param {() => T} make @returns {T} */
  const kept = (thing, make) => {
    if (!shapes.has(thing)) shapes.set(thing, make());
    return shapes.get(thing);
  };
  const inOrder = () => {
    // What waits in staging lies over what is there.
    const sorted = (/** @type {Part} */ part) => [...known[part].values()].sort((a, b) => Number(Boolean(a.ghost)) - Number(Boolean(b.ghost)));
    things = { paths: sorted("paths"), regions: sorted("regions"), sites: sorted("sites"), labels: sorted("labels") };
    names = null;
    things.paths.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  };

  const namesOf = () => {
    if (names) return names;
    names = new Map();
    const size = map.hexSize;
    const taken = createTaken(4 * size);
    for (const { hexKey, title } of things.sites) {
      const { x, y } = spotOfKey(map, hexKey);
      taken.add({ x, y: y - size * 0.1, wide: size * 0.84, high: size * 0.84 });
      if (title) taken.add(wordsBox(title, { x, y: y + size * 0.5 }, size * 0.34));
    }
    for (const label of things.labels) {
      const { x, y } = spotOfKey(map, label.hexKey);
      taken.add(wordsBox(label.text ?? "", { x: x + (label.x ?? 0) * size, y: y + (label.y ?? 0) * size }, (label.size ?? 0.4) * size));
    }
    for (const region of things.regions) {
      if (!region.name) continue;
      const { at, wide } = kept(region.hexes, () => middleOf(map, region.hexes));
      const letters = Math.min(HIGHEST * size, wide / (0.8 * Math.max(4, region.name.length)));
      const box = taken.best(placesWithin(map, region.hexes, at).map((place) => wordsBox(region.name, place, letters * 1.2)));
      names.set(region, { at: { x: box.x, y: box.y }, wide });
    }
    return names;
  };

  return {
    /** @param {Told} told */
    tell({ frame, anew, gone, put, taken: hexes }) {
      if (anew) {
        for (const part of Object.values(known)) part.clear();
        [map, shapes] = [frame, new WeakMap()];
      }
      for (const [part, id] of gone) known[part].delete(id);
      for (const [part, id, thing] of put) known[part].set(id, thing.points ? { ...thing, pieces: piecesOf(thing.points, Boolean(thing.along)) } : thing);
      taken = new Set(hexes);
      inOrder();
    },
    /** @param {{theme: string, density: number}} next density: device pixels a CSS pixel */
    set(next) {
      manner = next;
    },
    /** Draws a rectangle of the world. Returns false where nothing can be. @type {import("../tile-cache.js").Paint} */
    paint(pen, rect, scale) {
      if (!things.paths.length && !things.regions.length && !things.sites.length && !things.labels.length) return false;
      const inks = inksOf(manner.theme);
      const [size, px, css] = [map.hexSize, map.hexSize * scale, manner.density];
      const near = (/** @type {Drawn} */ d) => meets(d, rect, size * REACH);
      const spot = (/** @type {number} */ x, /** @type {number} */ y) => ({ x: (x - rect.x) * scale, y: (y - rect.y) * scale });
      const markOf = (/** @type {any} */ thing) => (thing.ghost ? inks.staged : thing.dmOnly ? inks.secret : "");

      pen.save();
      pen.lineJoin = pen.lineCap = "round";
      pen.setTransform(scale, 0, 0, scale, -rect.x * scale, -rect.y * scale);
      for (const region of things.regions) {
        const rims = kept(region, () => rimOf(map, region.hexes)).filter(near);
        if (rims.length) drawRegion(pen, rims, markOf(region) && !region.ghost ? [0.3 * size, 0.25 * size] : [], colorOf(region, inks), Math.max(size, 5 / scale), Boolean(markOf(region)));
      }
      for (const path of things.paths) {
        const how = inks.paths[path.kind] ?? inks.paths.trail;
        const drawn = kept(path, () => drawnPath(map, path)).filter(near);
        if (drawn.length) drawPath(pen, drawn, how, size, css / scale, markOf(path), Boolean(path.ghost));
      }
      pen.setTransform(1, 0, 0, 1, 0, 0);

      const half = Math.max(px * 0.42, 5 * css);
      const stand = (/** @type {any} */ thing) => spot(spotOfKey(map, thing.hexKey).x, spotOfKey(map, thing.hexKey).y);
      const within = (/** @type {{x: number, y: number}} */ p, /** @type {number} */ far) => p.x > -far && p.y > -far && p.x < rect.w * scale + far && p.y < rect.h * scale + far;
      const sites = px > 3 * css ? things.sites.map((site) => ({ site, p: stand(site) })).filter(({ p }) => within(p, 20 * half)) : [];
      for (const [region, { at, wide }] of namesOf()) {
        const p = spot(at.x, at.y);
        // No higher than there is room for, unless that is too small to be read.
        const letters = Math.min(34 * css, (wide * scale) / (0.8 * Math.max(4, region.name.length)), Math.max(HIGHEST * px, 15 * css));
        if (letters < 8 * css || !within(p, wide * scale)) continue;
        pen.globalAlpha = markOf(region) ? 0.7 : 0.92;
        engrave(pen, region.name, p.x, p.y, { size: letters, color: colorOf(region, inks), halo: inks.halo, style: "italic 700", spacing: letters * 0.16 });
      }
      for (const label of things.labels) {
        const at = stand(label);
        const letters = (label.size ?? 0.4) * px;
        if (!label.text || letters < 7 * css || !within(at, letters * (label.text.length + 2) + (Math.abs(label.x ?? 0) + Math.abs(label.y ?? 0)) * px)) continue;
        pen.save();
        pen.translate(at.x + (label.x ?? 0) * px, at.y + (label.y ?? 0) * px);
        pen.rotate(((label.angle ?? 0) * Math.PI) / 180);
        pen.globalAlpha = markOf(label) ? 0.8 : 1;
        engrave(pen, label.text, 0, 0, { size: letters, color: markOf(label) || inks.word, halo: inks.halo, style: "italic 600" });
        pen.restore();
      }
      pen.globalAlpha = 1;
      if (px > 20 * css) for (const { site, p } of sites)
        if (site.title && !taken.has(site.hexKey)) {
          const letters = Math.min(14 * css, Math.max(10 * css, px * 0.34));
          // Below the ring around what only DMs know of.
          const below = markOf(site) && !site.ghost ? half * 1.4 - px * 0.1 + letters * 0.75 : px * 0.5;
          engrave(pen, site.title, p.x, p.y + below, { size: letters, color: markOf(site) || inks.word, halo: inks.halo });
        }
      // Last: no word lies over a site.
      for (const { site, p } of sites) {
        pen.globalAlpha = site.ghost ? 0.7 : markOf(site) ? 0.85 : 1;
        if (within(p, half * 2)) drawSite(pen, site.kind, p.x, p.y - px * 0.1, half, inks, markOf(site));
      }
      pen.restore();
    },
  };
}

/** @param {Drawn} d @param {Rect} rect @param {number} by */
const meets = (d, rect, by) => d.x0 - by < rect.x + rect.w && d.x1 + by > rect.x && d.y0 - by < rect.y + rect.h && d.y1 + by > rect.y;

/** @param {any} region @param {import("./inks.js").Inks} inks */
export function colorOf(region, inks) {
  if (region.ghost) return inks.staged;
  if (/^#[0-9a-f]{6}$/i.test(region.color ?? "")) return readable(region.color, inks);
  return inks.regions[region.kind] ?? inks.regions.other;
}

/** A soft band inside the rim, and the rim. The pen is in world units. @param {CanvasRenderingContext2D} pen @param {Drawn[]} rims
 * @param {number[]} dash @param {string} color @param {number} size @param {boolean} pale */
function drawRegion(pen, rims, dash, color, size, pale) {
  const whole = new Path2D();
  for (const { path } of rims) whole.addPath(path);
  pen.save();
  pen.strokeStyle = color;
  pen.save();
  pen.clip(whole, "evenodd");
  for (const [width, alpha] of [[0.95, 0.13], [0.6, 0.15], [0.3, 0.17]]) {
    pen.lineWidth = width * size;
    pen.globalAlpha = pale ? alpha * 0.7 : alpha;
    pen.stroke(whole);
  }
  pen.restore();
  pen.globalAlpha = pale ? 0.6 : 0.75;
  pen.lineWidth = 0.06 * size;
  pen.setLineDash(dash);
  pen.stroke(whole);
  pen.restore();
}

/** Returns the lines of a path. @param {import("./courses.js").Frame} map @param {{kind: string, pieces: Record<string, import("../../model/course.js").Piece>}} path @returns {Drawn[]} */
export const drawnPath = (map, { kind, pieces }) => joined(stretchesOf(map, pieces, kind), kind !== "border" && kind !== "wall");

/** A casing and a line. The pen is in world units. @param {CanvasRenderingContext2D} pen @param {Drawn[]} drawn @param {import("./inks.js").Stroke} how
 * @param {number} size @param {number} pixel a CSS pixel in world units @param {string} mark @param {boolean} ghost */
export function drawPath(pen, drawn, how, size, pixel, mark, ghost) {
  const width = Math.max(how.width * size, 1.1 * pixel);
  const strokes = (/** @type {string} */ color, /** @type {number} */ wide, /** @type {number[]} */ dash) => {
    pen.strokeStyle = color;
    pen.lineWidth = wide;
    pen.setLineDash(dash.map((part) => part * Math.max(size, 10 * pixel)));
    for (const { path } of drawn) pen.stroke(path);
  };
  pen.save();
  pen.globalAlpha = ghost ? 0.75 : mark ? 0.8 : 1;
  strokes(mark && !how.dash ? mark : how.casing, width + 2 * Math.max(how.rim * size, 0.6 * pixel), mark && !how.dash ? [0.2, 0.17] : []);
  if (how.dash && mark) pen.globalAlpha = 0.85;
  strokes(ghost || (mark && how.dash) ? mark : how.color, width, how.dash ?? []);
  if (how.teeth && size > 8 * pixel) {
    pen.lineCap = "butt";
    strokes(how.teeth, width * 0.62, [0.09, 0.11]);
  }
  pen.restore();
}

/** Returns where a region's name stands, the middle of its hex next to the middle of all, and how wide the region is there.
 * @param {import("./courses.js").Frame} map @param {Set<string>} hexes */
function middleOf(map, hexes) {
  const all = [...hexes].map((key) => spotOfKey(map, key));
  const sum = all.reduce((a, p) => ({ x: a.x + p.x, y: a.y + p.y }), { x: 0, y: 0 });
  const [x, y] = [sum.x / all.length, sum.y / all.length];
  const far = (/** @type {{x: number, y: number}} */ p) => (p.x - x) ** 2 + (p.y - y) ** 2;
  const next = all.reduce((a, p) => (far(p) < far(a) ? p : a));
  const at = far(next) < (1.5 * map.hexSize) ** 2 ? { x, y } : next;
  const row = all.filter((p) => Math.abs(p.y - at.y) < map.hexSize).map((p) => p.x);
  const [left, right] = row.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  return { at, wide: (right > left ? right - left : 0) + 1.7 * map.hexSize };
}
