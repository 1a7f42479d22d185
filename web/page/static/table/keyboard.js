// @ts-check
/** The keyboard at the table: what each intent of model/keys.js does. */

import { on } from "../ui/elements.js";
import { intentOf, stepFrom } from "../model/keys.js";
import { keyOf, parseKey } from "../model/hex.js";
import { keep, settings } from "../map/theme.js";
import { publish } from "../dm/staged-list.js";
import { complain, speak } from "./notices.js";
import { ownKeys } from "./shortcuts.js";
import { mayDraw } from "./zoom-buttons.js";

/** @typedef {import("./types.js").Controls} Controls */

/** Where the focus is in a panel, not at the map. */
const PANELS_OVER_MAP = ".side, .menu, .hexcard, .knows, .picture, .goto, .scrubber";

/** Listens to the keyboard from now on.
 * @param {import("./types.js").Table} table
 * @param {{hands: ReturnType<typeof import("./pointer.js").createHands>, input: ReturnType<typeof import("../map/input.js").listen>, side: HTMLElement,
 *   closeCard: () => boolean, describe: (key: string) => string}} parts `closeCard` says whether there was one */
export function listenToKeys(table, { hands, input, side, closeCard, describe }) {
  const { room, ui, scene, commands } = table;

  /** Does something with the hex that is pointed at, or else with the one selected. @param {(key: string) => void} act */
  const atHand = (act) => {
    const key = hands.hovered() ?? ui.get().selected;
    if (key) act(key);
  };

  /** What each intent of model/keys.js does. @type {Record<string, () => void>} */
  const intents = {
    "zoom-in": () => scene.zoom(1.3),
    "zoom-out": () => scene.zoom(1 / 1.3),
    fit: () => scene.fit(),
    goto: table.goTo,
    help: () => table.open("help"),
    point: () => atHand(table.point),
    labels: () => {
      settings.labels = !settings.labels;
      keep("labels", settings.labels);
      scene.repaint();
    },
    "grid-focus": table.focusMap,
    carry: () =>
      atHand((key) => {
        table.select(key);
        if (table.carry.pickOn(key)) table.focusMap();
      }),
    escape: () => {
      if (
        input.cancel() ||
        table.carry.cancel() ||
        table.drawing?.escape() ||
        table.ruler?.escape() ||
        table.sketch?.escape()
      )
        return;
      if (closeCard() || table.drawing?.letGo()) return;
      if (table.readOnly()) table.leave();
      else if (side.dataset.open === "true") side.dataset.open = "false";
      else if (ui.get().tool !== "look") ui.update({ tool: "look" });
      else table.select(null);
    },
    measure: () => ui.update({ tool: ui.get().tool === "measure" ? "look" : "measure" }),
    sketch: () => {
      if (mayDraw(table)) ui.update({ tool: ui.get().tool === "sketch" ? "look" : "sketch" });
    },
    draw: () => {
      const { tool, draw } = ui.get();
      const all = /** @type {Controls["draw"][]} */ (["path", "site", "region", "label"]);
      // Once more: the next of the tools.
      ui.update({ tool: "draw", draw: tool === "draw" ? all[(all.indexOf(draw) + 1) % 4] : draw });
    },
    smaller: () => ui.update({ radius: Math.max(0, ui.get().radius - 1) }),
    larger: () => ui.update({ radius: Math.min(5, ui.get().radius + 1) }),
    "tier:terrain": () => ui.update({ tier: "terrain", tool: "reveal" }),
    "tier:full": () => ui.update({ tier: "full", tool: "reveal" }),
    "tier:hidden": () => ui.update({ tool: "hide" }),
    mode: () => {
      const b = /** @type {HTMLElement|null} */ (document.querySelector(".mode [aria-checked=false]"));
      b?.click();
    },
    publish: () => {
      publish(table);
    },
    unstage: () => {
      if (room.get().staged.length) table.undo();
    },
    undo: () => table.undo(),
    redo: () => table.redo(),
    note: () => atHand((key) => table.open("note-editor", key)),
    token: () => atHand((hexKey) => table.open("tokens", { hexKey })),
    "view-as": () => table.viewAs(),
  };
  const step = (/** @type {string} */ arrow) => {
    const { tokens, userId, map } = room.get();
    const token = tokens[ui.get().held] ?? Object.values(tokens).find((t) => t.ownerId === userId);
    if (!token || !map || table.readOnly()) return;
    const to = stepFrom(arrow, parseKey(token.hexKey), map.orientation);
    commands
      .moveToken(token.id, keyOf(to.q, to.r))
      .then(() => speak(`${token.label} to ${describe(keyOf(to.q, to.r))}`), complain);
  };
  on(document, "keydown", (e) => {
    const at = e.target instanceof Element ? e.target : document.body;
    if (e.key === "Shift") ui.update({ flip: true });
    const writes = at.closest("input:not([type=range], [type=checkbox]), textarea, select");
    if (document.querySelector("dialog[open]") || (writes && !((e.ctrlKey || e.metaKey) && e.key === "s"))) return;
    if (e.key === " " && !at.closest("button, a, summary, input")) {
      e.preventDefault();
      return input.space(true);
    }
    const dm = room.get().role === "dm";
    const intent = intentOf(e, dm && !table.readOnly(), { letters: settings.keys, own: ownKeys.get() });
    const chord = e.ctrlKey || e.metaKey || e.altKey;
    // A letter that was meant for a panel would show players what is not ready.
    if (intent === "publish" && !chord && at.closest(PANELS_OVER_MAP)) return;
    if (!intent || (e.repeat && !intent.startsWith("step") && !intent.startsWith("zoom"))) return;
    e.preventDefault();
    if (intent.startsWith("step:")) step(intent.slice(5));
    else if (intent.startsWith("tool:")) ui.update({ tool: /** @type {Controls["tool"]} */ (intent.slice(5)) });
    else intents[intent]?.();
  });
  on(document, "keyup", (e) => {
    if (e.key === "Shift") ui.update({ flip: false });
    if (e.key === " ") input.space(false);
  });
}
