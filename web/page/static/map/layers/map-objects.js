// @ts-check
/** Regions, paths, sites and labels over the painted ground, drawn beside the page. What only DMs know of is paler and dashed; what is staged has the
 * colour of staging. */

import { piecesOf } from "../../model/course.js";
import { spotOfKey } from "../../model/hex.js";
import { farCourse, joined, rimOf, stretchesOf } from "./courses.js";
import { engrave, inksOf, readable } from "./inks.js";
import { createTaken, wordsBox } from "./lettering.js";
import { NUMBERED_FROM } from "./labels.js";
import { drawSite } from "./site-shapes.js";
import { iconBox, isLarge, markBoxes, middleOf, numberBoxes, placeNames, placeTitles } from "./titles.js";

/** @typedef {import("./courses.js").Drawn} Drawn */
/** @typedef {{x: number, y: number, w: number, h: number}} Rect */
/** @typedef {import("./titles.js").Marked} Marked */
/** @typedef {"paths"|"regions"|"sites"|"labels"} Part */
/** @typedef {{frame: import("./courses.js").Frame, anew: boolean, gone: [Part, string][], put: [Part, string, any][], marked: Marked}} Told
 *   what differs from what was told before: things by part and name; marked: what is drawn above them, so that words are not below it */

/** From below to above. */
const ORDER = ["river", "ferry", "border", "trail", "road", "wall"];
/** How far a drawing reaches beyond its knots, in sizes of a hex. */
const REACH = 0.6;
/** Below how many CSS pixels, centre to corner of a hex, paths and rims are drawn as from afar. */
const FAR = 4;
/** From how many CSS pixels on, centre to corner of a hex, there are the titles of large settlements and castles, and those of all sites. */
const LARGE_FROM = 11;
const ALL_FROM = 20;
/** Words of how many scales are kept: of the one that is seen, and of the one before. */
const KEPT = 2;

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
  /** @type {Marked} */
  let marked = { tokens: [], notes: [], pins: [] };
  let manner = { theme: "atlas", density: 1, numbered: false };
  /** Which words stand where, by scale. @type {Map<number, ReturnType<typeof place>>} */
  let words = new Map();
  /** @template T @param {any} thing @param {() => T} make @returns {T} */
  const kept = (thing, make) => {
    if (!shapes.has(thing)) shapes.set(thing, make());
    return shapes.get(thing);
  };
  const inOrder = () => {
    // What waits in staging lies over what is there.
    const sorted = (/** @type {Part} */ part) => [...known[part].values()].sort((a, b) => Number(Boolean(a.ghost)) - Number(Boolean(b.ghost)));
    things = { paths: sorted("paths"), regions: sorted("regions"), sites: sorted("sites"), labels: sorted("labels") };
    words = new Map();
    things.paths.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  };

  /** Returns which words stand where at a scale. @param {number} scale device pixels a world unit */
  function place(scale) {
    const css = manner.density / scale;
    const size = map.hexSize;
    const measures = { half: Math.max(size * 0.42, 5 * css), letters: Math.min(14 * css, Math.max(10 * css, size * 0.34)), highest: Math.min(34 * css, Math.max(size, 15 * css)) };
    const taken = createTaken(4 * size);
    const sites = things.sites.map((site) => ({ ...site, ringed: Boolean(site.dmOnly || site.ghost) }));
    if (size > 3 * css) for (const site of sites) taken.add(iconBox(map, site, measures));
    for (const label of things.labels) {
      const { x, y } = spotOfKey(map, label.hexKey);
      taken.add(wordsBox(label.text ?? "", { x: x + (label.x ?? 0) * size, y: y + (label.y ?? 0) * size }, (label.size ?? 0.4) * size));
    }
    for (const box of markBoxes(map, marked, css)) taken.add(box);
    if (manner.numbered && size >= NUMBERED_FROM * css) for (const box of numberBoxes(map, sites, Math.min(13 * css, size * 0.3))) taken.add(box);
    const titled = size > ALL_FROM * css ? sites : sites.filter(({ kind }) => size > LARGE_FROM * css && isLarge(kind));
    const titles = placeTitles(map, titled, taken, measures);
    const names = placeNames(map, things.regions, taken, measures, (hexes) => kept(hexes, () => middleOf(map, hexes)));
    return { titles, names: names.filter(({ letters }) => letters >= 8 * css), letters: measures.letters };
  }
  const wordsAt = (/** @type {number} */ scale) => {
    let found = words.get(scale);
    if (!found) {
      for (const old of [...words.keys()].slice(0, -KEPT + 1)) words.delete(old);
      words.set(scale, (found = place(scale)));
    }
    return found;
  };
  const howOf = (/** @type {any} */ path) => inksOf(manner.theme).paths[path.kind] ?? inksOf(manner.theme).paths.trail;
  const markOf = (/** @type {any} */ thing) => (thing.ghost ? inksOf(manner.theme).staged : thing.dmOnly ? inksOf(manner.theme).secret : "");
  /** Draws all paths of a sort at once. @param {CanvasRenderingContext2D} pen in world units @param {any[]} paths @param {(d: Drawn) => boolean} near @param {number} pixel */
  function drawFar(pen, paths, near, pixel) {
    /** @type {Map<string, {first: any, path: Path2D}>} */
    const sorts = new Map();
    for (const path of paths) {
      const course = kept(path.points ?? path.pieces, () => farCourse(map, path));
      if (!near(course)) continue;
      const id = `${path.kind} ${markOf(path)}`;
      const sort = sorts.get(id) ?? { first: path, path: new Path2D() };
      sort.path.addPath(course.path);
      sorts.set(id, sort);
    }
    pen.save();
    // Round ones cost more than all else, and are not seen.
    pen.lineJoin = "bevel";
    pen.lineCap = "butt";
    for (const { first, path } of sorts.values()) {
      // One line, in the colour that stands out: there is no room for a casing.
      const how = howOf(first);
      pen.strokeStyle = markOf(first) || (how.dash ? how.color : how.casing);
      pen.lineWidth = (how.dash ? 1.1 : 1.5) * pixel;
      pen.globalAlpha = first.ghost || how.dash ? 0.75 : 0.9;
      pen.stroke(path);
    }
    pen.restore();
  }

  /** Takes over what is drawn above, and returns where words came or went for it. @param {Marked} next @returns {Rect[]} */
  function mark(next) {
    marked = next;
    const changed = [];
    for (const [scale, was] of words) {
      const now = place(scale);
      words.set(scale, now);
      changed.push(...differing(was.titles, now.titles, ({ site, box, lines }) => `${site.hexKey} ${lines.length} ${box.x} ${box.y}`));
      changed.push(...differing(was.names, now.names, ({ region, box }) => `${region.name} ${box.x} ${box.y}`));
    }
    return changed;
  }

  return {
    /** Takes over what differs. Returns where the picture does if only words give way to other marks; null: anywhere. @param {Told} told @returns {Rect[]|null} */
    tell({ frame, anew, gone, put, marked: next }) {
      if (!anew && !gone.length && !put.length) return mark(next);
      if (anew) {
        for (const part of Object.values(known)) part.clear();
        [map, shapes] = [frame, new WeakMap()];
      }
      for (const [part, id] of gone) known[part].delete(id);
      for (const [part, id, thing] of put) known[part].set(id, told(thing));
      marked = next;
      inOrder();
      return null;
    },
    /** @param {{theme: string, density: number, numbered?: boolean}} next density: device pixels a CSS pixel; numbered: hexes have their numbers */
    set(next) {
      manner = { numbered: false, ...next };
      words = new Map();
    },
    /** Draws a rectangle of the world. Returns false where nothing can be. @type {import("../tile-cache.js").Paint} */
    paint(pen, rect, scale) {
      if (!things.paths.length && !things.regions.length && !things.sites.length && !things.labels.length) return false;
      const inks = inksOf(manner.theme);
      const [size, px, css] = [map.hexSize, map.hexSize * scale, manner.density];
      const near = (/** @type {Drawn} */ d) => meets(d, rect, size * REACH);
      const spot = (/** @type {number} */ x, /** @type {number} */ y) => ({ x: (x - rect.x) * scale, y: (y - rect.y) * scale });

      pen.save();
      pen.lineJoin = pen.lineCap = "round";
      pen.setTransform(scale, 0, 0, scale, -rect.x * scale, -rect.y * scale);
      const far = px < FAR * css;
      for (const region of things.regions) {
        const rims = kept(region, () => rimOf(map, region.hexes)).filter(near);
        if (!rims.length) continue;
        const pale = Boolean(markOf(region));
        if (far) drawFarRegion(pen, rims, colorOf(region, inks), css / scale, pale);
        else drawRegion(pen, rims, pale && !region.ghost ? [0.3 * size, 0.25 * size] : [], colorOf(region, inks), Math.max(size, 5 / scale), pale);
      }
      if (far) drawFar(pen, things.paths, near, css / scale);
      else
        for (const path of things.paths) {
          const drawn = kept(path, () => drawnPath(map, path)).filter(near);
          if (drawn.length) drawPath(pen, drawn, howOf(path), size, css / scale, markOf(path), Boolean(path.ghost));
        }
      pen.setTransform(1, 0, 0, 1, 0, 0);

      const half = Math.max(px * 0.42, 5 * css);
      const stand = (/** @type {any} */ thing) => spot(spotOfKey(map, thing.hexKey).x, spotOfKey(map, thing.hexKey).y);
      const within = (/** @type {{x: number, y: number}} */ p, /** @type {number} */ far) => p.x > -far && p.y > -far && p.x < rect.w * scale + far && p.y < rect.h * scale + far;
      const sites = px > 3 * css ? things.sites.map((site) => ({ site, p: stand(site) })).filter(({ p }) => within(p, 20 * half)) : [];
      const { titles, names, letters: lettersOfTitles } = wordsAt(scale);
      const seen = (/** @type {import("./lettering.js").Box} */ box) => overlaps(aroundBox(box), rect);
      for (const { region, box, letters } of names) {
        if (!seen(box)) continue;
        const p = spot(box.x, box.y);
        pen.globalAlpha = markOf(region) ? 0.7 : 0.92;
        engrave(pen, region.name, p.x, p.y, { size: letters * scale, color: colorOf(region, inks), halo: inks.halo, style: "italic 700", spacing: letters * scale * 0.16 });
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
      for (const { site, box, lines } of titles)
        if (seen(box))
          for (const [line, { x, y }] of lines) {
            const p = spot(x, y);
            engrave(pen, line, p.x, p.y, { size: lettersOfTitles * scale, color: markOf(site) || inks.word, halo: inks.halo });
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

/** Returns a thing as it is drawn: what crossed in one text is apart again. @param {any} thing */
function told(thing) {
  if (typeof thing.points === "string") return { ...thing, points: thing.points.split(" ") };
  if (typeof thing.hexes === "string") return { ...thing, hexes: new Set(thing.hexes.split(" ")) };
  return thing;
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

/** The rim alone, as a region of so few pixels has no band within. @param {CanvasRenderingContext2D} pen in world units @param {Drawn[]} rims
 * @param {string} color @param {number} pixel @param {boolean} pale */
function drawFarRegion(pen, rims, color, pixel, pale) {
  pen.save();
  pen.lineJoin = "bevel";
  pen.strokeStyle = color;
  for (const [width, alpha] of [[3.4, 0.22], [1.2, 0.6]]) {
    pen.lineWidth = width * pixel;
    pen.globalAlpha = pale ? alpha * 0.75 : alpha;
    for (const { path } of rims) pen.stroke(path);
  }
  pen.restore();
}

/** Returns the lines of a path, whole or in pieces. @param {import("./courses.js").Frame} map
 * @param {{kind: string, points?: string[], along?: boolean, pieces?: Record<string, import("../../model/course.js").Piece>}} path @returns {Drawn[]} */
export const drawnPath = (map, { kind, points, along, pieces }) =>
  joined(stretchesOf(map, points ? piecesOf(points, Boolean(along)) : (pieces ?? {}), kind), kind !== "border" && kind !== "wall");

/** A casing and a line. The pen is in world units. @param {CanvasRenderingContext2D} pen @param {{path: Path2D}[]} drawn @param {import("./inks.js").Stroke} how
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

/** Letters are wider in some fonts than they are reckoned. @param {import("./lettering.js").Box} box @returns {Rect} */
const aroundBox = ({ x, y, wide, high }) => ({ x: x - wide * 0.8, y: y - high, w: wide * 1.6, h: high * 2 });

/** @param {Rect} a @param {Rect} b */
const overlaps = (a, b) => a.x < b.x + b.w && a.x + a.w > b.x && a.y < b.y + b.h && a.y + a.h > b.y;

/** Returns where words stand that only one of two lists has. @template {{box: import("./lettering.js").Box}} W @param {W[]} was @param {W[]} now
 * @param {(words: W) => string} id @returns {Rect[]} */
function differing(was, now, id) {
  const [before, after] = [new Set(was.map(id)), new Set(now.map(id))];
  return [...was.filter((each) => !after.has(id(each))), ...now.filter((each) => !before.has(id(each)))].map(({ box }) => aroundBox(box));
}
