// @ts-check
/** Keys, and the way of an arrow. */

import { distance } from "/static/model/hex.js";
import { cleanedKeys, intentOf, keyOfPress, shownKey, stepFrom, takenBy } from "/static/model/keys.js";
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

check("a key of one's own takes the place of the usual one", () => {
  const own = { "tool:reveal": "Alt+e", goto: "F2", publish: "" };
  const asks = (/** @type {import("/static/model/keys.js").Press} */ e) => intentOf(e, true, { own });
  equal(asks({ key: "r" }), null);
  equal(asks({ key: "e", altKey: true }), "tool:reveal");
  equal(asks({ key: "´", code: "KeyE", altKey: true }), "tool:reveal");
  equal(asks({ key: "Dead", code: "KeyE", altKey: true }), "tool:reveal");
  equal(asks({ key: "у", code: "KeyE", altKey: true }), "tool:reveal");
  equal([asks({ key: "F2" }), asks({ key: "/" })], ["goto", null]);
  equal(asks({ key: "p" }), null);
  equal(asks({ key: "s", ctrlKey: true }), "publish");
  equal([shownKey("tool:reveal", own), shownKey("publish", own), shownKey("tool:hide", own)], ["Alt+E", "", "H"]);
  equal([takenBy("r", own), takenBy("h", own)], ["", "tool:hide"]);
});

check("keys with Alt and function keys stay where single letters are off", () => {
  const own = { "tool:reveal": "Alt+e", goto: "F2", "tool:hide": "x" };
  const asks = (/** @type {import("/static/model/keys.js").Press} */ e) => intentOf(e, true, { own, letters: false });
  equal([asks({ key: "e", altKey: true }), asks({ key: "F2" }), asks({ key: "x" })], ["tool:reveal", "goto", null]);
  equal(asks({ key: "ArrowUp", altKey: true }), "step:ArrowUp");
});

check("what browsers and forms need is given to no intent", () => {
  const given = (/** @type {Partial<import("/static/model/keys.js").Press>} */ e) => keyOfPress({ key: "", ...e });
  for (const key of ["Enter", " ", "Tab", "ArrowUp", "F5", "F11", "Dead", "Shift"]) equal(given({ key }), "");
  equal(given({ key: "t", ctrlKey: true }), "");
  equal([given({ key: "E" }), given({ key: "ж", code: "Semicolon" }), given({ key: "F10" })], ["e", "ж", "F10"]);
});

check("stored keys that nothing can use are left out", () => {
  equal(cleanedKeys({ "tool:reveal": "e", publish: "", goto: "Enter", mode: 7, nothing: "x", toString: "y" }), {
    "tool:reveal": "e",
    publish: "",
  });
  for (const stored of [null, 7, "keys", ["a"]]) equal(cleanedKeys(stored), {});
});
