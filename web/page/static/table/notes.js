// @ts-check
/** Notes on hexes: what players read, what the DM keeps, and who may know. */

import { confirm } from "../ui/dialogs.js";
import { button, fill, h, icon } from "../ui/elements.js";
import { linked } from "./note-links.js";
import { complain } from "./notices.js";

/** @type {Record<string, string>} */
export const KINDS = {
  encounter: "Encounter",
  lore: "Lore",
  dungeon: "Dungeon",
  town: "Town",
  poi: "Point of interest",
};

/** Returns texts in safe Markdown: paragraphs, **bold**, *italic*, lists, headings, [[links]]; elements, never markup.
 * @param {string} text @param {any} [table] where its links lead */
export function prose(text, table) {
  return String(text ?? "")
    .split(/\n{2,}/)
    .filter(Boolean)
    .map((block) => {
      const lines = block.split("\n");
      if (lines.every((l) => /^\s*[-*]\s/.test(l)))
        return h(
          "ul",
          lines.map((l) => h("li", spans(l.replace(/^\s*[-*]\s+/, ""), table))),
        );
      const head = /^#{1,4}\s+(.*)/.exec(block);
      return head ? h("h4", spans(head[1], table)) : h("p", spans(block, table));
    });
}

/** @param {string} text @param {any} [table] */
const spans = (text, table) =>
  text
    .split(/(\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/)
    .flatMap((part) =>
      part.startsWith("**") && part.length > 4
        ? h("strong", part.slice(2, -2))
        : /^\*[^*]+\*$/.test(part)
          ? h("em", part.slice(1, -1))
          : linked(part, table),
    );

/** @param {import("./types.js").Table} table @param {import("../model/types.js").Note} note @param {boolean} dm */
export function noteView(table, note, dm) {
  const who =
    note.audience === "dm" ? "DM only" : typeof note.audience === "object" ? "some players" : "whoever sees the hex";
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
  const draw = () => {
    const state = table.now();
    const dm = state.role === "dm" && !table.readOnly();
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = Object.values(state.notes);
    const found = all.filter((n) =>
      words.every((/** @type {string} */ w) =>
        `${n.title} ${n.playerText ?? ""} ${n.dmText ?? ""} ${n.kind} ${table.label(n.hexKey)}`
          .toLowerCase()
          .includes(w),
      ),
    );
    search.hidden = all.length === 0;
    fill(
      list,
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
        h(
          ".empty",
          icon("note"),
          dm
            ? "No notes yet. Right-click a hex (or press N) to write what is there: one text for players, one only for you."
            : "What you learn about places is kept here.",
        ),
      all.length > 0 && found.length === 0 && h("p.empty", "No note has these words."),
    );
  };
  table.whenShown((s) => [s.notes, s.role], draw);
  return h(".stack", search, list);
}
