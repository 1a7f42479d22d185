// @ts-check
/** Where the titles of sites and the names of regions stand, and what is in their way. The server's pictures have the same rule (events/maps/titles.py). */

import { disc, keyOf, parseKey, spotOfKey } from "../../model/hex.js";
import { placesWithin, wordsBox } from "./lettering.js";

/** @typedef {import("./lettering.js").Box} Box */
/** @typedef {import("./lettering.js").Point} Point */
/** @typedef {ReturnType<typeof import("./lettering.js").createTaken>} Taken */
/** @typedef {import("./courses.js").Frame} Frame */
/** Sizes of what is drawn, in world units: half the height of a site's drawing, the height of titles, that of a region's name at most.
 * @typedef {{half: number, letters: number, highest: number}} Measures */
/** @typedef {{hexKey: string, kind: string, title?: string, ringed: boolean}} Site ringed: there is a ring around its drawing */
/** What is drawn above the ground: hexes where tokens stand with how long their names are, where notes have badges, where pins have flags.
 * @typedef {{tokens: [string, number][], notes: string[], pins: string[]}} Marked */

/** Hexes, from side to side, that a line of a title may be wide before it is broken. */
const WIDEST = 1.7;
/** Titles of fewer letters are not broken. */
const SHORT = 12;
/** How far a title is from a drawing beside, above or below it, in letters. */
const BESIDE = 0.3;
const ABOVE = 0.05;
/** How much of a title may be covered, or it is left out; and of a region's name. */
const COVERED = 0.25;
const NAME_COVERED = 0.5;
/** How far below the centre of its hex a number stands, in sizes of a hex. */
const NUMBER = 0.65;
/** Sites whose titles are placed first, in this order. */
const FIRST = ["capital", "city", "town", "castle"];
/** How high a line is, in letters. */
const LINE = 1.15;

/** How early titles of a kind are placed, 0 first. @param {string} kind */
export const rankOf = (kind) => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);

/** Whether a kind is one of those that are placed first. @param {string} kind */
export const isLarge = (kind) => FIRST.includes(kind);

/** @param {number} half @param {boolean} ringed @returns {[number, number]} */
const reachOf = (half, ringed) => (ringed ? [1.5 * half, 1.5 * half] : [half, 0.95 * half]);

/** @param {Frame} map @param {string} hexKey @returns {Point} */
function iconAt(map, hexKey) {
  const { x, y } = spotOfKey(map, hexKey);
  return { x, y: y - map.hexSize * 0.1 };
}

/** Returns what the drawing of a site takes, with its ring. @param {Frame} map @param {Site} site @param {Measures} measures @returns {Box} */
export function iconBox(map, { hexKey, ringed }, { half }) {
  const [x, y] = reachOf(half, ringed);
  return { ...iconAt(map, hexKey), wide: 2 * x, high: 2 * y };
}

/** Returns what tokens with their names, the badges of notes and the flags of pins take. @param {Frame} map @param {Marked} marked
 * @param {number} css a CSS pixel in world units @returns {Box[]} */
export function markBoxes(map, { tokens, notes, pins }, css) {
  const size = map.hexSize;
  const of = (/** @type {string} */ key, /** @type {number} */ dx, /** @type {number} */ dy, /** @type {number} */ wide, /** @type {number} */ high) => {
    const { x, y } = spotOfKey(map, key);
    return { x: x + dx, y: y + dy, wide, high };
  };
  const radius = Math.max(6 * css, size * 0.46);
  const letters = Math.min(13 * css, Math.max(10.5 * css, radius * 0.6));
  const pin = Math.min(11 * css, Math.max(4 * css, size * 0.26));
  const flag = Math.min(20 * css, Math.max(8 * css, size * 0.5));
  const boxes = tokens.map(([key]) => of(key, 0, 0, 2 * radius, 2 * radius));
  if (radius > 12 * css)
    for (const [key, long] of tokens)
      if (long) boxes.push(of(key, 0, radius + 10 * css, Math.min(long * letters * 0.6, Math.max(64 * css, radius * 4.6)), letters * 1.3));
  if (size > 8 * css) {
    boxes.push(...notes.map((key) => of(key, size * 0.42, -size * 0.46, 2 * pin, 2 * pin)));
    boxes.push(...pins.map((key) => of(key, flag * 0.36 - size * 0.5, -size * 0.26 - flag / 2, flag * 0.8, flag)));
  }
  return boxes;
}

/** Returns what the numbers of hexes take, where titles of these sites may come near them. @param {Frame} map @param {Site[]} sites
 * @param {number} letters @returns {Box[]} */
export function numberBoxes(map, sites, letters) {
  const near = new Set(sites.flatMap(({ hexKey }) => disc(parseKey(hexKey), 1).map(({ q, r }) => keyOf(q, r))));
  return [...near].map((key) => {
    const { x, y } = spotOfKey(map, key);
    return wordsBox("0000", { x, y: y + map.hexSize * NUMBER }, letters);
  });
}

