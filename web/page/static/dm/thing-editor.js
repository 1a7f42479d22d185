// @ts-check
/** The dialogs in which a DM changes a path, site, region or label: its name, its kind, who may know of it; or deletes it. */

import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choice, choices, form, h } from "../ui/elements.js";
import { ALONG_EDGES, PATH_KINDS, REGION_KINDS, kindName, thingName } from "../model/things.js";
import { playerChips } from "./player-chips.js";
import { playersOf } from "../ui/text.js";
import { complain } from "../table/notices.js";
import { siteGrid } from "./site-picker.js";

/** @typedef {import("../table/types.js").Table} Table */
/** @typedef {import("../model/things.js").What} What */
/** @typedef {import("../model/things.js").Thing} Thing */
/** Fields of a dialog, and what a command is sent of them. @typedef {{fields: import("../ui/elements.js").Child[], send: (audience: object) => Promise<unknown>}} Form */

export const COLORS = [
  ["", "As its kind"],
  ["#9a4a3c", "Brick"],
  ["#b4803a", "Ochre"],
  ["#8a8437", "Olive"],
  ["#3f6a35", "Forest green"],
  ["#2f6f94", "Lake blue"],
  ["#6b5688", "Violet"],
  ["#a32a2a", "Red"],
  ["#4a4a4a", "Grey"],
];

/** Returns a choice of colours. @param {string} now @param {(color: string) => void} choose */
export const colorChoice = (now, choose) =>
  choice(
    "Colour",
    (COLORS.some(([color]) => color === now) ? COLORS : [...COLORS, [now, now]]).map(([color, name]) => {
      /** @type {import("../ui/elements.js").Props<HTMLButtonElement>} */
      const props = { title: name, data: { f: `color-${color}` } };
      if (color) props.vars = { "--swatch": color };
      return [color, name, props, h("span.sr", name)];
    }),
    now,
    choose,
    "swatches",
  );

/** Opens the dialog for a thing; for a new site without an id. @param {Table} table @param {What} what @param {Thing} thing */
export function edit(table, what, thing) {
  const { fields, send } = FORMS[what](table, thing);
  const who = audienceFields(table, thing);
  const shapes = { path: "Change its course", region: "Paint its hexes", site: "", label: "" }[what];
  const dialog = openDialog(
    thing.id
      ? `${what === "label" ? "Label" : kindName(what, thing.kind)}: ${thingName(what, thing)}`
      : `New site on hex ${table.label(thing.hexKey ?? "")}`,
    form(
      "form.stack",
      () => send(who.value()).then(() => dialog.close(), complain),
      ...fields,
      ...who.nodes,
      h(
        ".row.wrap",
        thing.id &&
          button(
            "Delete",
            {
              class: "btn danger-text",
              onclick: async () => (await deleteThing(table, what, thing)) && dialog.close(),
            },
            "trash",
          ),
        shapes &&
          button(
            shapes,
            {
              class: "btn",
              onclick: () => {
                dialog.close();
                table.open("draw#take", what, thing.id);
              },
            },
            "brush",
          ),
        h("span.grow"),
        h("button.btn.primary", "Save"),
      ),
    ),
  );
}

/** Opens the dialog for a new site. @param {Table} table @param {string} hexKey */
export const newSite = (table, hexKey) => edit(table, "site", { id: "", hexKey, kind: "village", audience: "dm" });

/** Deletes a thing if the DM is sure. Returns whether. @param {Table} table @param {What} what @param {Thing} thing */
export async function deleteThing({ commands }, what, thing) {
  const words = { path: kindName("path", thing.kind).toLowerCase(), site: "site", region: "region", label: "label" }[
    what
  ];
  const sure = await confirm(
    `Delete this ${words}?`,
    `“${thingName(what, thing)}” goes from the map; undo brings it back.`,
    "Delete",
  );
  const remove = {
    path: commands.deletePath,
    site: commands.deleteSite,
    region: commands.deleteRegion,
    label: commands.deleteLabel,
  };
  if (sure) remove[what](thing.id).catch(complain);
  return sure;
}

