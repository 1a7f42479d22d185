// @ts-check
/** Dialogs that are opened once in a while: what the campaign shows players, what steps reveal, one's skills, the map as a file. */

import { openDialog } from "../ui/dialogs.js";
import { button, choices, fill, form, h, on } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { MAP_THEMES } from "../map/theme.js";
import { list, nameOf, playersOf } from "../ui/text.js";
import { complain, toast } from "../table/notices.js";
import { address } from "../net/address.js";

/** @typedef {import("../table/types.js").Room} Room */
/** @typedef {import("../model/types.js").Settings} Settings */
/** @typedef {import("../model/types.js").Rule} Rule */

/** Keeps a part of a dialog as the room is, until the dialog closes. @param {import("../table/types.js").Store<Room>} room @param {HTMLElement} dialog @param {HTMLElement} part
 * @param {(room: Room) => unknown[]} select @param {() => import("../ui/elements.js").Child[]} draw */
function follow(room, dialog, part, select, draw) {
  const stop = watchAll(room, select, () => {
    fill(part, ...draw());
  });
  on(dialog, "close", stop);
}

/** Returns the fields that say how wide a hex is. @param {Settings} settings @param {(changed: Settings) => unknown} set */
function hexWidthFields({ hexWidth = 0, hexUnit = "miles" }, set) {
  const width = h("input", {
    type: "number",
    min: 0,
    max: 9999,
    step: "any",
    value: hexWidth || "",
    placeholder: "not said",
    onchange: (e) => e.target.reportValidity() && set({ hexWidth: Number(e.target.value) }),
  });
  const unit = h(
    "select",
    { aria: { label: "Unit" }, onchange: (e) => set({ hexUnit: /** @type {"miles"|"km"} */ (e.target.value) }) },
    choices(
      [
        ["miles", "miles"],
        ["km", "km"],
      ],
      hexUnit,
    ),
  );
  return h(".row", h("label.grow", "Width of a hex, for the ruler and the scale bar", width), unit);
}

/** @param {import("../table/types.js").Table} table */
export function open(table) {
  const { room, commands } = table;
  const settings = h(".stack");
  const rules = h(".stack");
  const dialog = openDialog(
    "Rules and settings",
    h("h3", "On the players' map"),
    settings,
    h("hr"),
    h("h3", "What tokens reveal as they move"),
    rules,
  );
  const set = (/** @type {Settings} */ changed) => commands.settings(changed).catch(complain);
  const box = (
    /** @type {"labels"|"grid"|"showMapExtent"|"adjacentTerrain"|"pathsAtTerrain"} */ name,
    /** @type {string} */ label,
  ) =>
    h(
      "label.check",
      h("input", {
        type: "checkbox",
        checked:
          room.get().settings[name] !== false && (name !== "adjacentTerrain" || room.get().settings[name] === true),
        onchange: (e) => set({ [name]: e.target.checked }),
      }),
      label,
    );
  follow(
    room,
    dialog,
    settings,
    (s) => [s.settings],
    () => {
      const style = room.get().settings.labelStyle;
      const now = `${style?.kind ?? "columnRow"}/${style?.origin ?? 1}/${style?.order ?? "columnRow"}`;
      return [
        box("labels", "Labels on hexes"),
        box("grid", "Grid lines"),
        box("showMapExtent", "How far the map goes, and the picture under it"),
        box("adjacentTerrain", "The terrain of hexes next to revealed ones"),
        box("pathsAtTerrain", "Rivers and roads where they see the terrain alone"),
        h(
          "label",
          "Look of the map",
          h(
            "select",
            { onchange: (e) => set({ mapLook: e.target.value }) },
            choices(MAP_THEMES, room.get().settings.mapLook ?? "atlas"),
          ),
        ),
        hexWidthFields(room.get().settings, set),
        h(
          "label",
          "Veil over hexes they know only from afar",
          h("input", {
            type: "range",
            min: 0,
            max: 100,
            value: Math.round((room.get().settings.fogOpacity ?? 1) * 100),
            onchange: (e) => set({ fogOpacity: Number(e.target.value) / 100 }),
          }),
        ),
        h(
          "label",
          "Labels",
          h(
            "select",
            {
              onchange: (e) => {
                const [kind, origin, order] = e.target.value.split("/");
                const style = /** @type {NonNullable<Settings["labelStyle"]>} */ ({
                  kind,
                  origin: Number(origin),
                  order,
                });
                set({ labelStyle: style });
              },
            },
            choices(
              [
                ["columnRow/1/columnRow", "0304: column, row, from 01"],
                ["columnRow/0/columnRow", "0304: column, row, from 00"],
                ["columnRow/1/rowColumn", "0403: row, column, from 01"],
                ["axial/0/columnRow", "2,2: axial"],
              ],
              now,
            ),
          ),
        ),
      ];
    },
  );
  follow(
    room,
    dialog,
    rules,
    (s) => [s.rules, s.people],
    () => {
      const { rules: all, people } = room.get();
      const name = (/** @type {string} */ id) => nameOf(people, id, "somebody");
      const whose = (/** @type {Rule} */ r) =>
        r.players === "all" ? "every player" : list(r.players.playerIds.map(name));
      const to = { owner: "to its owner", players: "to these players", all: "to everyone" };
      const within = h("input", { type: "number", min: 0, max: 10, value: 1 });
      const tier = h(
        "select",
        choices([
          ["full", "All"],
          ["terrain", "Terrain only"],
        ]),
      );
      const players = playersOf(people);
      /** Nobody chosen means every player. @type {Set<string>} */
      const chosen = new Set();
      const shownTo = h(
        "select",
        choices([
          ["all", "Everyone"],
          ["owner", "The token's owner"],
          ["players", "All players of the rule"],
        ]),
      );
      return [
        Object.values(all).length
          ? h(
              "ul.plainlist",
              Object.values(all).map((r) =>
                h(
                  "li.person",
                  h(
                    "span.grow",
                    `Tokens of ${whose(r)} reveal ${r.tier === "terrain" ? "the terrain of " : ""}hexes within ${r.within} ${to[r.shownTo]}`,
                  ),
                  button(
                    "Delete this rule",
                    { onclick: () => commands.deleteRule(r.id).catch(complain) },
                    "trash",
                    true,
                  ),
                ),
              ),
            )
          : h(
              "p.dim",
              "None yet. With a rule, a step of a token reveals what is near it; with staging on, it waits for you.",
            ),
        players.length > 1 &&
          h(
            ".chips",
            { role: "group", aria: { label: "Whose tokens" } },
            h("span.dim.small", "Tokens of"),
            players.map((p) =>
              h(
                "button.chip",
                {
                  aria: { pressed: false },
                  onclick: (e) => {
                    if (!chosen.delete(p.userId)) chosen.add(p.userId);
                    e.currentTarget.setAttribute("aria-pressed", String(chosen.has(p.userId)));
                  },
                },
                p.name,
              ),
            ),
            h("span.dim.small", "(or of everyone)"),
          ),
        h(
          ".row.low.wrap",
          h("label", "Within", within),
          h("label", "How clearly", tier),
          h("label", "Shown to", shownTo),
          button(
            "Add rule",
            {
              class: "btn primary",
              onclick: () =>
                commands
                  .setRule({
                    players: chosen.size ? { playerIds: [...chosen] } : "all",
                    within: Number(within.value) || 0,
                    tier: /** @type {Rule["tier"]} */ (tier.value),
                    shownTo: /** @type {Rule["shownTo"]} */ (shownTo.value),
                  })
                  .catch(complain),
            },
            "plus",
          ),
        ),
      ];
    },
  );
}

