// @ts-check
/** Lines drawn by hand, with as few points as show them. */

import { farFrom, simplified } from "/static/model/hand-line.js";
import { check, equal } from "./check.js";

const circle = Array.from({ length: 400 }, (_, i) => ({
  x: 100 * Math.cos((i * Math.PI) / 200),
  y: 100 * Math.sin((i * Math.PI) / 200),
}));

check("a drawn line is sent by few points that lie near it", () => {
  const few = simplified(circle, 1, 200);
  equal(few.length < 60, true);
  equal([few[0], few.at(-1)], [circle[0], circle.at(-1)]);
  for (const p of circle)
    equal(
      few.some((to, i) => i > 0 && farFrom(p, few[i - 1], to) <= 1.000001),
      true,
    );
});

check("it has no more points than the server takes, however it winds", () => {
  const zigzag = Array.from({ length: 3000 }, (_, i) => ({ x: i, y: (i % 2) * 40 }));
  equal(simplified(zigzag, 1, 200).length <= 200, true);
  equal(simplified(circle.slice(0, 2), 1, 200).length, 2);
  equal(simplified([circle[0], circle[0], circle[0]], 1, 200).length, 2);
});

check("how far a point lies from a piece of a line", () => {
  const [a, b] = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
  ];
  equal(farFrom({ x: 5, y: 3 }, a, b), 3);
  equal(farFrom({ x: 14, y: 3 }, a, b), 5);
  equal(farFrom({ x: 3, y: 4 }, a, a), 5);
});
