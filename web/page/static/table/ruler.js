// @ts-check
/** The ruler: hexes that are tapped one after the other, and how far it is along them. Nothing of it leaves the page. */

import { button, fill, h, hide, icon } from "../ui/elements.js";
import { distanceWords } from "../ui/text.js";
import { distance, parseKey } from "../model/hex.js";
import { caption, letter, ring } from "../map/canvas.js";
import { speak } from "./notices.js";

/** The ruler of a table: `over` hears of the hex that the keyboard is on, `escape` begins anew and says whether there was something.
 * @typedef {{over: (key: string) => void, escape: () => boolean, hands: NonNullable<import("../dm/draw.js").Drawing["hands"]>}} Ruler */

/** Makes the ruler, once. @param {import("./types.js").Table} table */
export function start(table) {
  table.ruler ??= createRuler(table);
}

/** @param {import("./types.js").Table} table @returns {Ruler} */
function createRuler(table) {
  const { ui, scene } = table;
  const node = h(".ruler", { role: "group", aria: { label: "Ruler" }, hidden: true });
  const far = h("span.far", { role: "status" });
  /** The hexes that were chosen, and the one that the pointer is on. @type {string[]} */
  let points = [];
  let at = "";
  /** Whether nothing is added any more: the next hex begins anew. */
  let done = false;
  let down = "";

  const inHand = () => ui.get().tool === "measure";
  const way = () => (!done && at && points.length && at !== points.at(-1) ? [...points, at] : points);
  const hexes = (/** @type {string[]} */ keys) =>
    keys.slice(1).reduce((sum, key, i) => sum + distance(parseKey(keys[i]), parseKey(key)), 0);
  const words = (keys = way()) => distanceWords(hexes(keys), table.now().settings);
  const refresh = () => {
    hide(node, !inHand());
    const text = way().length > 1 ? words() : points.length ? "Now where to?" : "Tap a hex";
    if (far.textContent !== text) fill(far, text);
    again.disabled = !points.length;
    scene.touch();
  };
  const clear = () => {
    points = [];
    at = "";
    done = false;
    refresh();
  };
  const again = button("Anew", { class: "btn ghost small", onclick: clear });
  fill(
    node,
    icon("ruler"),
    far,
    again,
    button("Close", { class: "btn ghost square small", onclick: () => ui.update({ tool: "look" }) }, "close", true),
  );

  const add = (/** @type {string} */ key) => {
    if (done) [points, done] = [[], false];
    // The same hex once more is the end of the way.
    if (points.at(-1) === key) done = points.length > 1;
    else points.push(key);
    speak(points.length > 1 ? words(points) : `From ${table.label(key)}`);
    refresh();
  };
  const over = (/** @type {string} */ key) => {
    if (!inHand()) return;
    at = key;
    refresh();
  };
  const onMap = (/** @type {number} */ x, /** @type {number} */ y) => {
    const hex = scene.hexAt(x, y);
    return hex.inside ? hex.key : "";
  };

  /** @param {CanvasRenderingContext2D} pen */
  function paint(pen) {
    const keys = way();
    if (!keys.length || !table.now().map) return;
    const places = keys.map((key) => scene.placeOf(key));
    pen.lineJoin = pen.lineCap = "round";
    for (const [width, color] of /** @type {const} */ ([
      [6, "rgb(16 20 22 / .75)"],
      [3, "#ffe9b0"],
    ])) {
      pen.lineWidth = width;
      pen.strokeStyle = pen.fillStyle = color;
      pen.beginPath();
      for (const { x, y } of places) pen.lineTo(x, y);
      pen.stroke();
      for (const { x, y } of places) {
        ring(pen, x, y, 2 + width);
        pen.fill();
      }
    }
    const end = places[places.length - 1];
    letter(pen, 700, 14);
    if (keys.length > 1) caption(pen, words(keys), end.x, end.y - 22);
  }

  ui.subscribe(
    (s) => s.tool,
    (tool) => {
      scene.overlay.ruler = tool === "measure" ? paint : null;
      clear();
    },
  );
  table.whenShown((s) => [s.map, s.settings], refresh);
  document.querySelector(".stage .rail")?.after(node);

  return {
    over,
    escape() {
      const there = inHand() && points.length > 0;
      if (there) clear();
      return there;
    },
    hands: {
      hover: (x, y) => {
        at = y === null ? "" : onMap(x, y);
        refresh();
      },
      begin(x, y) {
        down = onMap(x, y);
      },
      stroke(x, y) {
        const key = onMap(x, y);
        if (!down || !key || (key === down && points[0] !== down)) return;
        [points, at, done] = [[down], key, false];
        refresh();
      },
      finish(ok) {
        const dragged = points.length === 1 && points[0] === down && at && at !== down;
        if (ok && dragged) {
          points.push(at);
          done = true;
          speak(words());
        } else if (ok && down) add(down);
        down = "";
        refresh();
      },
      act: (key) => add(key),
    },
  };
}