/** Returns a title in the two lines that are most alike in length; in one if it has no space or is short. @param {string} title @returns {string[]} */
export function broken(title) {
  const words = title.trim().split(/\s+/);
  let best = [title];
  let least = Infinity;
  if ([...title].length < SHORT) return best;
  for (let n = 1; n < words.length; n++) {
    const lines = [words.slice(0, n).join(" "), words.slice(n).join(" ")];
    const longest = Math.max(...lines.map((line) => [...line].length));
    if (longest < least) [best, least] = [lines, longest];
  }
  return best;
}

/** Returns the titles of sites where each has room: below its drawing, above or beside it, in one line or two; what has none is left out, those of larger
 * settlements last. `taken` holds the drawings, and then the titles. @template {Site} S @param {Frame} map @param {S[]} sites @param {Taken} taken
 * @param {Measures} measures @returns {{site: S, box: Box, lines: [string, Point][]}[]} */
export function placeTitles(map, sites, taken, measures) {
  const inOrder = sites.filter((site) => site.title).map((site) => ({ site, at: parseKey(site.hexKey), rank: rankOf(site.kind) }));
  inOrder.sort((a, b) => a.rank - b.rank || a.at.r - b.at.r || a.at.q - b.at.q);
  const out = [];
  for (const { site } of inOrder) {
    const forms = formsOf(map, site, measures);
    const box = taken.best(forms.map((form) => form.box), COVERED);
    if (!box) continue;
    const { lines } = /** @type {{lines: string[]}} */ (forms.find((form) => form.box === box));
    const high = LINE * measures.letters;
    const first = box.y - (high * (lines.length - 1)) / 2;
    out.push({ site, box, lines: lines.map((line, n) => /** @type {[string, Point]} */ ([line, { x: box.x, y: first + n * high }])) });
  }
  return out;
}

/** Returns where a title may stand and in which lines, what is best first. @param {Frame} map @param {Site} site @param {Measures} measures */
function formsOf(map, { hexKey, title = "", ringed }, { half, letters }) {
  const size = map.hexSize;
  const two = broken(title);
  const wide = wordsBox(title, { x: 0, y: 0 }, letters).wide > WIDEST * Math.sqrt(3) * size;
  const { x, y } = iconAt(map, hexKey);
  const [reachX, reachY] = reachOf(half, ringed);
  const out = [];
  for (const lines of wide || two.length < 2 ? [two] : [[title], two]) {
    const longest = lines.reduce((a, b) => ([...b].length > [...a].length ? b : a));
    const box = wordsBox(longest, { x, y }, letters);
    box.high *= lines.length;
    for (const [side, way] of [[0, 1], [0, -1], [1, 0], [-1, 0]])
      out.push({
        lines,
        box: { ...box, x: x + side * (reachX + letters * BESIDE + box.wide / 2), y: y + way * (reachY + letters * ABOVE + box.high / 2) + Math.abs(side) * size * 0.1 },
      });
  }
  return out;
}

/** Returns the names of regions: in the middle of each, or where it is free next to that; without room, none. `middles` may keep what a region's middle is.
 * @template {{name?: string, hexes: Set<string>}} R @param {Frame} map @param {R[]} regions @param {Taken} taken @param {Measures} measures
 * @param {(hexes: Set<string>) => Middle} [middles] @returns {{region: R, box: Box, letters: number}[]} */
export function placeNames(map, regions, taken, { highest }, middles = (hexes) => middleOf(map, hexes)) {
  const out = [];
  for (const region of regions) {
    if (!region.name || !region.hexes.size) continue;
    const { at, wide, places } = middles(region.hexes);
    const letters = Math.min(highest, wide / (0.8 * Math.max(4, [...region.name].length)));
    const box = taken.best([at, ...places].map((place) => wordsBox(region.name ?? "", place, letters * 1.2)), NAME_COVERED);
    if (box) out.push({ region, box, letters });
  }
  return out;
}

/** Where a region's name stands at best, how wide the region is there, and where else it may stand. @typedef {{at: Point, wide: number, places: Point[]}} Middle */

/** @param {Frame} map @param {Set<string>} hexes @returns {Middle} */
export function middleOf(map, hexes) {
  const all = [...hexes].map((key) => spotOfKey(map, key));
  const sum = all.reduce((a, p) => ({ x: a.x + p.x, y: a.y + p.y }), { x: 0, y: 0 });
  const [x, y] = [sum.x / all.length, sum.y / all.length];
  const far = (/** @type {Point} */ p) => (p.x - x) ** 2 + (p.y - y) ** 2;
  const next = all.reduce((a, p) => (far(p) < far(a) ? p : a));
  const at = far(next) < (1.5 * map.hexSize) ** 2 ? { x, y } : next;
  const row = all.filter((p) => Math.abs(p.y - at.y) < map.hexSize).map((p) => p.x);
  const [left, right] = row.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  return { at, wide: (right > left ? right - left : 0) + 1.7 * map.hexSize, places: placesWithin(all, at) };
}
