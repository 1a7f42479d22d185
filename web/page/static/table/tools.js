// @ts-check
/** The DM's tools: what the hand does on the map, how wide, how clearly and for whom. */

import { button, choice, fill, h, hide, icon, on, stepped } from "../ui/elements.js";
import { shownKey } from "../model/keys.js";
import { watchAll } from "../model/store.js";
import { PALETTE, terrainOf } from "../model/terrain.js";
import { targetWords } from "../ui/text.js";
import { ownKeys, withKey } from "./shortcuts.js";
import { fitWith, targetFaces } from "./targets.js";

/** @type {{id: import("./types.js").Tool, label: string, word?: string, icon: string}[]} */
export const TOOLS = [
  { id: "look", label: "Look around", word: "Look", icon: "look" },
  { id: "reveal", label: "Reveal", icon: "eye" },
  { id: "hide", label: "Hide", icon: "veil" },
  { id: "terrain", label: "Terrain", icon: "paint" },
  { id: "draw", label: "Draw", icon: "path" },
];
/** Returns the tool of the rail that has the focus while one is in hand. @param {import("./types.js").Tool} tool */
const inRail = (tool) => (tool === "measure" || tool === "sketch" ? "look" : tool);
/** Returns the key that takes a tool in hand, if there is one. @param {import("./types.js").Tool} id */
const keyOfTool = (id) => (id === "look" ? "Esc" : shownKey(id === "draw" ? "draw" : `tool:${id}`, ownKeys.get()));
/** @type {{id: import("./types.js").Shape, label: string, icon: string}[]} */
const SHAPES = [
  { id: "brush", label: "Brush", icon: "spot" },
  { id: "rect", label: "Rectangle", icon: "rect" },
  { id: "lasso", label: "Lasso: what you draw around", icon: "lasso" },
  { id: "fill", label: "All connected of the same terrain", icon: "fill" },
];

/** The rail of tools: an APG toolbar, arrow keys move in it. @param {import("./types.js").Table} table */
export function toolRail(table) {
  const { ui } = table;
  const rail = h(".rail", { role: "toolbar", aria: { label: "Tools", orientation: "vertical" } });
  const draw = () => {
    const { tool } = ui.get();
    const held = inRail(tool);
    const had = rail.contains(document.activeElement);
    fill(
      rail,
      TOOLS.map((t) => {
        const key = keyOfTool(t.id);
        return h(
          "button.tool",
          {
            title: key ? `${t.label} (${key})` : t.label,
            tabIndex: t.id === held ? 0 : -1,
            aria: { pressed: t.id === tool, label: t.label, keyshortcuts: key.replace("Esc", "Escape") || null },
            data: { tool: t.id, key },
            onclick: () => ui.update({ tool: t.id }),
          },
          icon(t.icon),
          t.word ?? t.label,
        );
      }),
    );
    if (had) /** @type {HTMLElement|null} */ (rail.querySelector("[tabindex='0']"))?.focus();
  };
  on(rail, "keydown", (e) => {
    const held = inRail(ui.get().tool);
    const next = stepped(
      e,
      TOOLS.findIndex((t) => t.id === held),
      TOOLS.length,
    );
    if (next !== null) ui.update({ tool: TOOLS[next].id });
  });
  watchAll(ui, (s) => [s.tool], draw);
  ownKeys.subscribe((s) => s, draw);
  return rail;
}

