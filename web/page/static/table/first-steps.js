// @ts-check
/** What a new DM does first. */

import { button, fill, h, hide } from "../ui/elements.js";
import { watchAll } from "../model/store.js";

/** What a new DM does first; it goes when they did it. @param {import("./types.js").Table} table */
export function firstSteps(table) {
  const { room, ui } = table;
  const node = h(".firsthint", { hidden: true });
  let gone = false;
  const draw = () => {
    const { role, ready, map, viewers, status, people } = room.get();
    hide(
      node,
      gone || !ready || role !== "dm" || !map || viewers.size > 0 || table.readOnly() || ui.get().tool !== "look",
    );
    if (node.hidden) return;
    const done = (/** @type {boolean} */ is, /** @type {string} */ text) => h("li", is ? h("s.dim", text) : text);
    fill(
      node,
      h("strong", "Your map is laid. All of it is hidden from players."),
      h(
        "ol",
        done(
          people.some((p) => p.role === "player"),
          "Invite your players with a link.",
        ),
        done(status === "active", "Start the session."),
        done(false, "Choose the reveal brush (R) and draw over the map: what you touch, they see."),
      ),
      h(
        ".row",
        button("Reveal brush", { class: "btn primary small", onclick: () => ui.update({ tool: "reveal" }) }, "eye"),
        button("I know my way", {
          class: "btn ghost small",
          onclick: () => {
            gone = true;
            draw();
          },
        }),
      ),
    );
  };
  watchAll(room, (s) => [s.role, s.ready, s.map, s.viewers, s.status, s.people], draw);
  ui.subscribe((s) => s.tool, draw);
  return node;
}
