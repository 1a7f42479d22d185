// @ts-check
/** Hexes, and the map of tiles. */

import {
  bounds,
  disc,
  distance,
  flood,
  fromOffset,
  fromPoint,
  keyOf,
  line,
  parseKey,
  rectangle,
  toOffset,
  toPoint,
  within,
} from "/static/model/hex.js";
import { TileMap, changedSpans, changedTiles } from "/static/model/tilemap.js";
import { fit, toScreen, toWorld, zoomAt } from "/static/map/camera.js";
import { check, equal, that } from "./check.js";

/** @type {("flat"|"pointy")[]} */
const BOTH = ["flat", "pointy"];

check("a key and its hex are the same", () => equal(parseKey(keyOf(-3, 12)), { q: -3, r: 12 }));

check("columns and rows lead back to the hex", () => {
  for (const o of BOTH)
    for (let q = -4; q < 5; q++)
      for (let r = -4; r < 5; r++) {
        const { col, row } = toOffset(q, r, o);
        equal(fromOffset(col, row, o), { q, r });
      }
});

check("odd columns are pushed down on flat maps, odd rows to the right on pointy ones", () => {
  equal(fromOffset(1, 0, "flat"), { q: 1, r: 0 });
  equal(fromOffset(2, 0, "flat"), { q: 2, r: -1 });
  that(toPoint(1, 0, "flat", 10).y > toPoint(0, 0, "flat", 10).y);
  equal(fromOffset(0, 1, "pointy"), { q: 0, r: 1 });
  that(toPoint(0, 1, "pointy", 10).x > toPoint(0, 0, "pointy", 10).x);
});

check("the centre of a hex is in the hex", () => {
  for (const o of BOTH)
    for (const [q, r] of [
      [0, 0],
      [7, -3],
      [-5, 9],
    ]) {
      const p = toPoint(q, r, o, 17);
      equal(fromPoint(p.x + 5, p.y - 6, o, 17), { q, r });
    }
});

check("a line has a hex more than its length, each next to the one before", () => {
  const [a, b] = [
    { q: -2, r: 5 },
    { q: 6, r: -1 },
  ];
  const hexes = line(a, b);
  equal(hexes.length, distance(a, b) + 1);
  equal([hexes[0], hexes.at(-1)], [a, b]);
  for (let i = 1; i < hexes.length; i++) equal(distance(hexes[i - 1], hexes[i]), 1);
});

check("a disc has 1, 7, 19, 37 hexes", () =>
  equal(
    [0, 1, 2, 3].map((n) => disc({ q: 3, r: 3 }, n).length),
    [1, 7, 19, 37],
  ),
);

check("a rectangle is the same from any corner", () => {
  const keys = (/** @type {any} */ a, /** @type {any} */ b) =>
    rectangle(a, b, "flat")
      .map((x) => keyOf(x.q, x.r))
      .sort();
  equal(keys({ q: 0, r: 0 }, { q: 3, r: 1 }), keys({ q: 3, r: 1 }, { q: 0, r: 0 }));
});

check("a flood stops at its limit and at other ground", () => {
  equal(flood({ q: 0, r: 0 }, () => true, 100).length, 100);
  equal(flood({ q: 0, r: 0 }, (q, r) => Math.abs(q) < 2 && Math.abs(r) < 2 && Math.abs(q + r) < 2).length, 7);
  equal(
    flood({ q: 9, r: 9 }, () => false),
    [],
  );
});

check("what is within the whole map is the whole map", () => {
  for (const orientation of BOTH) {
    for (const parity of /** @type {const} */ (["odd", "even"])) {
      const map = { gridWidth: 7, gridHeight: 5, hexSize: 20, orientation, parity };
      const found = new Set();
      within(bounds(map), map, (q, r) => found.add(keyOf(q, r)));
      equal(found.size, 35);
    }
  }
});

check("a hex is within what touches it, whichever columns are pushed", () => {
  for (const orientation of BOTH)
    for (const parity of /** @type {const} */ (["odd", "even"])) {
      const map = { gridWidth: 7, gridHeight: 5, hexSize: 20, orientation, parity };
      within(bounds(map), map, (q, r) => {
        const { x, y } = toPoint(q, r, orientation, 20);
        const found = new Set();
        within({ x, y, w: 0, h: 0 }, map, (a, b) => found.add(keyOf(a, b)));
        that(found.has(keyOf(q, r)));
      });
    }
});

check("a tile map keeps what was and shares what did not change", () => {
  const before = new TileMap().with([
    [0, 0, "a"],
    [100, -100, "b"],
    [-1, -1, "c"],
  ]);
  const after = before.with([
    [0, 0, "z"],
    [-1, -1, undefined],
  ]);
  equal([before.at(0, 0), after.at(0, 0), after.at(100, -100), after.at(-1, -1)], ["a", "z", "b", undefined]);
  equal([before.size, after.size], [3, 2]);
  equal(changedTiles(before, after).size, 2);
  equal([...after].map(([q, r, v]) => [q, r, v]).sort(), [
    [0, 0, "z"],
    [100, -100, "b"],
  ]);
});

check("what changed in a map is found to the hex", () => {
  const before = new TileMap().with([
    [3, 4, "a"],
    [5, 4, "b"],
    [40, -20, "c"],
  ]);
  equal(
    changedSpans(
      before,
      before.with([
        [3, 4, "x"],
        [5, 6, "y"],
      ]),
    ),
    [[3, 4, 5, 6]],
  );
  equal(changedSpans(before, before.with([[40, -20, undefined]])), [[40, -20, 40, -20]]);
  equal(changedSpans(before, before), []);
});

check("zooming keeps the point under the pointer", () => {
  const size = { w: 800, h: 600 };
  const camera = fit({ x: 0, y: 0, w: 1000, h: 500 }, size);
  const at = { x: 200, y: 450 };
  const world = toWorld(camera, size, at.x, at.y);
  const nearer = zoomAt(camera, size, 1.7, at, { min: 0.01, max: 100 });
  const back = toScreen(nearer, size, world.x, world.y);
  that(Math.hypot(back.x - at.x, back.y - at.y) < 1e-6);
});