/** @param {string} name @param {string} label @param {import("../ui/elements.js").Props<HTMLInputElement>} props */
const field = (name, label, props) => {
  const input = h("input", { name, maxLength: 80, ...props });
  return { input, label: h("label.grow", label, input) };
};

/** @type {Record<What, (table: Table, thing: any) => Form>} */
const FORMS = {
  path({ commands }, path) {
    const name = field("name", "Name", { value: path.name ?? "", autofocus: true });
    // A line along edges does not become one from hex to hex by its name.
    const kinds = PATH_KINDS.filter(([id]) => id === path.kind || ALONG_EDGES.includes(id) === Boolean(path.along));
    const kind = h("select", { name: "kind" }, choices(kinds, path.kind));
    return {
      fields: [h(".row", name.label, h("label", "Kind", kind))],
      send: (audience) =>
        commands.setPath({ id: path.id, kind: kind.value, name: name.input.value.trim(), ...audience }),
    };
  },
  site({ commands }, site) {
    const title = field("title", "Name", { value: site.title ?? "", autofocus: true });
    let kind = site.kind;
    return {
      fields: [
        title.label,
        siteGrid(kind, (to) => {
          kind = to;
        }),
      ],
      send: (audience) =>
        commands.setSite(site.hexKey, {
          ...(site.id && { id: site.id }),
          kind,
          title: title.input.value.trim(),
          ...audience,
        }),
    };
  },
  region({ commands }, region) {
    const name = field("name", "Name", { value: region.name, required: true, autofocus: true });
    const kind = h("select", { name: "kind" }, choices(REGION_KINDS, region.kind));
    let { color } = region;
    const colors = h("div");
    const draw = () => colors.replaceChildren(colorChoice(color, choose));
    const choose = (/** @type {string} */ to) => {
      color = to;
      draw();
      /** @type {HTMLElement|null} */ (colors.querySelector("[aria-checked=true]"))?.focus();
    };
    draw();
    return {
      fields: [h(".row", name.label, h("label", "Kind", kind)), colors],
      send: (audience) =>
        commands.setRegion({ id: region.id, name: name.input.value.trim(), kind: kind.value, color, ...audience }),
    };
  },
  label({ commands }, label) {
    const text = field("text", "Text", { value: label.text, required: true, autofocus: true });
    const size = field("size", "Size, in hexes", { type: "number", min: 0.1, max: 20, step: 0.1, value: label.size });
    const angle = field("angle", "Turned, °", { type: "number", min: -180, max: 180, step: 1, value: label.angle });
    return {
      fields: [text.label, h(".row", size.label, angle.label)],
      send: (audience) =>
        commands.setLabel(label.hexKey, {
          id: label.id,
          text: text.input.value.trim(),
          size: Number(size.input.value),
          angle: Number(angle.input.value) || 0,
          ...audience,
        }),
    };
  },
};

/** Who may know of it: what is sent, nothing where it stays as it is. @param {Table} table @param {Thing} thing */
function audienceFields(table, { audience = "dm", id }) {
  const players = playersOf(table.room.get().people);
  const before = typeof audience === "string" ? audience : "some";
  const chosen = new Set(typeof audience === "object" ? audience.playerIds : []);
  const select = h(
    "select",
    { name: "audience" },
    choices(
      [
        ["seen", "Whoever sees its hexes"],
        ["all", "Everyone, as soon as they see its hexes at all"],
        ["dm", "Only me (the DM)"],
        ["some", "Chosen players"],
      ],
      before,
    ),
  );
  const some = playerChips(players, chosen, select);
  const value = () => {
    if (select.value === "some") return { audience: chosen.size ? { playerIds: [...chosen] } : "dm" };
    return select.value === before && id ? {} : { audience: select.value };
  };
  return { nodes: [h("label", "Who may know of it", select), some], value };
}
