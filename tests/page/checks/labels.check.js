// @ts-check
/** Labels of hexes, and other words. */

import { labelOf, parseLabel } from "/static/model/labels.js";
import { ago, clock } from "/static/ui/time.js";
import { count, list, targetWords, viewerWords } from "/static/ui/text.js";
import { check, equal } from "./check.js";

/** @type {import("/static/model/labels.js").LabelStyle[]} */
const STYLES = [
  { style: "ccrr", origin: 1 },
  { style: "ccrr", origin: 0 },
  { style: "rrcc", origin: 1 },
  { style: "letter", origin: 1 },
  { style: "axial", origin: 0 },
];

check("the first hex is 0101, A1 or 0,0", () =>
  equal(
    STYLES.map((s) => labelOf(0, 0, "flat", s)),
    ["0101", "0000", "0101", "A1", "0,0"],
  ),
);

check("a label leads back to its hex, past 99 and past Z too", () => {
  for (const style of STYLES)
    for (const [q, r] of [
      [0, 0],
      [3, 2],
      [27, -5],
      [120, 40],
      [30, 101],
    ])
      equal(parseLabel(labelOf(q, r, "flat", style), "flat", style), { q, r });
});

check("what is no label is none", () =>
  equal(
    ["", "01", "abc", "1;2", "A", "0x12"].map((t) => parseLabel(t, "flat")),
    [null, null, null, null, null, null],
  ),
);

const PEOPLE = [
  { userId: "a", name: "Ana" },
  { userId: "b", name: "Ben" },
];

check("targets and viewers are told by name", () => {
  equal(targetWords("all", PEOPLE), "everyone");
  equal(targetWords({ playerIds: ["a", "b"] }, PEOPLE), "Ana and Ben");
  equal(viewerWords(undefined, PEOPLE), "Hidden from everyone");
  equal(viewerWords({ everyone: "full", apart: { a: "hidden" } }, PEOPLE), "Seen by everyone, but not Ana");
  equal(viewerWords({ everyone: "hidden", apart: { b: "terrain" } }, PEOPLE), "Seen by Ben (terrain only)");
});

check("numbers and times are for people", () => {
  equal([count(1, "hex"), count(1200, "hex"), list(["a", "b", "c"])], ["1 hex", "1,200 hexes", "a, b and c"]);
  equal([clock(65_000), clock(3_909_000)], ["1:05", "1:05:09"]);
  equal(ago(new Date(1000), 181_000), "3 min ago");
});
