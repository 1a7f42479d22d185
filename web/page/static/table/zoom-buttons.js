// @ts-check
/** The buttons beside the map: closer, farther, all of it, what is on it, and one's own token. */

import { button, fill, h } from "../ui/elements.js";
import { ownKeys, withKey } from "./shortcuts.js";

/** Says whether somebody has a copy of the map to draw on. @param {import("./types.js").Table} table */
export const mayDraw = (table) => table.room.get().role === "player" && !table.readOnly();

/** @param {import("./types.js").Table} table */
export function zoomButtons(table) {
  const { scene, ui } = table;
  const quiet = (
    /** @type {string} */ label,
    /** @type {string} */ intent,
    /** @type {string} */ glyph,
    /** @type {() => void} */ onclick,
  ) => button(label, { title: withKey(label, intent), data: { f: intent }, onclick }, glyph, true);
  const find = button("Find me", { title: "Find my token", onclick: () => table.findMe() }, "token", true);
  const ruler = quiet("Measure", "measure", "ruler", () => {
    ui.update({ tool: ui.get().tool === "measure" ? "look" : "measure" });
  });
  const sketch = quiet("Draw by hand", "sketch", "pen", () => {
    ui.update({ tool: ui.get().tool === "sketch" ? "look" : "sketch" });
  });
  ui.subscribe(
    (s) => s.tool,
    (tool) => {
      ruler.setAttribute("aria-pressed", String(tool === "measure"));
      sketch.setAttribute("aria-pressed", String(tool === "sketch"));
    },
  );
  const node = h(".zoom", { role: "group", aria: { label: "Zoom" } });
  ownKeys.subscribe(
    (s) => s,
    () => {
      ruler.title = withKey("Measure", "measure");
      sketch.title = withKey("Draw by hand", "sketch");
      fill(
        node,
        quiet("Zoom in", "zoom-in", "plus", () => scene.zoom(1.4)),
        quiet("Zoom out", "zoom-out", "minus", () => scene.zoom(1 / 1.4)),
        quiet("Whole map", "fit", "fit", () => scene.fit()),
        quiet("Legend", "legend", "log", () => table.open("legend")),
        ruler,
        sketch,
        find,
      );
    },
  );
  table.whenShown(
    (s) => [s.tokens, s.role],
    () => {
      sketch.hidden = !mayDraw(table);
      if (sketch.hidden && ui.get().tool === "sketch") ui.update({ tool: "look" });
      find.hidden = !table.myToken();
    },
  );
  return node;
}
