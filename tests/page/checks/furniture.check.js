// @ts-check
/** The scale bar, and distances in words. */

import { inHexes, inUnits } from "/static/map/layers/furniture.js";
import { distanceWords } from "/static/ui/text.js";
import { check, equal } from "./check.js";

check("a scale bar has a round length that fits", () => {
  for (let step = 0.004; step < 900; step *= 1.37) {
    const { wide, words } = inUnits(step, "km");
    equal(wide <= 170 && wide > 170 / 2.6, true);
    equal(/^(0\.0*)?[125](0|,)*(\.0+)? km$/.test(words), true);
  }
  equal(inUnits(60, "miles").words, "2 miles");
  equal(inUnits(100, "miles").words, "1 mile");
  equal(inUnits(2000, "miles").words, "0.05 miles");
  equal([inHexes(40)?.words, inHexes(100)?.words, inHexes(171)], ["3 hexes", "1 hex", null]);
});

check("a distance is told in hexes, and in what the campaign says a hex is wide", () => {
  equal(distanceWords(1), "1 hex");
  equal(distanceWords(5, { hexWidth: 6, hexUnit: "miles" }), "5 hexes, 30 miles");
  equal(distanceWords(2, { hexWidth: 0.5, hexUnit: "miles" }), "2 hexes, 1 mile");
  equal(distanceWords(3, { hexWidth: 2.54, hexUnit: "km" }), "3 hexes, 7.6 km");
  equal(distanceWords(500, { hexWidth: 9.3 }), "500 hexes, 4,650 miles");
});
