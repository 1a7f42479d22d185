// @ts-check
/** What the hand holds when a table is opened. */

/** @type {import("./types.js").Controls} */
export const FIRST = {
  tool: "look",
  draw: "path",
  shape: "brush",
  radius: 1,
  tier: "full",
  targets: "all",
  terrain: "forest",
  paints: "paint",
  piece: [],
  flip: false,
  stroke: null,
  tab: "people",
  selected: null,
  held: "",
};
