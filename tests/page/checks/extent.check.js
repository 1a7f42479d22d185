// @ts-check
/** Where a map is looked at first. */

import { firstLook } from "/static/map/extent.js";
import { toScreen } from "/static/map/camera.js";
import { bounds, disc, fromOffset, keyOf, spotOfKey } from "/static/model/hex.js";
import { TileMap } from "/static/model/tilemap.js";
import { check, equal } from "./check.js";

const SIZE = { w: 1000, h: 800 };
const map = { name: "M", gridWidth: 100, gridHeight: 100, hexSize: 40, orientation: /** @type {const} */ ("flat") };
const whole = bounds(map);

/** What a DM showed of another map. @type {TileMap<string>} */
const BEFORE = new TileMap().with([
  [9, 9, "full"],
  [9, 10, "full"],
]);

/** Returns how many of some hexes are on the screen, and whether they can be made out.
 * @param {string} role @param {import("/static/model/hex.js").Hex[]} hexes */
function looked(role, hexes) {
  const known = new TileMap().with(hexes.map(({ q, r }) => [q, r, "x"]));
  const camera = firstLook({ map, role, terrain: known, shown: role === "dm" ? BEFORE : known }, whole, SIZE);
  const there = hexes.filter(({ q, r }) => {
    const p = spotOfKey(map, keyOf(q, r));
    const { x, y } = toScreen(camera, SIZE, p.x, p.y);
    return x > 0 && y > 0 && x < SIZE.w && y < SIZE.h;
  });
  return { there: there.length, legible: camera.scale * map.hexSize >= 9 };
}

const at = (/** @type {number} */ column, /** @type {number} */ row) => fromOffset(column, row, "flat");

for (const role of ["dm", "player"]) {
  check(`a map of a few hexes far from each other opens where most of them are, for a ${role}`, () => {
    const town = disc(at(80, 80), 1);
    equal(looked(role, [at(0, 0), ...town]), { there: 7, legible: true });
    equal(looked(role, [at(99, 4)]), { there: 1, legible: true });
  });

  check(`what can be made out is seen whole, for a ${role}`, () => {
    equal(looked(role, [at(40, 40), at(60, 55)]), { there: 2, legible: true });
  });
}

check("a map that is full opens whole for its DM, and an empty one, too", () => {
  const full = [];
  for (let column = 0; column < 100; column++) for (let row = 0; row < 40; row++) full.push(at(column, row));
  equal(looked("dm", full).there, 4000);
  equal(looked("dm", []), { there: 0, legible: false });
});
