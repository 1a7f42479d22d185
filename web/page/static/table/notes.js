// @ts-check
/** Notes on hexes: what players read, what the DM keeps, and who may know. */

import { confirm } from "../ui/dialogs.js";
import { button, choices, fill, h, icon } from "../ui/elements.js";
import { handoutTools, handoutView } from "./handout.js";
import { complain } from "./notices.js";
import { prose } from "./prose.js";

/** @type {Record<string, string>} */
export const KINDS = {
  encounter: "Encounter",
  lore: "Lore",
  dungeon: "Dungeon",
  town: "Town",
  poi: "Point of interest",
};

/** @param {import("./types.js").Table} table @param {import("../model/types.js").Note} note @param {boolean} dm */
export function noteView(table, note, dm) {
  const who =
    note.audience === "dm" ? "DM only" : typeof note.audience === "object" ? "some players" : "whoever sees the hex";
  const handout = table.now().handouts[note.id];
  return h(
    "article.note",
    h(
      ".row",
      h(".grow", h(".kind", KINDS[note.kind] ?? note.kind, dm && ` · ${who}`), h("strong", note.title)),
      dm &&
        button(
          `Edit ${note.title}`,
          { title: "Edit", onclick: () => table.open("note-editor", note.hexKey, note) },
          "note",
          true,
        ),
    ),
    handout && handoutView(table, handout),
    handout && dm && handoutTools(table, handout),
    prose(note.playerText ?? "", table),
    dm && note.dmText && h(".secret", h(".kind", icon("veil"), " Only you"), prose(note.dmText, table)),
    dm &&
      note.audience === "dm" &&
      h("div", button("Reveal to everyone", { class: "btn small", onclick: () => reveal(table, note) }, "eye")),
  );
}

/** Has everybody know of a note, once that was asked. @param {import("./types.js").Table} table @param {import("../model/types.js").Note} note */
async function reveal({ commands, room }, note) {
  const when = room.get().mode === "staged" ? "when you publish" : "at once";
  const text = `Every player reads “${note.title}” ${when}, wherever they are. What is only for you stays with you.`;
  if (await confirm("Reveal this note?", text, "Reveal", { danger: false }))
    commands.revealNote(note.id, "all").catch(complain);
}

/** All notes one may read, with a search. @param {import("./types.js").Table} table */
export function notesPanel(table) {
  const list = h("div");
  const search = h("input", {
    type: "search",
    placeholder: "Search notes",
    aria: { label: "Search notes" },
    oninput: () => draw(),
  });
  const sort = h(
    "select.small",
    { aria: { label: "Order of the notes" }, onchange: () => draw() },
    choices([
      ["title", "By title"],
      ["hex", "By hex"],
      ["kind", "By kind"],
    ]),
  );
  const kind = h(
    "select.small",
    { aria: { label: "Kind of notes" }, onchange: () => draw() },
    choices([["", "All kinds"], ...Object.entries(KINDS)]),
  );
  const tools = h(".row.tight", kind, sort);
  /** What notes are ordered by, then by title. @param {import("../model/types.js").Note} note */
  const rank = (note) =>
    ({ title: "", hex: table.label(note.hexKey), kind: KINDS[note.kind] ?? note.kind })[sort.value] ?? "";
  const draw = () => {
    const state = table.now();
    const dm = state.role === "dm" && !table.readOnly();
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = Object.values(state.notes);
    const found = all.filter(
      (n) =>
        (!kind.value || n.kind === kind.value) &&
        words.every((/** @type {string} */ w) =>
          `${n.title} ${n.playerText ?? ""} ${n.dmText ?? ""} ${n.kind} ${table.label(n.hexKey)}`
            .toLowerCase()
            .includes(w),
        ),
    );
    found.sort((a, b) => rank(a).localeCompare(rank(b), "en", { numeric: true }) || a.title.localeCompare(b.title));
    search.hidden = all.length === 0;
    tools.hidden = all.length < 2;
    // What one was shown of places that one does not know.
    const loose = Object.values(state.handouts).filter(
      (each) => !state.notes[each.id] && words.every((w) => each.title.toLowerCase().includes(w)),
    );
    fill(
      list,
      loose.length > 0 &&
        !kind.value &&
        h(
          "section",
          h("h3", "Handouts"),
          loose.map((each) => h("article.note", h("strong", each.title), handoutView(table, each))),
        ),
      found.map((n) =>
        h(
          "div",
          h(
            "button.btn.ghost.small",
            { onclick: () => table.select(n.hexKey, true) },
            icon("hex"),
            table.label(n.hexKey),
          ),
          noteView(table, n, dm),
        ),
      ),
      all.length === 0 &&
        loose.length === 0 &&
        h(
          ".empty",
          icon("note"),
          dm
            ? "No notes yet. Right-click a hex (or press N) to write what is there: one text for players, one only for you."
            : "What you learn about places is kept here.",
        ),
      all.length > 0 && found.length === 0 && h("p.empty", "No note is like that."),
    );
  };
  table.whenShown((s) => [s.notes, s.handouts, s.role], draw);
  return h(".stack", search, tools, list);
}
