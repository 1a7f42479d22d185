// @ts-check
/** A picture that is aligned by two of its hexes. */

import { inPicture, onMap } from "/static/model/placement.js";
import { alignedBy, stretchedBy } from "/static/model/two-marks.js";
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

check("two marks tell the scales of a picture that is stretched, however it is turned", () => {
  const [a, b] = [
    { x: 120, y: 340 },
    { x: 1530, y: 910 },
  ];
  for (const how of [
    { x: -40, y: 12, scale: 0.25, scaleY: 0.3, rotation: 0 },
    { x: 300, y: -70, scale: 3, scaleY: 1.5, rotation: 30 },
  ]) {
    const marks = [a, b].map((pixel) => ({ picture: pixel, map: onMap(pixel, how) }));
    const found = stretchedBy(marks[0], marks[1], how.rotation);
    near({ x: found?.scale ?? 0, y: found?.scaleY ?? 0 }, { x: how.scale, y: how.scaleY });
    near(onMap({ x: 7, y: 900 }, found ?? how), onMap({ x: 7, y: 900 }, how));
    near(inPicture(onMap(b, how), how), b);
  }
});

check("marks in one row, or that turn the picture over, tell no two scales", () => {
  const mark = (/** @type {number[]} */ [x, y], /** @type {number[]} */ [u, v]) => ({
    picture: { x, y },
    map: { x: u, y: v },
  });
  const corner = mark([0, 0], [0, 0]);
  equal(stretchedBy(corner, mark([1000, 20], [500, 300]), 0), null);
  equal(stretchedBy(corner, mark([1000, 800], [-500, 400]), 0), null);
  equal(stretchedBy(corner, mark([1000, 800], [500, 4]), 0), null);
});
