// @ts-check
/** What is known to whom, laid over painted land. */

import { layVeil } from "/static/map/painter/veil.js";
import { themeOf } from "/static/map/painter/themes.js";
import { check, equal } from "./check.js";

/** Returns how many places of a square that nobody sees are darker than most. @param {number} x @param {number} y its corner */
function hatched(x, y) {
  const side = 36;
  const n = side * side;
  const data = new Uint8ClampedArray(n * 4).fill(180);
  const raster = {
    data,
    known: new Uint8Array(n).fill(255),
    hidden: new Uint8Array(n).fill(255),
    ghost: new Uint8Array(n),
    side,
  };
  layVeil(data, raster, themeOf("atlas"), { x, y, dm: true, strength: 0.7, density: 1 });
  const reds = Array.from({ length: n }, (_, i) => data[i * 4]);
  return reds.filter((red) => red < Math.max(...reds)).length;
}

check("land that nobody sees is hatched alike on all sides of the first hex", () => {
  equal(hatched(0, 0), (36 * 36) / 9);
  equal([hatched(-36, 0), hatched(0, -72), hatched(-1000, -1000)], Array(3).fill(hatched(0, 0)));
});
