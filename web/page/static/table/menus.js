// @ts-check
/** The small things at the right of the bar: undo, faces, and a menu of settings. */

import { confirm } from "../ui/dialogs.js";
import { button, choices, fill, h, icon, on } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { MAP_THEMES, applyTheme, keep, settings } from "../map/theme.js";
import { complain } from "./notices.js";
import { faces } from "./player-list.js";

/** @typedef {import("./types.js").Table} Table */
/** An entry of the menu: what it opens or does, and whether it is there for DMs, or for the others, alone.
 * @typedef {{label: string, glyph: string, only?: "dm"|"others", opens?: Parameters<Table["open"]>[0], run?: (table: Table) => void}} Entry */

/** The entries of the menu, in groups. @type {Entry[][]} */
const ENTRIES = [
  [
    { label: "Invite players", glyph: "link", only: "dm", opens: "invite" },
    { label: "See what a player sees", glyph: "eye", only: "dm", run: (table) => table.viewAs() },
    { label: "Reveal everything", glyph: "eye", only: "dm", run: revealAll },
    { label: "Hide everything", glyph: "veil", only: "dm", run: hideAll },
    { label: "New map", glyph: "hex", only: "dm", opens: "generator" },
    { label: "Map from a file", glyph: "upload", only: "dm", opens: "import" },
    { label: "Picture under the map", glyph: "fill", only: "dm", opens: "backdrop" },
    { label: "Rules and settings", glyph: "set", only: "dm", opens: "rules" },
    { label: "Who knew what", glyph: "users", only: "dm", opens: "knowledge" },
    { label: "Post recaps", glyph: "send", only: "dm", opens: "webhook" },
    { label: "Skills and checks", glyph: "dice", only: "dm", opens: "skill-checks" },
  ],
  [
    { label: "Map as a file", glyph: "copy", opens: "rules#openExport" },
    { label: "My skills", glyph: "dice", only: "others", opens: "rules#openSkills" },
    { label: "Sessions and replay", glyph: "replay", run: (table) => table.sessions() },
    { label: "Go to a hex", glyph: "search", run: (table) => table.goTo() },
    { label: "Your account", glyph: "users", run: () => location.assign("/account") },
    { label: "Keys", glyph: "help", opens: "help" },
  ],
];

/** The names of settings that are kept under another one. @type {Partial<Record<keyof typeof settings, string>>} */
const STORED = { style: "label-style", mapTheme: "map-theme" };

/** @param {Table} table */
export function menus(table) {
  const { room, commands } = table;
  const dmOnly = h(".row.tight.turns");
  const undo = button("Undo", { title: "Undo (Ctrl+Z)", onclick: () => table.undo() }, "undo", true);
  const redo = button(
    "Redo",
    {
      class: "btn ghost square small wide-only",
      title: "Redo (Ctrl+Shift+Z)",
      onclick: () => commands.redo().catch(complain),
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

  const menu = h(".menu", { hidden: true });
  const more = button(
    "Menu",
    { aria: { expanded: false, haspopup: "true" }, onclick: () => toggle(Boolean(menu.hidden)) },
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
    if (e.key !== "Escape") return;
    e.stopPropagation();
    toggle(false);
    more.focus();
  });
  const item = (/** @type {Entry} */ { label, glyph, opens, run }) =>
    h(
      "button.item",
      {
        onclick: () => {
          toggle(false);
          more.focus();
          if (opens) table.open(opens);
          else run?.(table);
        },
      },
      icon(glyph),
      label,
    );
  /** @template {keyof typeof settings} K @param {K} name @param {(typeof settings)[K]} value */
  const set = (name, value) => {
    settings[name] = value;
    keep(STORED[name] ?? name, value);
    if (name === "theme") applyTheme();
    if (name === "veil") table.scene.refresh();
    else table.scene.repaint();
    table.relabel();
  };
  const draw = () => {
    const dm = room.get().role === "dm";
    const style = settings.style;
    fill(
      menu,
      ENTRIES.map((group) => {
        const items = group.filter((entry) => !entry.only || entry.only === (dm ? "dm" : "others")).map(item);
        return items.length ? [...items, h("hr")] : [];
      }).flat(),
      dm &&
        h(
          "label",
          "Fog over hidden hexes",
          h("input", {
            type: "range",
            min: 0,
            max: 100,
            value: settings.veil * 100,
            aria: { valuetext: `${Math.round(settings.veil * 100)} %` },
            oninput: (e) => set("veil", Number(e.target.value) / 100),
          }),
        ),
      h(
        "label.check",
        h("input", {
          type: "checkbox",
          checked: settings.labels,
          onchange: (e) => set("labels", e.target.checked),
        }),
        "Labels on hexes",
      ),
      h(
        "label.check",
        h("input", {
          type: "checkbox",
          checked: settings.keys,
          onchange: (e) => set("keys", e.target.checked),
        }),
        "Keys of a single letter",
      ),
      h(
        "label.check",
        h("input", {
          type: "checkbox",
          checked: settings.grid,
          onchange: (e) => set("grid", e.target.checked),
        }),
        "Grid lines",
      ),
      h(
        "label",
        "Labels",
        h(
          "select",
          {
            onchange: (e) => {
              const [s, o] = e.target.value.split("/");
              set("style", s ? { style: s, origin: Number(o) } : null);
            },
          },
          choices(
            [
              ["", "As the campaign says"],
              ["ccrr/1", "0304: column, row, from 01"],
              ["ccrr/0", "0304: column, row, from 00"],
              ["rrcc/1", "0403: row, column, from 01"],
              ["letter/1", "C4: letter and number"],
              ["axial/0", "2,2: axial"],
            ],
            style ? `${style.style}/${style.origin}` : "",
          ),
        ),
      ),
      h(
        "label",
        "Look of the map",
        h(
          "select",
          { onchange: (e) => set("mapTheme", e.target.value) },
          choices(MAP_THEMES, settings.mapTheme || "atlas"),
        ),
      ),
      h(
        "label",
        "Light",
        h(
          "select",
          { onchange: (e) => set("theme", e.target.value) },
          choices(
            [
              ["auto", "As the system"],
              ["dark", "Dark"],
              ["light", "Light"],
            ],
            settings.theme,
          ),
        ),
      ),
      h("hr"),
      h("a.item", { href: "/" }, icon("back"), "Your campaigns"),
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
