// @ts-check
/** What the bars of all drawing tools have in common: a name, who knows of it, and what can be done with the chosen thing. */

import { button, choices, h } from "../ui/elements.js";
import { kindName, thingName } from "../model/things.js";
import { audienceWords } from "../ui/text.js";
import { askWhom } from "./reveal-to.js";
import { deleteThing, edit } from "./thing-editor.js";

/** @typedef {import("./draw.js").Desk} Desk */

/** The fields of names: the same ones whenever a bar is drawn anew, so that nothing happens to who writes in them. @type {WeakMap<object, HTMLInputElement>} */
const fields = new WeakMap();

/** Returns the field for the name that the next thing gets. @param {Desk} desk @param {string} label @param {Record<string, any>} wish @param {string} field
 * @param {() => void} [entered] what Enter does, besides leading back to the map */
export function nameField({ table }, label, wish, field, entered = () => {}) {
  const input =
    fields.get(wish) ??
    h("input.named", {
      type: "text",
      maxLength: 80,
      placeholder: label,
      aria: { label },
      oninput: (e) => {
        wish[field] = e.target.value;
        table.scene.touch();
      },
      onkeydown: (e) => {
        if (e.key !== "Enter" || e.isComposing) return;
        e.preventDefault();
        table.focusMap();
        entered();
      },
    });
  fields.set(wish, input);
  if (input.value !== wish[field]) input.value = wish[field];
  return input;
}

/** Returns the choice of who knows of the next thing. @param {Desk} desk @param {{audience: string}} wish */
export const audienceField = (desk, wish) =>
  h(
    "select.small",
    {
      aria: { label: "Who knows of it" },
      onchange: (e) => {
        wish.audience = e.target.value;
        desk.refresh();
      },
    },
    choices(
      [
        ["dm", "DM only"],
        ["seen", "Where seen"],
      ],
      wish.audience,
    ),
  );

/** Says who will know of the next thing, in short. @param {{audience: string}} wish */
export const audienceShort = ({ audience }) => (audience === "dm" ? "DM only" : "where seen");

/** Returns what can be done with the chosen thing. @param {Desk} desk @param {import("../model/things.js").What} what @param {import("../model/things.js").Thing} thing
 * @returns {import("../ui/elements.js").Child[]} */
export function aboutChosen({ table }, what, thing) {
  const kind = kindName(what, thing.kind);
  const name = thingName(what, thing);
  const about = [kind !== name && kind.toLowerCase(), audienceWords(thing, table.room.get().people)].filter(Boolean);
  return [
    h("span.grow.chosen", h("strong", name), h("span.dim.small", ` ${about.join(" · ")}`)),
    button("Edit", { title: "Edit", class: "btn small", onclick: () => edit(table, what, thing) }, "note"),
    thing.audience !== "all" &&
      button("Reveal", { title: "Reveal", class: "btn small", onclick: () => askWhom(table, what, thing) }, "eye"),
    button(
      "Delete",
      { title: "Delete", class: "btn small danger-text", onclick: () => deleteThing(table, what, thing) },
      "trash",
    ),
  ];
}