/** The options of the tool in hand. @param {import("./types.js").Table} table */
export function brushBar(table) {
  const { ui, room, scene } = table;
  const node = h(".brushbar", { role: "group", aria: { label: "Brush" } });
  /** Whether all options are there on a small screen, too. */
  let open = false;
  /** Makes the faces fit the bar. @type {(() => void)|null} */
  let refit = null;
  const unfold = (/** @type {boolean} */ is) => {
    open = is;
    draw();
  };
  on(scene.host, "pointerdown", () => open && unfold(false));
  const draw = () => {
    const { tool, tier, targets, terrain, paints, piece, flip, stroke } = ui.get();
    hide(node, !["reveal", "hide", "terrain"].includes(tool));
    if (node.hidden) return;
    node.dataset.open = String(open);
    const turned = tool === "reveal" ? "hide" : "reveal";
    const does = stroke ?? (tool === "terrain" ? paints : flip ? turned : tool);
    const pasting = does === "paste";
    node.dataset.does = does;
    const words =
      { reveal: "Reveal", hide: "Hide", paint: terrainOf(terrain).name, copy: "Copy", paste: "Paste" }[
        /** @type {string} */ (does)
      ] ?? "";
    const faces =
      tool === "terrain" ? null : targetFaces(room, { targets, does, choose: (to) => ui.update({ targets: to }) });
    const shapes = shapeChoice(ui);
    const size = radiusStepper(ui);
    fill(
      node,
      h(
        "strong.does",
        icon({ reveal: "eye", hide: "veil", copy: "copy" }[/** @type {string} */ (does)] ?? "paint"),
        words,
      ),
      !pasting && size,
      button(
        tool === "terrain" ? words : `${does === "hide" ? "from" : "to"} ${targetWords(targets, room.get().people)}`,
        { class: "btn small brief", aria: { expanded: open }, onclick: () => unfold(!open) },
        "set",
      ),
      h(
        ".options",
        !pasting && shapes,
        tool === "terrain"
          ? [paintsChoice(ui, paints, piece), does === "paint" && palette(ui, terrain)]
          : [
              does === "reveal" &&
                choice(
                  "How clearly",
                  /** @type {import("../ui/elements.js").Option<"full"|"terrain">[]} */ ([
                    ["full", "All", { title: withKey("Terrain and what is there", "tier:full"), data: { f: "full" } }],
                    [
                      "terrain",
                      "Terrain",
                      { title: withKey("The land, not what is there", "tier:terrain"), data: { f: "terrain" } },
                    ],
                  ]),
                  tier,
                  (to) => ui.update({ tier: to }),
                ),
              faces?.node,
            ],
      ),
    );
    refit = faces?.fit ?? null;
    refit?.();
  };
  watchAll(
    ui,
    (s) => [s.tool, s.shape, s.radius, s.tier, s.targets, s.terrain, s.paints, s.piece, s.flip, s.stroke],
    draw,
  );
  // Whoever takes the tool anew paints.
  ui.subscribe(
    (s) => s.tool,
    () => ui.update({ paints: "paint" }),
  );
  room.subscribe((s) => s.people, draw);
  fitWith(scene.host, () => refit?.());
  return node;
}

/** The shape of a brush. @param {import("./types.js").Store<import("./types.js").Controls>} ui */
export const shapeChoice = (ui) =>
  choice(
    "Shape",
    SHAPES.map((s) => [s.id, s.label, { class: "square", title: s.label, data: { f: s.id } }, icon(s.icon)]),
    ui.get().shape,
    (to) => ui.update({ shape: to }),
  );

/** How wide a brush is. @param {import("./types.js").Store<import("./types.js").Controls>} ui */
export const radiusStepper = (ui) => {
  const { radius, shape } = ui.get();
  return h(
    ".stepper",
    { hidden: shape !== "brush" },
    button(
      "Smaller",
      {
        title: withKey("Smaller", "smaller"),
        data: { f: "-" },
        disabled: radius === 0,
        onclick: () => ui.update({ radius: radius - 1 }),
      },
      "minus",
      true,
    ),
    h("output", { aria: { live: "polite" } }, h("span.wide", "Radius "), String(radius)),
    button(
      "Larger",
      {
        title: withKey("Larger", "larger"),
        data: { f: "+" },
        disabled: radius === 5,
        onclick: () => ui.update({ radius: radius + 1 }),
      },
      "plus",
      true,
    ),
  );
};

/** What the terrain tool does. @param {import("./types.js").Store<import("./types.js").Controls>} ui @param {import("./types.js").Paints} now @param {import("../model/pieces.js").Piece} piece */
const paintsChoice = (ui, now, piece) =>
  choice(
    "What to do with terrain",
    /** @type {import("../ui/elements.js").Option<import("./types.js").Paints>[]} */ ([
      ["paint", "Paint", { data: { f: "paint" } }],
      ["copy", "Copy", { title: "Copy the terrain of hexes", data: { f: "copy" } }],
      ...(piece.length ? [["paste", "Paste", { title: "Lay down what was copied", data: { f: "paste" } }]] : []),
    ]),
    now,
    (to) => ui.update({ paints: to }),
  );

/** @param {import("./types.js").Store<import("./types.js").Controls>} ui @param {string} chosen */
const palette = (ui, chosen) =>
  choice(
    "Terrain",
    PALETTE.map((id) => {
      const { name, color, ink } = terrainOf(id);
      return [
        id,
        name,
        { title: name, data: { f: id }, vars: { "--swatch": color, "--ink": ink } },
        [h("i.swatch"), h("span", name)],
      ];
    }),
    chosen,
    (id) => ui.update({ terrain: id }),
    "palette",
  );
