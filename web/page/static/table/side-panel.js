// @ts-check
/** Beside the map: what is staged, and tabs for people, notes and the log. */

import { button, fill, h, on, stepped } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { stagedList } from "../dm/staged-list.js";
import { playerList } from "./player-list.js";

/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./types.js").Controls} Controls */

/** The side: what is staged, and tabs. @param {Table} table */
export function sidePanel(table) {
  const { ui, room } = table;
  const tabs = h(".tablist", { role: "tablist", aria: { label: "Beside the map" } });
  const close = () => {
    side.dataset.open = "false";
  };
  const panel = h(".panel", { role: "tabpanel", tabIndex: 0, id: "side-panel" });
  /** @type {Partial<Record<Controls["tab"], HTMLElement>>} */
  const made = {};
  /** @type {Record<Controls["tab"], () => HTMLElement>} */
  const build = {
    people: () => playerList(table),
    notes() {
      const place = h("div");
      table.later("notes", (m) => place.append(m.notesPanel(table)));
      return place;
    },
    log() {
      const place = h("div");
      table.later("event-log", (m) => place.append(m.eventLog(table)));
      return place;
    },
  };
  const side = h(
    "aside.side",
    { aria: { label: "Beside the map" }, data: { open: "false" } },
    stagedList(table),
    h(".tabs", tabs, button("Close", { onclick: close }, "close", true)),
    panel,
  );
  const draw = () => {
    const dm = room.get().role === "dm";
    const { tab } = ui.get();
    /** @type {[Controls["tab"], string][]} */
    const names = [
      ["people", "Table"],
      ["notes", dm ? "Notes" : "Journal"],
    ];
    if (dm) names.push(["log", "Log"]);
    const had = tabs.contains(document.activeElement);
    fill(
      tabs,
      names.map(([id, label]) =>
        h(
          "button",
          {
            role: "tab",
            id: `tab-${id}`,
            data: { tab: id },
            tabIndex: id === tab ? 0 : -1,
            aria: { selected: id === tab, controls: "side-panel" },
            onclick: () => ui.update({ tab: id }),
          },
          label,
        ),
      ),
    );
    if (had) /** @type {HTMLElement|null} */ (tabs.querySelector("[aria-selected=true]"))?.focus();
    panel.setAttribute("aria-labelledby", `tab-${tab}`);
    fill(panel, (made[tab] ??= build[tab]()));
  };
  on(tabs, "keydown", (e) => {
    const all = [...tabs.querySelectorAll("[role=tab]")].map(
      (t) => /** @type {Controls["tab"]} */ (/** @type {HTMLElement} */ (t).dataset.tab),
    );
    const next = stepped(e, all.indexOf(ui.get().tab), all.length);
    if (next !== null) ui.update({ tab: all[next] });
  });
  watchAll(ui, (s) => [s.tab], draw);
  room.subscribe((s) => s.role, draw);
  return side;
}
