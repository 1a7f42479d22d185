// @ts-check
/** A picture is laid by two of its hexes: the DM clicks their middles in the picture, and says which they are. */

import { keyOf, spotOfKey } from "../model/hex.js";
import { parseLabel, styleOf } from "../model/labels.js";
import { inPicture, onMap } from "../model/placement.js";
import { alignedBy, stretchedBy } from "../model/two-marks.js";
import { caption, letter, ring } from "../map/canvas.js";
import { settings } from "../map/theme.js";
import { complain, speak } from "../table/notices.js";
import { button, fill, form, h } from "../ui/elements.js";

/** @typedef {import("../model/placement.js").Alignment} Alignment */

/** Returns the part of the panel that asks for the marks; `take` takes a place on the map that was clicked, `stop` ends it.
 * @param {import("../table/types.js").Table} table @param {{now: () => Alignment|undefined, align: (to: Alignment) => void, ended: () => void, stretched: () => boolean}} how `stretched`: whether width and height have scales of their own */
export function markHexes(table, { now, align, ended, stretched }) {
  const { scene } = table;
  const node = h(".stack");
  const map = () => /** @type {import("../model/types.js").MapInfo} */ (table.now().map);
  /** @type {import("../model/two-marks.js").Mark[]} */
  const marks = [];
  /** The middle that was clicked last, in pixels of the picture, until one says which hex it is. @type {import("../model/placement.js").Point|null} */
  let open = null;
  const stop = () => {
    scene.overlay.draft = null;
    scene.touch();
    node.remove();
    ended();
  };
  const cancel = button("Cancel", { class: "btn small", onclick: stop });

  const ask = () =>
    fill(
      node,
      h(
        "p",
        { role: "status" },
        !marks.length
          ? "Click the middle of a hex in the picture."
          : stretched()
            ? "Now the middle of another hex, far from the first both across and down."
            : "Now the middle of another hex, far away from the first.",
      ),
      h(".row", cancel),
    );
  const name = (/** @type {string} */ label) => {
    const field = h("input", { type: "text", value: label, required: true });
    const box = form(
      "form.row.low",
      () => {
        const style = settings.style ?? styleOf(table.now().settings.labelStyle);
        const at = parseLabel(field.value, map().orientation, style, map().parity);
        if (!at) return complain(new Error(`“${field.value}” is no hex here. Try ${table.label("3,2")}.`));
        if (!open) return;
        marks.push({ picture: open, map: spotOfKey(map(), keyOf(at.q, at.r)) });
        open = null;
        if (marks.length === 2) finish();
        else ask();
      },
      h("label.grow", "Which hex is that?", field),
      h("button.btn.small.primary", "That is it"),
      cancel,
    );
    fill(node, box);
    field.select();
  };
  const finish = () => {
    const to = stretched() ? stretchedBy(marks[0], marks[1], now()?.rotation ?? 0) : alignedBy(marks[0], marks[1]);
    if (to) {
      align(to);
      speak("The picture lies by the two hexes.");
    } else if (stretched())
      complain(new Error("The two marks do not tell width and height. Choose two that are far apart across and down."));
    else complain(new Error("Both marks are the same hex. Choose two that are far apart."));
    stop();
  };

  scene.overlay.draft = (pen, { screen }) => {
    const lies = now();
    if (!lies) return;
    [...marks.map((mark) => mark.picture), ...(open ? [open] : [])].forEach((pixel, i) => {
      const { x, y } = onMap(pixel, lies);
      const at = screen(x, y);
      for (const [width, color] of /** @type {const} */ ([
        [5, "rgb(16 20 22 / .8)"],
        [2, "#ffe9b0"],
      ])) {
        pen.lineWidth = width;
        pen.strokeStyle = color;
        ring(pen, at.x, at.y, 9);
        pen.stroke();
      }
      letter(pen, 700, 14);
      caption(pen, String(i + 1), at.x, at.y - 20);
    });
  };
  ask();
  return {
    node,
    stop,
    /** @param {import("../model/placement.js").Point} at of the map @param {string} key of the hex that lies there now */
    take(at, key) {
      const lies = now();
      if (!lies) return;
      open = inPicture(at, lies);
      name(table.label(key));
      scene.touch();
    },
  };
}
