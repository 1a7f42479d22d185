// @ts-check
/** What a new DM does first: a strip above the map, which covers nothing of it and goes for good when it is closed. */

import { button, fill, h, hide, icon } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { keep, settings } from "../map/theme.js";
import { complain } from "./notices.js";

/** One of the steps: what it is, whether it is done, and what its button does. @typedef {{words: string, glyph: string, done: boolean, run: () => unknown}} Step */

/** @param {import("./types.js").Table} table */
export function firstSteps(table) {
  const { room, ui } = table;
  const node = h("section.first-steps.row", { hidden: true, aria: { label: "First steps" } });
  const draw = () => {
    const { role, ready, map, viewers } = room.get();
    hide(node, settings.knowsWay || !ready || role !== "dm" || !map || viewers.size > 0 || table.readOnly());
    if (node.hidden) return;
    fill(
      node,
      h("strong", "Nobody sees your map yet."),
      h("ol", steps(table).map(stepView)),
      button(
        "Close the first steps",
        {
          onclick: () => {
            keep("knows-way", (settings.knowsWay = true));
            draw();
            table.focusMap();
          },
        },
        "close",
        true,
      ),
    );
  };
  watchAll(room, (s) => [s.role, s.ready, s.map, s.viewers, s.status, s.people], draw);
  ui.subscribe((s) => s.tool, draw);
  table.pictured.subscribe((p) => Boolean(p), draw);
  table.shown.subscribe((s) => s, draw);
  return node;
}

/** @param {import("./types.js").Table} table @returns {Step[]} */
function steps(table) {
  const { room, ui } = table;
  const { people, status } = room.get();
  const pictured = table.pictured.get();
  return [
    ...(pictured
      ? [{ words: "Align the picture", glyph: "fill", done: false, run: () => table.open("backdrop") }]
      : []),
    {
      words: "Invite players",
      glyph: "link",
      done: people.some((p) => p.role === "player"),
      run: () => table.open("invite"),
    },
    {
      words: "Start",
      glyph: "play",
      done: status === "active",
      run: () => table.commands.start().catch(complain),
    },
    {
      words: "Reveal hexes",
      glyph: "eye",
      done: false,
      run: () => ui.update({ tool: "reveal" }),
    },
  ];
}

/** @param {Step} step */
const stepView = ({ words, glyph, done, run }) =>
  h(
    "li",
    done
      ? h("span.dim.row.tight", icon("check"), h("s", words), h("span.sr", "done"))
      : button(words, { class: "btn small", onclick: run }, glyph),
  );
