// @ts-check
/** The DM's tools for what lies on the map besides terrain: a bar of options, and the hand on the map while one of them is in it. */

import { button, choice, fill, h, hide, icon, on } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { PART } from "../model/things.js";
import { speak } from "../table/notices.js";
import { thingsOf } from "../map/things-feed.js";
import { labelTool } from "./labels.js";
import { pathTool } from "./paths.js";
import { regionTool } from "./regions.js";
import { siteTool } from "./sites.js";
import { deleteThing } from "./thing-editor.js";

/** @typedef {import("../model/things.js").What} What */
/** @typedef {import("../ui/elements.js").Child} Child */
/** @typedef {{x: number, y: number}} Point  in sizes of a hex */
/** What a tool does with hands, and what it shows in the bar. `escape` and `back` say whether there was something to give up or take back.
 * @typedef {{hover: (at: Point|null, key: string|null) => void, begin: (at: Point, key: string) => void, stroke: (at: Point, key: string) => void, finish: (ok: boolean) => void,
 *   act: (key: string, turned: boolean) => void, escape: () => boolean, back: () => boolean, done: () => void, busy: () => boolean, leave: () => void,
 *   brief: () => string, options: () => (Child|Child[])[], status: () => (Child|Child[])[], paint: (pen: CanvasRenderingContext2D, how: import("../map/scene.js").DraftView) => void}} Tool */
/** What a tool works at: the table, its bar, and the thing that is chosen. `chosen` returns also one that is staged,
 * `chosenId` the id of one that the server was only asked for yet, too; `reach` says how far, in sizes of a hex, a hand may be
 * from what it means; `told` words what is spoken once something is done, live or staged.
 * @typedef {{table: import("../table/types.js").Table, node: HTMLElement, reach: (pixels: number) => number, chosen: (what: What) => any, chosenId: (what: What) => string,
 *   choose: (what: What|null, id?: string) => void, refresh: () => void, told: (text: string) => string}} Desk */
/** The tools as the table uses them: `hands` take places in CSS pixels of the map; `escape` gives up what is being drawn, `letGo` what is chosen;
 * both say whether there was something.
 * @typedef {Desk & {inHand: () => boolean, tool: () => Tool, escape: () => boolean, letGo: () => boolean,
 *   hands: {hover: (x: number, y: number|null) => void, begin: (x: number, y: number) => void, stroke: (x: number, y: number) => void, finish: (ok: boolean) => void,
 *     act: (key: string, turned: boolean) => void}}} Drawing */

/** @type {[What, string, string][]} */
const TOOLS = [
  ["path", "Path", "path"],
  ["site", "Site", "site"],
  ["region", "Region", "region"],
  ["label", "Label", "label"],
];

/** @param {Element|null} at */
const isField = (at) => Boolean(at?.matches("input, select"));

/** Makes the tools, once. @param {import("../table/types.js").Table} table @returns {Drawing} */
export function start(table) {
  table.drawing ??= createDrawing(table);
  return table.drawing;
}

/** Takes a tool in hand, and a thing to change by it. @param {import("../table/types.js").Table} table @param {What} what @param {string} id */
export function take(table, what, id) {
  const drawing = start(table);
  table.ui.update({ tool: "draw", draw: what });
  drawing.choose(what, id);
}

