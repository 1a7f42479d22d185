// @ts-check
/** A picture that is aligned by two of its hexes. */

import { alignedBy, inPicture, onMap } from "/static/model/two-marks.js";
import { check, equal } from "./check.js";

const near = (/** @type {{x: number, y: number}} */ a, /** @type {{x: number, y: number}} */ b) =>
  equal(Math.hypot(a.x - b.x, a.y - b.y) < 1e-6, true);

check("both marks come to lie where they belong", () => {
  const [a, b] = [
    { x: 120, y: 340 },
    { x: 1530, y: 610 },
  ];
  for (const how of [
    { x: -40, y: 12, scale: 0.25, rotation: 0 },
    { x: 300, y: -70, scale: 3, rotation: 30 },
    { x: 0, y: 0, scale: 1, rotation: -175 },
  ]) {
    const found = alignedBy({ picture: a, map: onMap(a, how) }, { picture: b, map: onMap(b, how) });
    for (const pixel of [a, b, { x: 7, y: 900 }])
      near(onMap(pixel, found ?? { x: NaN, y: 0, scale: 1, rotation: 0 }), onMap(pixel, how));
    near(inPicture(onMap(a, how), how), a);
  }
});

check("an unsteady hand turns nothing, and one hex alone says nothing", () => {
  const [a, b] = [
    { x: 0, y: 0 },
    { x: 1000, y: 0 },
  ];
  const found = alignedBy({ picture: a, map: { x: 10, y: 10 } }, { picture: b, map: { x: 510, y: 14 } });
  equal(found?.rotation, 0);
  equal(Math.abs((found?.scale ?? 0) - 0.5) < 0.001, true);
  equal(alignedBy({ picture: a, map: a }, { picture: a, map: b }), null);
  equal(alignedBy({ picture: a, map: a }, { picture: b, map: a }), null);
});
