// @ts-check
/** Where a pen goes, from hex to hex and along edges, and back from what the server keeps. */

import { toPoint } from "/static/model/hex.js";
import { edgeWays, hexWays } from "/static/model/ways.js";
import { check, equal } from "./check.js";

/** @typedef {import("/static/model/ways.js").Place} Place */

const FLAT = { orientation: /** @type {const} */ ("flat"), gridWidth: 12, gridHeight: 10 };
const POINTY = { ...FLAT, orientation: /** @type {const} */ ("pointy") };

const near = (
  /** @type {import("/static/model/ways.js").Ways} */ ways,
  /** @type {number} */ x,
  /** @type {number} */ y,
) => /** @type {Place} */ (ways.near(x, y));

check("a pen goes over all hexes between two that are clicked", () => {
  const ways = hexWays(FLAT);
  const [a, b] = [
    [2, 2],
    [5, 2],
  ].map(([q, r]) => {
    const { x, y } = toPoint(q, r, "flat", 1);
    return near(ways, x + 0.2, y - 0.3);
  });
  equal(ways.points([a, b]), ["2,2", "3,2", "4,2", "5,2"]);
  equal(ways.points([a]), []);
  equal(ways.near(-9, 3), null);
});

check("a border runs along the rim of the map, too", () => {
  const ways = edgeWays(FLAT);
  const ring = Array.from({ length: 7 }, (_, i) => {
    const angle = ((i % 6) * Math.PI) / 3;
    return near(ways, Math.cos(angle) * 0.9, Math.sin(angle) * 0.9);
  });
  equal(ways.points(ring).length, 6);
});

check("a path that leaves the map ends on its edge", () => {
  const ways = hexWays(FLAT);
  const rim = near(ways, 0, -0.8);
  equal(rim.id, "0,0/2");
  equal(ways.points([rim, near(ways, 1.5, 0.9)]), ["0,0/2", "1,0"]);
});

for (const map of [FLAT, POINTY])
  check(`a path is known again by few of its points (${map.orientation})`, () => {
    const ways = hexWays(map);
    const points = ["2,2", "3,2", "4,2", "4,3", "4,4", "5,3"];
    const stops = /** @type {Place[]} */ (ways.stops(points));
    equal(
      stops.map((stop) => stop.id),
      ["2,2", "4,2", "4,4", "5,3"],
    );
    equal(ways.points(stops), points);
  });

for (const map of [FLAT, POINTY])
  check(`a border goes from corner to corner, an edge at a time (${map.orientation})`, () => {
    const ways = edgeWays(map);
    const at = toPoint(4, 3, map.orientation, 1);
    const ring = [0, 1, 2, 3, 4, 5, 0].map((i) => {
      const angle = ((60 * i + (map.orientation === "flat" ? 0 : 30)) * Math.PI) / 180;
      return near(ways, at.x + 0.9 * Math.cos(angle), at.y + 0.9 * Math.sin(angle));
    });
    const edges = ways.points(ring);
    equal([...edges].sort(), ["3,3/0", "3,4/1", "4,3/0", "4,3/1", "4,3/2", "4,4/2"]);
    const stops = /** @type {Place[]} */ (ways.stops(edges));
    equal(ways.points(stops), edges);
  });

check("a border between far corners hangs together", () => {
  const ways = edgeWays(FLAT);
  const [a, b] = [near(ways, 2, 2), near(ways, 9, 7)];
  const edges = ways.points([a, b]);
  equal(ways.between(a, b).length, edges.length);
  equal(/** @type {Place[]} */ (ways.stops(edges)).length > 1, true);
  equal(ways.stops(["1,1/0", "6,3/0"]), null);
});
