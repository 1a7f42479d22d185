// @ts-check
/** The field that leads to a hex by its label. */

import { form, h, on } from "../ui/elements.js";
import { keyOf } from "../model/hex.js";
import { parseLabel } from "../model/labels.js";
import { complain } from "./notices.js";

/** Asks over the map for a hex to go to. @param {import("./types.js").Table} table @param {HTMLElement} stage what the field lies on
 * @param {() => import("../model/labels.js").LabelStyle} style how hexes are labelled here */
export function askForHex(table, stage, style) {
  const field = h("input", { type: "text", placeholder: table.label("3,2"), aria: { label: "Hex to go to" } });
  const box = form(
    "form.goto",
    () => {
      const map = table.now().map;
      const at = map && parseLabel(field.value, map.orientation, style(), map.parity);
      if (!at) return complain(new Error(`“${field.value}” is no hex here. Try ${table.label("3,2")}.`));
      close();
      table.select(keyOf(at.q, at.r), true);
    },
    h("label", "Go to hex", field),
    h("button.btn.primary", "Go"),
  );
  // Taking the focus away first: a box removed with the focus inside would be removed twice.
  const close = () => {
    table.focusMap();
    box.remove();
  };
  on(box, "keydown", (e) => e.key === "Escape" && (e.stopPropagation(), close()));
  on(box, "focusout", (e) => !box.contains(/** @type {Node} */ (e.relatedTarget)) && setTimeout(() => box.remove()));
  stage.append(box);
  field.focus();
}