/** @param {import("../table/types.js").Table} table @returns {Drawing} */
function createDrawing(table) {
  const { ui, room, scene } = table;
  const node = h(".brushbar.drawbar", { role: "group", aria: { label: "Draw" }, hidden: true });
  /** @type {{what: What, id: string}|null} */
  let selected = null;
  /** Whether what is chosen was there already: it comes a moment after it was asked for. */
  let seen = false;
  /** Whether all options are there on a small screen, too. */
  let open = false;
  /** Whether it was a finger that touched last. */
  let finger = false;

  const inHand = () => ui.get().tool === "draw" && room.get().role === "dm" && !table.readOnly();
  const unit = (/** @type {number} */ x, /** @type {number} */ y) => {
    const size = room.get().map?.hexSize ?? 1;
    const at = scene.pointAt(x, y);
    return { x: at.x / size, y: at.y / size };
  };

  /** @type {Desk} */
  const drawing = {
    table,
    node,
    reach: (pixels) => Math.min(0.45, (finger ? 2 * pixels : pixels) / scene.hexPixels()),
    chosen(what) {
      if (selected?.what !== what) return undefined;
      const { id } = selected;
      return room.get()[PART[what]][id] ?? thingsOf(room.get())[PART[what]].find((thing) => thing.id === id);
    },
    chosenId: (what) => (selected?.what === what ? selected.id : ""),
    choose(what, id = "") {
      selected = what ? { what, id } : null;
      seen = Boolean(what && drawing.chosen(what));
      drawing.refresh();
    },
    refresh() {
      draw();
      scene.touch();
    },
    told: (text) => (room.get().mode === "staged" ? `Staged: ${text}` : text),
  };

  /** @type {Record<What, Tool>} */
  const tools = {
    path: pathTool(drawing),
    site: siteTool(drawing),
    region: regionTool(drawing),
    label: labelTool(drawing),
  };
  const tool = () => tools[ui.get().draw];

  function draw() {
    hide(node, !inHand());
    if (node.hidden) return;
    const { draw: what } = ui.get();
    const unfold = () => {
      open = !open;
      draw();
    };
    const had = node.contains(document.activeElement) ? document.activeElement : null;
    const other = node.dataset.what !== what;
    node.dataset.open = String(open);
    node.dataset.what = what;
    const status = tool().status().flat().filter(Boolean);
    fill(
      node,
      choice(
        "What to draw",
        TOOLS.map(([id, name, glyph]) => [
          id,
          name,
          { title: `${name} (D)`, data: { f: `draw-${id}` } },
          [icon(glyph), h("span", name)],
        ]),
        what,
        (to) => ui.update({ draw: to }),
        "seg.whats",
      ),
      button(tool().brief(), { class: "btn small brief", aria: { expanded: open }, onclick: unfold }, "set"),
      h(".options", ...tool().options()),
      status.length > 0 && h(".status", { role: "group", aria: { label: "Drawing" } }, ...status),
    );
    // Where the control that had the focus went, a field that takes its place would swallow the next keys.
    if (had && (other || (isField(document.activeElement) && !isField(had))))
      /** @type {HTMLElement|null} */ (node.querySelector("[role=radio][tabindex='0']"))?.focus();
  }

  on(scene.host, "pointerdown", (e) => {
    finger = e.pointerType === "touch";
    if (open) {
      open = false;
      draw();
    }
  });
  on(
    document,
    "keydown",
    (e) => {
      const at = e.target instanceof Element ? e.target : document.body;
      if (!inHand() || document.querySelector("dialog[open]") || at.closest("input, textarea, select")) return;
      const undo = (e.ctrlKey || e.metaKey) && !e.shiftKey && e.key.toLowerCase() === "z";
      const plain = !e.ctrlKey && !e.metaKey && !e.altKey;
      // Of a drawing that is not finished, undo takes back the last point, not what was done before it.
      if ((undo && tool().busy()) || (plain && (e.key === "Backspace" || e.key === "Delete"))) {
        const { draw: what } = ui.get();
        const thing = drawing.chosen(what);
        if (!tool().back()) {
          if (!thing) return;
          deleteThing(table, what, thing);
        }
      } else if (plain && e.key === "Enter" && tool().busy() && !at.closest("button, a, summary, [role=gridcell]")) {
        tool().done();
      } else return;
      e.preventDefault();
      e.stopPropagation();
    },
    true,
  );

  let held = ui.get();
  watchAll(
    ui,
    (s) => [s.tool, s.draw, s.radius, s.shape],
    () => {
      const { tool: now, draw: what } = ui.get();
      if (held.tool === "draw" && (now !== "draw" || held.draw !== what)) {
        tools[held.draw].leave();
        selected = null;
      }
      if (now === "draw" && held.draw !== what) speak(`draw a ${what}`);
      held = ui.get();
      scene.overlay.draft = now === "draw" ? (pen, how) => inHand() && tool().paint(pen, how) : null;
      drawing.refresh();
    },
  );
  watchAll(
    room,
    (s) => [s.paths, s.sites, s.regions, s.labels, s.people, s.staged, s.role],
    () => {
      const there = Boolean(selected && drawing.chosen(selected.what));
      if (seen && !there) selected = null;
      seen = there;
      drawing.refresh();
    },
  );
  table.shown.subscribe((s) => s, draw);
  document.querySelector(".stage .rail")?.after(node);

  return Object.assign(drawing, {
    inHand,
    tool,
    hands: {
      hover(/** @type {number} */ x, /** @type {number|null} */ y) {
        const hex = y === null ? null : scene.hexAt(x, y);
        const key = hex?.inside ? hex.key : null;
        tool().hover(y === null ? null : unit(x, y), key);
        scene.touch();
      },
      begin: (/** @type {number} */ x, /** @type {number} */ y) => tool().begin(unit(x, y), scene.hexAt(x, y).key),
      stroke: (/** @type {number} */ x, /** @type {number} */ y) => {
        tool().stroke(unit(x, y), scene.hexAt(x, y).key);
        scene.touch();
      },
      finish: (/** @type {boolean} */ ok) => {
        tool().finish(ok);
        scene.touch();
      },
      act: (/** @type {string} */ key, /** @type {boolean} */ turned) => tool().act(key, turned),
    },
    escape: () => inHand() && tool().escape(),
    letGo() {
      const there = Boolean(inHand() && selected && drawing.chosen(selected.what));
      if (selected) drawing.choose(null);
      return there;
    },
  });
}
