// @ts-check
/** The small things at the right of the bar: undo, faces, and a menu of settings. */

import { confirm } from "../ui/dialogs.js";
import { button, fill, h, icon, on } from "../ui/elements.js";
import { walk } from "../ui/more-menu.js";
import { watchAll } from "../model/store.js";
import { complain } from "./notices.js";
import { faces } from "./player-list.js";
import { viewSettings } from "./view-settings.js";
import { address } from "../net/address.js";

/** @typedef {import("./types.js").Table} Table */
/** An entry of the menu: what it opens or does, what comes of it where the label does not say, and whether it is there for DMs, or for the others, alone;
 * `apart` from the harmless ones, since players see what it does.
 * @typedef {{label: string, glyph: string, does?: string, apart?: boolean, only?: "dm"|"others", opens?: Parameters<Table["open"]>[0], run?: (table: Table) => void}} Entry */

/** The entries of the menu, in groups. @type {[string, Entry[]][]} */
const GROUPS = [
  [
    "Players",
    [
      { label: "Invite players", glyph: "link", only: "dm", opens: "invite" },
      { label: "See what a player sees", glyph: "eye", only: "dm", run: (table) => table.viewAs() },
      {
        label: "Big screen",
        glyph: "fit",
        does: "The players' map, for the table",
        only: "dm",
        opens: "invite#openScreenLink",
      },
      { label: "Who knew what", glyph: "users", does: "What each was shown, and when", only: "dm", opens: "knowledge" },
      { label: "Skills and checks", glyph: "dice", only: "dm", opens: "skill-checks" },
      { label: "My skills", glyph: "dice", only: "others", opens: "rules#openSkills" },
    ],
  ],
  [
    "Map",
    [
      { label: "Go to a hex", glyph: "search", run: (table) => table.goTo() },
      { label: "Map as a file", glyph: "copy", opens: "rules#openExport" },
      { label: "Picture under the map", glyph: "fill", only: "dm", opens: "backdrop" },
      {
        label: "Map from a file",
        glyph: "upload",
        does: "In place of this one, or added",
        only: "dm",
        opens: "import",
      },
      { label: "New map", glyph: "hex", does: "In place of this one", only: "dm", opens: "generator" },
      { label: "Reveal everything", glyph: "eye", does: "To every player", apart: true, only: "dm", run: revealAll },
      { label: "Hide everything", glyph: "veil", does: "From every player", apart: true, only: "dm", run: hideAll },
    ],
  ],
  [
    "Campaign",
    [
      { label: "Rules and settings", glyph: "set", only: "dm", opens: "rules" },
      {
        label: "This campaign",
        glyph: "note",
        does: "Name, copy, archive, delete",
        only: "dm",
        opens: "campaign",
      },
      {
        label: "Home page",
        glyph: "clock",
        does: "Next date, recaps, files",
        run: (table) => location.assign(address(`/c/${table.campaignId}/home`)),
      },
      { label: "Sessions and replay", glyph: "replay", run: (table) => table.sessions() },
      { label: "Post recaps", glyph: "send", does: "To a channel, after each session", only: "dm", opens: "webhook" },
      { label: "Your account", glyph: "users", run: () => location.assign(address("/account")) },
      { label: "Your campaigns", glyph: "back", run: () => location.assign(address("/")) },
    ],
  ],
];

/** @param {Table} table */
export function menus(table) {
  const { room } = table;
  const dmOnly = h(".row.tight.turns");
  const undo = button("Undo", { title: "Undo (Ctrl+Z)", onclick: () => table.undo() }, "undo", true);
  const redo = button(
    "Redo",
    {
      class: "btn ghost square small wide-only",
      title: "Redo (Ctrl+Shift+Z)",
      onclick: () => table.redo(),
    },
    "redo",
    true,
  );
  watchAll(
    room,
    (s) => [s.role, s.history, s.staged.length],
    () => {
      const { role, history, staged: queue, userId } = room.get();
      const staged = queue.filter((c) => c.by === userId);
      fill(dmOnly, role === "dm" && [undo, redo]);
      undo.disabled = !history.canUndo && !staged.length;
      redo.disabled = !history.canRedo;
      undo.title = staged.length
        ? "Take back your last staged change (Ctrl+Z)"
        : `Undo${typeof history.canUndo === "string" ? `: ${history.canUndo}` : ""} (Ctrl+Z)`;
      redo.title = `Redo${typeof history.canRedo === "string" ? `: ${history.canRedo}` : ""} (Ctrl+Shift+Z)`;
    },
  );

  const menu = h(".menu", { id: "menu", hidden: true });
  const more = button(
    "Menu",
    { aria: { expanded: false, controls: "menu" }, onclick: () => toggle(Boolean(menu.hidden)) },
    "dots",
    true,
  );
  const outside = (/** @type {Event} */ e) => {
    const at = /** @type {Node} */ (e.target);
    if (!menu.contains(at) && !more.contains(at)) toggle(false);
  };
  const toggle = (/** @type {boolean} */ open) => {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
    document.removeEventListener("pointerdown", outside);
    if (!open) return;
    document.addEventListener("pointerdown", outside);
    draw();
    /** @type {HTMLElement|null} */ (menu.querySelector("button, input, select"))?.focus();
  };
  on(menu, "keydown", (e) => {
    if (e.key === "Escape") {
      e.stopPropagation();
      toggle(false);
      more.focus();
    } else walk(menu, e);
  });
  const item = (/** @type {Entry} */ { label, glyph, does, opens, run }) =>
    h(
      "button.item",
      {
        aria: { label, description: does },
        onclick: () => {
          toggle(false);
          more.focus();
          if (opens) table.open(opens);
          else run?.(table);
        },
      },
      icon(glyph),
      h("span.grow", label, does && h("span.dim.small", does)),
    );
  const group = (/** @type {string} */ name, /** @type {HTMLElement[]} */ items) =>
    h(".group", { role: "group", aria: { label: name } }, h("h3", { aria: { hidden: true } }, name), items);
  const draw = () => {
    const mine = room.get().role === "dm" ? "dm" : "others";
    const keys = item({ label: "Keys", glyph: "help", opens: "help" });
    fill(
      menu,
      GROUPS.map(([name, entries]) => {
        const here = entries.filter(({ only }) => !only || only === mine);
        const apart = here.filter((entry) => entry.apart).map(item);
        return group(name, [
          ...here.filter((entry) => !entry.apart).map(item),
          ...(apart.length ? [h(".apart", apart)] : []),
        ]);
      }),
      group("View", [...viewSettings(table), keys]),
    );
  };
  return {
    node: h(
      ".row.tight.menus",
      dmOnly,
      faces(table, () => table.openSide("people")),
      more,
      menu,
    ),
    toggle,
  };
}

/** When a change to the whole map is seen by players. @param {Table} table */
const when = (table) => (table.room.get().mode === "staged" ? " when you publish" : ", now");

/** @param {Table} table */
async function revealAll(table) {
  const { map } = table.room.get();
  const all = map ? map.gridWidth * map.gridHeight : "";
  const text = `All ${all} hexes become visible to every player${when(table)}.`;
  const sure = await confirm("Reveal the whole map?", text, "Reveal all");
  if (sure) table.commands.reveal("all", "all").catch(complain);
}

/** @param {Table} table */
async function hideAll(table) {
  const sure = await confirm("Hide the whole map?", `Players lose sight of everything${when(table)}.`, "Hide all");
  if (sure) table.commands.hide("all", "all").catch(complain);
}
