// @ts-check
/** What a line encloses, and pieces of terrain. */

import { DIRECTIONS, disc, distance, keyOf } from "/static/model/hex.js";
import { enclosed, laid, pieceOf } from "/static/model/pieces.js";
import { check, equal } from "./check.js";

const sorted = (/** @type {{q: number, r: number}[]} */ hexes) => hexes.map(({ q, r }) => keyOf(q, r)).sort();

/** Returns the ring around a hex, hex by hex. @param {{q: number, r: number}} centre @param {number} radius */
function ringOf(centre, radius) {
  const out = [];
  let [q, r] = [centre.q + DIRECTIONS[4][0] * radius, centre.r + DIRECTIONS[4][1] * radius];
  for (const [dq, dr] of DIRECTIONS)
    for (let i = 0; i < radius; i++) {
      out.push({ q, r });
      [q, r] = [q + dq, r + dr];
    }
  return out;
}

check("a ring encloses its disc, in both directions and orientations", () => {
  for (const orientation of /** @type {const} */ (["flat", "pointy"]))
    for (const radius of [1, 2, 5])
      for (const centre of [
        { q: 0, r: 0 },
        { q: -3, r: 4 },
      ]) {
        const ring = ringOf(centre, radius);
        equal(sorted(enclosed(ring, orientation)), sorted(disc(centre, radius)));
        equal(sorted(enclosed([...ring].reverse(), orientation)), sorted(disc(centre, radius)));
      }
});

check("an open line is closed by the straight way, and a line alone encloses nothing more", () => {
  const half = ringOf({ q: 0, r: 0 }, 3).slice(0, 10);
  for (const orientation of /** @type {const} */ (["flat", "pointy"])) {
    const all = enclosed(half, orientation);
    equal(all.length > half.length, true);
    equal(
      all.every((hex) => distance(hex, { q: 0, r: 0 }) <= 3),
      true,
    );
    equal(sorted(enclosed([{ q: 2, r: 1 }], orientation)), ["2,1"]);
    const straight = [0, 1, 2, 3].map((q) => ({ q, r: 0 }));
    equal(sorted(enclosed(straight, orientation)), sorted(straight));
  }
});

check("a piece comes to lie as it was, wherever it is put", () => {
  const land = new Map(disc({ q: 4, r: -2 }, 1).map(({ q, r }, i) => [keyOf(q, r), ["forest", "hills"][i % 2]]));
  const at = (/** @type {number} */ q, /** @type {number} */ r) => land.get(keyOf(q, r));
  const piece = pieceOf([...land.keys(), "40,40"], at);
  equal(piece.length, 7);
  for (const { q, r, terrain } of laid(piece, { q: 9, r: 3 })) equal(at(q - 5, r - 5), terrain);
  equal(pieceOf(["40,40"], at), []);
});
