// @ts-check
/** The page's hexes are Python's: both read one golden file. */

import { stretchesOf } from "/static/map/layers/courses.js";
import { createTaken } from "/static/map/layers/lettering.js";
import { iconBox, numberBoxes, placeNames, placeTitles } from "/static/map/layers/titles.js";
import { bounds, fromOffset, toOffset, toPoint } from "/static/model/hex.js";
import { labelOf, parseLabel } from "/static/model/labels.js";
import { TileMap, changedSpans } from "/static/model/tilemap.js";
import { check, equal } from "./check.js";

/** @typedef {import("/static/model/hex.js").Orientation} Orientation */
/** @typedef {{name: string, changes: [[number, number][], string|null][], cells: [number, number, string][], changed: [number, number][]}} MapVector */
/** Sites by hex, kind, title, and whether they are ringed; titles by hex with their lines; names with their letters.
 * @typedef {{way: Orientation, measures: {size: number, half: number, letters: number, highest: number}, numbered: boolean, marks: [number, number, number, number][],
 *   sites: [string, string, string, boolean][], regions: [string, string[]][], titles: [string, [string, number, number][]][], names: [string, number, number, number][]}} WordsVector */
/** @typedef {{offsets: [Orientation, number, number, number, number][], evenOffsets: [Orientation, number, number, number, number][],
 *   evenBounds: [Orientation, number, number, number, number, number, number, number][],
 *   centres: [Orientation, number, number, number, number, number][],
 *   bounds: [Orientation, number, number, number, number, number, number, number][], labels: [string, Orientation, number, number, string][],
 *   stretches: [string, Orientation, string, number, number, number, number, number][], tileMaps: MapVector[], words: WordsVector[]}} Vectors */

/** @type {Vectors} */
const golden = await (await fetch("/golden/hexes.json")).json();

/** Returns the style of a name such as "ccrr/1". @param {string} name */
function styleNamed(name) {
  const [style, origin] = name.split("/");
  return /** @type {import("/static/model/labels.js").LabelStyle} */ ({ style, origin: Number(origin) });
}

check("columns and rows are Python's, and back", () => {
  for (const [way, q, r, col, row] of golden.offsets) {
    equal(toOffset(q, r, way), { col, row });
    equal(fromOffset(col, row, way), { q, r });
  }
});

check("grids that push the even columns are Python's, too", () => {
  for (const [way, q, r, col, row] of golden.evenOffsets) {
    equal(toOffset(q, r, way, "even"), { col, row });
    equal(fromOffset(col, row, way, "even"), { q, r });
  }
  for (const [orientation, gridWidth, gridHeight, hexSize, x, y, w, h] of golden.evenBounds)
    equal(bounds({ gridWidth, gridHeight, hexSize, orientation, parity: "even" }), { x, y, w, h });
});

check("hexes lie where Python says, to the last bit", () => {
  for (const [way, size, q, r, x, y] of golden.centres) {
    const point = toPoint(q, r, way, size);
    equal([point.x + 0, point.y + 0], [x + 0, y + 0]);
  }
});

check("the frame of a map is Python's, to the last bit", () => {
  for (const [orientation, gridWidth, gridHeight, hexSize, x, y, w, h] of golden.bounds) {
    equal(bounds({ gridWidth, gridHeight, hexSize, orientation }), { x, y, w, h });
  }
});

check("hexes are called what Python calls them, and found by that name", () => {
  for (const [name, way, q, r, text] of golden.labels) {
    equal([name, q, r, labelOf(q, r, way, styleNamed(name))], [name, q, r, text]);
    equal([text, parseLabel(text, way, styleNamed(name))], [text, { q, r }]);
  }
});

check("paths cross the edges of hexes where they do in exported pictures", () => {
  for (const [kind, orientation, key, edge, ...ends] of golden.stretches) {
    const [stretch] = stretchesOf({ orientation, hexSize: 20 }, { [key]: { lines: [[edge, null]] } }, kind);
    const found = stretch.ends.flatMap(({ x, y }) => [x, y]);
    equal([kind, key, edge, found.every((value, i) => Math.abs(value - ends[i]) < 1e-5)], [kind, key, edge, true]);
  }
});

check(
  "titles are broken, placed and left out as in exported pictures, and names of regions stand where they do there",
  () => {
    for (const { way, measures, numbered, marks, sites, regions, titles, names } of golden.words) {
      const map = { orientation: way, hexSize: measures.size };
      const taken = createTaken(4 * measures.size);
      const standing = sites.map(([hexKey, kind, title, ringed]) => ({ hexKey, kind, title, ringed }));
      for (const site of standing) taken.add(iconBox(map, site, measures));
      for (const [x, y, wide, high] of marks) taken.add({ x, y, wide, high });
      if (numbered) for (const box of numberBoxes(map, standing, 0.3 * measures.size)) taken.add(box);
      const written = placeTitles(map, standing, taken, measures);
      const named = placeNames(
        map,
        regions.map(([name, hexes]) => ({ name, hexes: new Set(hexes) })),
        taken,
        measures,
      );
      const rounded = (/** @type {number} */ value) => Math.round(value * 1e4) + 0;
      equal(
        written.map(({ site, lines }) => [
          site.hexKey,
          lines.map(([line, { x, y }]) => [line, rounded(x), rounded(y)]),
        ]),
        titles.map(([key, lines]) => [key, lines.map(([line, x, y]) => [line, rounded(x), rounded(y)])]),
      );
      equal(
        named.map(({ region, box, letters }) => [region.name, rounded(box.x), rounded(box.y), rounded(letters)]),
        names.map(([name, x, y, letters]) => [name, rounded(x), rounded(y), rounded(letters)]),
      );
    }
  },
);

check("a tile map holds what Python's holds after the same changes", () => {
  for (const { name, changes, cells, changed } of golden.tileMaps) {
    /** @type {TileMap<string>} */
    let before = new TileMap();
    let after = before;
    for (const [where, value] of changes) {
      before = after;
      after = after.with(where.map(([q, r]) => [q, r, value ?? undefined]));
    }
    const byPlace = (
      /** @type {[number, number, ...unknown[]]} */ a,
      /** @type {[number, number, ...unknown[]]} */ b,
    ) => a[0] - b[0] || a[1] - b[1];
    equal([name, [...after].sort(byPlace), after.size], [name, cells, cells.length]);
    const spans = changedSpans(before, after);
    for (const [q, r] of changed)
      equal([name, spans.some(([q0, r0, q1, r1]) => q0 <= q && q <= q1 && r0 <= r && r <= r1)], [name, true]);
    equal([name, spans.length > 0], [name, changed.length > 0]);
  }
});
