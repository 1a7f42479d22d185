// @ts-check
/** Notes on hexes: what players read, what the DM keeps, and who may know. */

import { button, confirm, fill, h, icon, openDialog } from "../core/dom.js";
import { complain } from "./notices.js";

export const KINDS = { encounter: "Encounter", lore: "Lore", dungeon: "Dungeon", town: "Town", poi: "Point of interest" };

/** Returns texts in safe Markdown: paragraphs, **bold**, *italic*, lists, headings; elements, never markup. @param {string} text */
export function prose(text) {
  return String(text ?? "").split(/\n{2,}/).filter(Boolean).map((block) => {
    const lines = block.split("\n");
    if (lines.every((l) => /^\s*[-*]\s/.test(l))) return h("ul", {}, lines.map((l) => h("li", {}, spans(l.replace(/^\s*[-*]\s+/, "")))));
    const head = /^#{1,4}\s+(.*)/.exec(block);
    return head ? h("h4", {}, spans(head[1])) : h("p", {}, spans(block));
  });
}

/** @param {string} text */
const spans = (text) => text.split(/(\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).map((part) =>
  part.startsWith("**") && part.length > 4 ? h("strong", {}, part.slice(2, -2)) : /^\*[^*]+\*$/.test(part) ? h("em", {}, part.slice(1, -1)) : part);

/** @param {any} table @param {any} note @param {boolean} dm */
export function noteView(table, note, dm) {
  const who = note.audience === "dm" ? "DM only" : Array.isArray(note.audience?.playerIds) ? "some players" : "whoever sees the hex";
  return h("article", { class: "note" },
    h("div", { class: "row" }, h("div", { class: "grow" }, h("div", { class: "kind" }, /** @type {any} */ (KINDS)[note.kind] ?? note.kind, dm && ` · ${who}`), h("strong", {}, note.title)),
      dm && button(`Edit ${note.title}`, { class: "btn ghost square small", title: "Edit", onclick: () => editNote(table, note.hexKey, note) }, "note", true)),
    prose(note.playerText),
    dm && note.dmText && h("div", { class: "secret" }, h("div", { class: "kind" }, icon("veil"), " Only you"), prose(note.dmText)),
    dm && note.audience === "dm" && h("div", {}, button("Reveal to everyone", { class: "btn small", onclick: () => table.commands.revealNote(note.id, "all").catch(complain) }, "eye")));
}

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
    table.commands.setNote(hexKey, { ...(note ? { id: note.id } : {}), kind: value("kind"), title: value("title"), playerText: value("playerText"), dmText: value("dmText"), audience: to })
      .then(() => dialog.close(), complain);
  });
}

/** All notes one may read, with a search. @param {any} table */
export function notesPanel(table) {
  const list = h("div", {});
  const search = h("input", { type: "search", placeholder: "Search notes", aria: { label: "Search notes" }, oninput: () => draw() });
  const draw = () => {
    const state = table.shown.get().get();
    const dm = state.role === "dm" && !table.readOnly();
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = Object.values(state.notes);
    const found = all.filter((/** @type {any} */ n) => words.every((w) => `${n.title} ${n.playerText ?? ""} ${n.dmText ?? ""} ${n.kind} ${table.label(n.hexKey)}`.toLowerCase().includes(w)));
    search.hidden = all.length === 0;
    fill(list,
      found.map((/** @type {any} */ n) => h("div", {}, h("button", { type: "button", class: "btn ghost small", onclick: () => table.select(n.hexKey, true) }, icon("hex"), table.label(n.hexKey)), noteView(table, n, dm))),
      all.length === 0 && h("div", { class: "empty" }, icon("note"), dm ? "No notes yet. Right-click a hex (or press N) to write what is there: one text for players, one only for you." : "What you learn about places is kept here."),
      all.length > 0 && found.length === 0 && h("p", { class: "empty" }, "No note has these words."));
  };
  table.whenShown((/** @type {any} */ s) => [s.notes, s.role], draw);
  return h("div", { class: "stack" }, search, list);
}
