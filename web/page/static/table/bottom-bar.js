// @ts-check
/** The bar under the map of a phone: the map, the journal, the table and oneself, each a thumb away. */

import { button, h } from "../ui/elements.js";
import { watchAll } from "../model/store.js";

/** @param {import("./types.js").Table} table @param {HTMLElement} side what the journal and the table lie in */
export function bottomBar(table, side) {
  const { ui, room } = table;
  const part = (/** @type {string} */ label, /** @type {string} */ glyph, /** @type {() => void} */ onclick) =>
    button(label, { class: "part", onclick }, glyph);
  const close = () => {
    side.dataset.open = "false";
  };
  const turn = (/** @type {"notes"|"people"} */ tab) =>
    side.dataset.open === "true" && ui.get().tab === tab ? close() : table.openSide(tab);
  const map = part("Map", "hex", close);
  const notes = part("Journal", "note", () => turn("notes"));
  const people = part("Table", "users", () => turn("people"));
  const me = part("Me", "token", () => table.open("me"));
  const draw = () => {
    const open = side.dataset.open === "true" ? ui.get().tab : "map";
    for (const [node, is] of /** @type {const} */ ([
      [map, open === "map"],
      [notes, open === "notes"],
      [people, open === "people" || open === "log"],
    ]))
      node.setAttribute("aria-current", String(is));
  };
  new MutationObserver(draw).observe(side, { attributeFilter: ["data-open"] });
  ui.subscribe((s) => s.tab, draw);
  watchAll(
    room,
    (s) => [s.role],
    () => {
      const words = notes.querySelector("span");
      if (words) words.textContent = room.get().role === "dm" ? "Notes" : "Journal";
    },
  );
  return h("nav.bottombar", { aria: { label: "Parts of the table" } }, map, notes, people, me);
}
