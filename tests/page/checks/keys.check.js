// @ts-check
/** Keys, and the way of an arrow. */

import { distance } from "/static/model/hex.js";
import { intentOf, stepFrom } from "/static/model/keys.js";
import { touches } from "/static/history/event-log.js";
import { check, equal } from "./check.js";

check("a DM's keys are not a player's", () => {
  equal([intentOf({ key: "r" }, true), intentOf({ key: "r" }, false)], ["tool:reveal", null]);
  equal(
    ["+", "/", "?"].map((key) => intentOf({ key }, false)),
    ["zoom-in", "goto", "help"],
  );
});

check("undo, redo and publish have their usual keys", () =>
  equal(
    [
      { key: "z", ctrlKey: true },
      { key: "Z", metaKey: true, shiftKey: true },
      { key: "s", ctrlKey: true },
    ].map((e) => intentOf(e, true)),
    ["undo", "redo", "publish"],
  ),
);

check("other keys of the browser stay the browser's", () =>
  equal([intentOf({ key: "r", ctrlKey: true }, true), intentOf({ key: "l", metaKey: true }, true)], [null, null]),
);

check("each arrow leads to a neighbour, and back again", () => {
  const back = { ArrowUp: "ArrowDown", ArrowLeft: "ArrowRight", ArrowDown: "ArrowUp", ArrowRight: "ArrowLeft" };
  for (const orientation of ["flat", "pointy"])
    for (const at of [
      { q: 2, r: 2 },
      { q: 3, r: 3 },
    ])
      for (const [go, come] of Object.entries(back)) {
        const to = stepFrom(go, at, orientation);
        equal(distance(at, to), 1);
        equal(stepFrom(come, to, orientation), at);
      }
});

check("an event is found by the hexes of its runs", () => {
  /** @type {{hexes: [number, number, number][]}} */
  const payload = {
    hexes: [
      [3, 2, 4],
      [0, 5, 1],
    ],
  };
  equal(
    [
      [3, 2],
      [6, 2],
      [7, 2],
      [0, 5],
      [3, 5],
    ].map(([q, r]) => touches(payload, q, r)),
    [true, true, false, true, false],
  );
});

check("letters go by where they are on other keyboards, and by what they are on Latin ones", () => {
  equal(intentOf({ key: "к", code: "KeyR" }, true), "tool:reveal");
  equal(intentOf({ key: "я", code: "KeyZ", ctrlKey: true }, true), "undo");
  equal(intentOf({ key: "z", code: "KeyW", ctrlKey: true }, true), "undo");
  equal(intentOf({ key: "&", code: "Digit1" }, true), "tier:terrain");
  equal(intentOf({ key: "ü", code: "BracketLeft" }, true), "smaller");
  equal(intentOf({ key: "!", code: "Digit1", shiftKey: true }, true), null);
});

check("AltGr writes a character", () => {
  const altGr = { ctrlKey: true, altKey: true, getModifierState: (/** @type {string} */ name) => name === "AltGraph" };
  equal(intentOf({ key: "[", code: "Digit8", ...altGr }, true), "smaller");
});

check("single letters can be switched off, and chords stay", () => {
  equal(intentOf({ key: "r" }, true, { letters: false }), null);
  equal(intentOf({ key: "z", ctrlKey: true }, true, { letters: false }), "undo");
  equal(intentOf({ key: "Escape" }, true, { letters: false }), "escape");
});
