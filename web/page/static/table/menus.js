// @ts-check
/** The small things at the right of the bar: undo, faces, and a menu of settings. */

import { confirm } from "../ui/dialogs.js";
import { button, choices, fill, h, icon, on } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { MAP_THEMES, applyTheme, keep, settings } from "../map/theme.js";
import { complain } from "./notices.js";
import { faces } from "./player-list.js";

/** @param {any} table */
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
    (/** @type {any} */ s) => [s.role, s.history, s.staged.length],
    () => {
      const { role, history, staged: queue, userId } = room.get();
      const staged = queue.filter((/** @type {any} */ c) => c.by === userId);
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
    { aria: { expanded: false, haspopup: "true" }, onclick: () => toggle(menu.hidden) },
    "dots",
    true,
  );
  const outside = (/** @type {Event} */ e) =>
    !menu.contains(/** @type {Node} */ (e.target)) && !more.contains(/** @type {Node} */ (e.target)) && toggle(false);
  const toggle = (/** @type {boolean} */ open) => {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
    document[open ? "addEventListener" : "removeEventListener"]("pointerdown", outside);
    if (open) {
      draw();
      /** @type {any} */ (menu.querySelector("button, input, select"))?.focus();
    }
  };
  on(menu, "keydown", (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    toggle(false);
    more.focus();
  });
  const item = (/** @type {string} */ label, /** @type {string} */ glyph, /** @type {() => void} */ run) =>
    h(
      "button.item",
      {
        onclick: () => {
          toggle(false);
          more.focus();
          run();
        },
      },
      icon(glyph),
      label,
    );
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    /** @type {any} */ (settings)[name] = value;
    keep(name, value);
    if (name === "theme") applyTheme();
    if (name === "style") keep("label-style", value);
    if (name === "mapTheme") keep("map-theme", value);
    name === "veil" ? table.scene.refresh() : table.scene.repaint();
    table.relabel();
  };
  const bulk = async (/** @type {"reveal"|"hide"} */ what) => {
    const { map, mode } = room.get();
    const yes =
      what === "reveal"
        ? await confirm(
            "Reveal the whole map?",
            `All ${map ? map.gridWidth * map.gridHeight : ""} hexes become visible to every player${mode === "staged" ? " when you publish" : ", now"}.`,
            "Reveal all",
          )
        : await confirm(
            "Hide the whole map?",
            `Players lose sight of everything${mode === "staged" ? " when you publish" : ", now"}.`,
            "Hide all",
          );
    if (yes) (what === "reveal" ? commands.reveal("all", "all") : commands.hide("all", "all")).catch(complain);
  };
  const draw = () => {
    const dm = room.get().role === "dm";
    const style = settings.style;
    fill(
      menu,
      dm && [
        item("Invite players", "link", () => table.open("invite")),
        item("See what a player sees", "eye", () => table.viewAs()),
        item("Reveal everything", "eye", () => bulk("reveal")),
        item("Hide everything", "veil", () => bulk("hide")),
        item("New map", "hex", () => table.open("generator")),
        item("Map from a file", "upload", () => table.open("import")),
        item("Picture under the map", "fill", () => table.open("backdrop")),
        item("Rules and settings", "set", () => table.open("rules")),
        item("Who knew what", "users", () => table.open("knowledge")),
        item("Post recaps", "send", () => table.open("webhook")),
        item("Skills and checks", "dice", () => table.open("skill-checks")),
        h("hr"),
      ],
      item("Map as a file", "copy", () => table.open("rules#openExport")),
      !dm && item("My skills", "dice", () => table.open("rules#openSkills")),
      item("Sessions and replay", "replay", () => table.sessions()),
      item("Go to a hex", "search", () => table.goTo()),
      item("Your account", "users", () => location.assign("/account")),
      item("Keys", "help", () => table.open("help")),
      h("hr"),
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
            oninput: (/** @type {any} */ e) => set("veil", e.target.value / 100),
          }),
        ),
      h(
        "label.check",
        h("input", {
          type: "checkbox",
          checked: settings.labels,
          onchange: (/** @type {any} */ e) => set("labels", e.target.checked),
        }),
        "Labels on hexes",
      ),
      h(
        "label.check",
        h("input", {
          type: "checkbox",
          checked: settings.grid,
          onchange: (/** @type {any} */ e) => set("grid", e.target.checked),
        }),
        "Grid lines",
      ),
      h(
        "label",
        "Labels",
        h(
          "select",
          {
            onchange: (/** @type {any} */ e) => {
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
          { onchange: (/** @type {any} */ e) => set("mapTheme", e.target.value) },
          choices(MAP_THEMES, settings.mapTheme || "atlas"),
        ),
      ),
      h(
        "label",
        "Light",
        h(
          "select",
          { onchange: (/** @type {any} */ e) => set("theme", e.target.value) },
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
