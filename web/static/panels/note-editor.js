// @ts-check
/** The dialog in which a DM writes what is on a hex: a text for players, a text to keep, and who may read. */

import { button, confirm, h, openDialog } from "../core/dom.js";
import { complain } from "./notices.js";
import { KINDS } from "./notes.js";

/** @param {any} table @param {string} hexKey @param {any} [note] */
export function editNote(table, hexKey, note) {
  const players = table.room.get().people.filter((/** @type {any} */ p) => p.role === "player");
  const chosen = new Set(note?.audience?.playerIds ?? []);
  const field = (/** @type {string} */ name, /** @type {any} */ props, tag = "input") => h(tag, { name, ...props });
  const audience = h("select", { name: "audience" }, [["seen", "Whoever sees the hex fully"], ["dm", "Only me (the DM)"], ["some", "Chosen players"]].map(([v, l]) =>
    h("option", { value: v, selected: v === (typeof note?.audience === "string" ? note.audience : note?.audience ? "some" : "seen") }, l)));
  const some = h("div", { class: "chips" }, players.map((/** @type {any} */ p) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: chosen.has(p.userId), onchange: (/** @type {any} */ e) => e.target.checked ? chosen.add(p.userId) : chosen.delete(p.userId) }), p.name)));
  const show = () => { some.hidden = audience.value !== "some"; };
  audience.addEventListener("change", show);
  show();
  const form = h("form", { class: "stack" },
    h("div", { class: "row" },
      h("label", { class: "grow" }, "Title", field("title", { required: true, maxLength: 80, value: note?.title ?? "", autofocus: true })),
      h("label", {}, "Kind", h("select", { name: "kind" }, Object.entries(KINDS).map(([v, l]) => h("option", { value: v, selected: v === (note?.kind ?? "poi") }, l))))),
    h("label", {}, "What players read", field("playerText", { value: note?.playerText ?? "", placeholder: "A circle of standing stones, older than the road." }, "textarea")),
    h("label", {}, "Only for you", field("dmText", { value: note?.dmText ?? "", placeholder: "Two cultists keep watch at night." }, "textarea")),
    h("label", {}, "Who may read it", audience), some,
    h("details", { open: Boolean(note?.hint || note?.check) }, h("summary", {}, "Hint and skill check"),
      h("div", { class: "stack" },
        h("div", { class: "row low" }, h("label", { class: "grow" }, "Noticed nearby", field("hint", { value: note?.hint ?? "", maxLength: 200, placeholder: "Dead vegetation" })), h("label", {}, "Within", field("radius", { type: "number", min: 0, max: 10, value: note?.radius ?? 1 }))),
        h("div", { class: "row low" }, h("label", { class: "grow" }, "Rolled for on entering", field("skill", { value: note?.check?.skill ?? "", maxLength: 80, placeholder: "Perception" })), h("label", {}, "Difficulty", field("dc", { type: "number", min: 1, max: 100, value: note?.check?.dc ?? 12 }))))),
    h("div", { class: "row end" },
      note && button("Delete", { class: "btn danger-text", onclick: async () => {
        if (await confirm("Delete this note?", `“${note.title}” goes from the map.`, "Delete")) { dialog.close(); table.commands.deleteNote(note.id).catch(complain); }
      } }, "trash"), h("span", { class: "grow" }),
      h("button", { class: "btn primary" }, "Save note")));
  const dialog = openDialog(`${note ? "Note" : "New note"} on hex ${table.label(hexKey)}`, form);
  form.addEventListener("submit", (/** @type {Event} */ e) => {
    e.preventDefault();
    const data = new FormData(form);
    const value = (/** @type {string} */ k) => String(data.get(k) ?? "").trim();
    const to = audience.value === "some" ? { playerIds: [...chosen] } : audience.value;
    table.commands.setNote(hexKey, { ...(note ? { id: note.id } : {}), kind: value("kind"), title: value("title"), playerText: value("playerText"), dmText: value("dmText"), audience: to, hint: value("hint"), radius: Number(value("radius")) || 0,
      check: value("skill") ? { skill: value("skill"), dc: Number(value("dc")) || 10 } : null })
      .then(() => dialog.close(), complain);
  });
}