/** @param {import("../table/types.js").Table} table */
export function openSkills(table) {
  const { room, commands } = table;
  const body = h("div");
  const skill = h("input", { maxLength: 80, required: true, placeholder: "Perception" });
  const modifier = h("input", { type: "number", min: -100, max: 100, value: 0 });
  const more = form(
    "form.row.low",
    () =>
      commands.setSkill(skill.value.trim(), Number(modifier.value) || 0).then(() => {
        skill.value = "";
      }, complain),
    h("label.grow", "Skill", skill),
    h("label", "Modifier", modifier),
    h("button.btn.primary", "Keep"),
  );
  const dialog = openDialog(
    "My skills",
    h("p.dim", "Your DM may ask for a check where you walk; it is rolled with these."),
    body,
    more,
  );
  follow(
    room,
    dialog,
    body,
    (s) => [s.skills],
    () =>
      Object.entries(room.get().skills[room.get().userId] ?? {}).map(([name, worth]) =>
        h(
          ".person",
          h("span.grow", name),
          h("strong", worth < 0 ? `−${-worth}` : `+${worth}`),
          button(`Forget ${name}`, { onclick: () => commands.setSkill(name, null).catch(complain) }, "trash", true),
        ),
      ),
  );
}

/** The map, as far as one knows it, to take away. @param {import("../table/types.js").Table} table */
export function openExport(table) {
  const link = (/** @type {string} */ format, /** @type {string} */ label) =>
    h(
      "a.btn",
      {
        download: "",
        href: address(`/api/campaigns/${table.campaignId}/map/export?format=${format}&labels=1`),
        onclick: () => toast(`${label} is on its way.`),
      },
      label,
    );
  openDialog(
    "The map as a file",
    h("p.dim", table.room.get().role === "dm" ? "All of it, notes included." : "What you know of it."),
    h(
      ".row.wrap",
      link("png", "Picture (PNG)"),
      link("svg", "Drawing (SVG)"),
      link("json", "Hexroom JSON"),
      link("csv", "Spreadsheet (CSV)"),
    ),
  );
}
