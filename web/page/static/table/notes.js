// @ts-check
/** Notes on hexes: what players read, what the DM keeps, and who may know. */

import { confirm } from "../ui/dialogs.js";
import { button, choices, fill, h, icon } from "../ui/elements.js";
import { handoutTools, handoutView } from "./handout.js";
import { complain } from "./notices.js";
import { thingsIn } from "./hex-things.js";
import { pinView } from "./pins.js";
import { drawnList } from "./sketch.js";
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
      ["region", "By region"],
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
    ({ title: "", hex: table.label(note.hexKey), kind: KINDS[note.kind] ?? note.kind, region: regionOf(note) })[
      sort.value
    ] ?? "";
  /** Returns the region of a note's hex that is named first; nothing where there is none. @param {import("../model/types.js").Note} note */
  const regionOf = (note) =>
    thingsIn(table.now(), "region", note.hexKey)
      .map((region) => String(region.name))
      .sort((a, b) => a.localeCompare(b))[0] ?? "";
  const toHex = (/** @type {string} */ key) =>
    h("button.btn.ghost.small", { onclick: () => table.select(key, true) }, icon("hex"), table.label(key));
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
    const byRegion = sort.value === "region";
    const ranks = new Map(found.map((n) => [n.id, rank(n)]));
    const ranked = (/** @type {import("../model/types.js").Note} */ n) => ranks.get(n.id) ?? "";
    found.sort(
      (a, b) =>
        (byRegion ? Number(!ranked(a)) - Number(!ranked(b)) : 0) ||
        ranked(a).localeCompare(ranked(b), "en", { numeric: true }) ||
        a.title.localeCompare(b.title),
    );
    const pins = Object.values(state.pins).filter((pin) => words.every((w) => pin.text.toLowerCase().includes(w)));
    search.hidden = all.length + Object.keys(state.pins).length === 0;
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
      pins.length > 0 &&
        !kind.value &&
        h(
          "section",
          h("h3", "Pins"),
          pins.map((pin) => h("div", toHex(pin.hexKey), pinView(table, pin))),
        ),
      !kind.value && !words.length && drawnList(table),
      found.map((n, i) =>
        h(
          "div",
          byRegion && (i === 0 || ranked(n) !== ranked(found[i - 1])) && h("h3", ranked(n) || "In no region"),
          toHex(n.hexKey),
          noteView(table, n, dm),
        ),
      ),
      all.length === 0 &&
        loose.length + pins.length + Object.keys(state.strokes).length === 0 &&
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
  table.whenShown((s) => [s.notes, s.handouts, s.pins, s.strokes, s.regions, s.role], draw);
  return h(".stack", search, tools, list);
}
