// @ts-check
/** The buttons beside the map: closer, farther, all of it, what is on it, and one's own token. */

import { button, fill, h } from "../ui/elements.js";
import { ownKeys, withKey } from "./shortcuts.js";

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
  ui.subscribe(
    (s) => s.tool,
    (tool) => ruler.setAttribute("aria-pressed", String(tool === "measure")),
  );
  const node = h(".zoom", { role: "group", aria: { label: "Zoom" } });
  ownKeys.subscribe(
    (s) => s,
    () => {
      ruler.title = withKey("Measure", "measure");
      fill(
        node,
        quiet("Zoom in", "zoom-in", "plus", () => scene.zoom(1.4)),
        quiet("Zoom out", "zoom-out", "minus", () => scene.zoom(1 / 1.4)),
        quiet("Whole map", "fit", "fit", () => scene.fit()),
        quiet("Legend", "legend", "log", () => table.open("legend")),
        ruler,
        find,
      );
    },
  );
  table.whenShown(
    (s) => [s.tokens],
    () => {
      find.hidden = !table.myToken();
    },
  );
  return node;
}
