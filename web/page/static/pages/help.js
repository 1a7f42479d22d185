// @ts-check
/** The keys, for those who ask. */

import { openDialog } from "../ui/dialogs.js";
import { h } from "../ui/elements.js";

const ALL = [
  ["Drag; Space or Alt + drag", "Move the map"],
  ["Wheel, + and −", "Zoom"],
  ["0", "The whole map"],
  ["/", "Go to a hex by its label"],
  ["Arrow keys", "From hex to hex (click the map or press G first)"],
  ["M, then arrow keys and Enter", "Pick up the token on the hex and put it elsewhere"],
  ["Alt + arrow keys", "Move your token"],
  ["Shift+F10, right click, second tap", "What is here"],
  ["Q, long press", "Point at the hex"],
  ["L", "Labels on or off"],
  ["?", "This list"],
  ["Esc", "Close, let go, look around"],
];
const DM = [
  ["R", "Reveal"],
  ["H", "Hide"],
  ["T", "Terrain"],
  ["D", "Draw paths; again: sites, regions, labels"],
  ["Shift, held", "Reveal and hide change places"],
  ["[ and ]", "Radius"],
  ["1, 2, 3", "Terrain only, all, hidden"],
  ["Space + click", "Hidden, terrain, all, in turn"],
  ["S", "Live or staged"],
  ["P, Ctrl+S", "Publish"],
  ["U", "Take back the last staged change"],
  ["Ctrl+Z, Ctrl+Shift+Z", "Undo, redo"],
  ["N", "Write a note on the hex"],
  ["Enter, Backspace, Esc", "Finish a path, take its last point back, give it up"],
  ["Delete", "Delete what is chosen on the map"],
  ["K", "Put a token on the hex"],
  ["V", "See what a player sees"],
];

/** @param {import("../table/types.js").Table} table */
export function open({ room }) {
  const dm = room.get().role === "dm";
  const list = (/** @type {string[][]} */ keys) =>
    h(
      "dl.keys",
      keys.map(([k, does]) => h("div", h("dt", h("kbd", k)), h("dd", does))),
    );
  const dialog = openDialog(
    "Keys",
    dm && h("h3", "For the DM"),
    dm && list(DM),
    dm && h("h3", "For everyone"),
    list(ALL),
  );
  dialog.classList.add("middling");
}
