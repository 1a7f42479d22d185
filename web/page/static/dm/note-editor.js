// @ts-check
/** The dialog in which a DM writes what is on a hex: a text for players, a text to keep, and who may read. */

import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choices, fill, form, h } from "../ui/elements.js";
import { playerChips } from "./player-chips.js";
import { pickSite, siteIcon } from "./site-picker.js";
import { playersOf } from "../ui/text.js";
import { kindName } from "../model/things.js";
import { api } from "../net/api.js";
import { newId } from "../net/commands.js";
import { handoutView } from "../table/handout.js";
import { complain, speak, toast } from "../table/notices.js";
import { KINDS } from "../table/notes.js";

/** The largest picture that the server takes, in bytes. */
const MOST = 20 * 2 ** 20;

/** @param {import("../table/types.js").Table} table @param {string} hexKey @param {import("../model/types.js").Note} [note] */
export function open(table, hexKey, note) {
  const players = playersOf(table.room.get().people);
  const chosen = new Set(typeof note?.audience === "object" ? note.audience.playerIds : []);
  const field = (/** @type {string} */ name, /** @type {any} */ props, tag = "input") => h(tag, { name, ...props });
  const audience = h(
    "select",
    { name: "audience" },
    choices(
      [
        ["seen", "Whoever sees the hex fully"],
        ["dm", "Only me (the DM)"],
        ["some", "Chosen players"],
      ],
      typeof note?.audience === "string" ? note.audience : note?.audience ? "some" : "seen",
    ),
  );
  const some = playerChips(players, chosen, audience);
  let site = note?.site ?? "";
  const drawing = h(".row");
  const chosenSite = (/** @type {string} */ kind) => {
    site = kind;
    fill(
      drawing,
      site && siteIcon(site, 34),
      h("span.grow", site ? kindName("site", site) : h("span.dim", "A pin alone")),
      button(
        site ? "Another drawing" : "Choose a drawing",
        { class: "btn small", type: "button", onclick: () => pickSite(site, chosenSite) },
        "hex",
      ),
      site && button("No drawing", { class: "btn small ghost", type: "button", onclick: () => chosenSite("") }),
    );
  };
  chosenSite(site);
  const path = (/** @type {string} */ id) => `campaigns/${table.campaignId}/notes/${id}/picture`;
  const shown = note && table.room.get().handouts[note.id];
  const kept = h("div", shown && handoutView(table, shown));
  let known = note?.id ?? "";
  let drop = false;
  const files = h("input", {
    type: "file",
    accept: "image/png,image/jpeg,image/webp",
    onchange: () => {
      const file = files.files?.[0];
      files.setCustomValidity(file && file.size > MOST ? "A picture in a note may have at most 20 MB." : "");
      files.reportValidity();
    },
  });
  const save = h("button.btn.primary", "Save note");
  const editor = form(
    "form.stack",
    async () => {
      const data = new FormData(editor);
      const id = known || newId();
      const value = (/** @type {string} */ k) => String(data.get(k) ?? "").trim();
      const to = audience.value === "some" ? { playerIds: [...chosen] } : audience.value;
      try {
        await table.commands.setNote(hexKey, {
          id,
          kind: value("kind"),
          title: value("title"),
          playerText: value("playerText"),
          dmText: value("dmText"),
          audience: to,
          site: site || null,
          hint: value("hint"),
          radius: Number(value("radius")) || 0,
          check: value("skill") ? { skill: value("skill"), dc: Number(value("dc")) || 10 } : null,
        });
        // What was written is kept, whatever becomes of the picture.
        known = id;
        if (drop) await api("DELETE", path(id));
        const file = files.files?.[0];
        if (file) {
          save.disabled = true;
          save.textContent = "Sending the picture…";
          speak("Sending the picture.");
          await api("PUT", path(id), file);
        }
        dialog.close();
        if (file) offerToShow(table, id);
      } catch (error) {
        complain(error);
        save.disabled = false;
        save.textContent = "Save note";
      }
    },
    h(
      ".row",
      h(
        "label.grow",
        "Title",
        field("title", { required: true, maxLength: 80, value: note?.title ?? "", autofocus: true }),
      ),
      h("label", "Kind", h("select", { name: "kind" }, choices(Object.entries(KINDS), note?.kind ?? "poi"))),
    ),
    h(
      "label",
      "What players read",
      field(
        "playerText",
        { value: note?.playerText ?? "", placeholder: "A circle of standing stones, older than the road." },
        "textarea",
      ),
    ),
    h(
      "label",
      "Only for you",
      field("dmText", { value: note?.dmText ?? "", placeholder: "Two cultists keep watch at night." }, "textarea"),
    ),
    h(
      "section.stack",
      h("h3", "Picture"),
      kept,
      h(
        "p.dim.small",
        "A handout: players see it when you show it to them, and not before. PNG, JPEG or WebP up to 20 MB.",
      ),
      h("label", shown ? "Another picture" : "Choose a picture", files),
      shown &&
        h(
          "label.check",
          h("input", {
            type: "checkbox",
            onchange: (e) => {
              drop = e.target.checked;
              kept.hidden = drop;
            },
          }),
          "Take the picture away",
        ),
    ),
    h("label", "Who may read it", audience),
    some,
    h("section.stack", h("h3", "On the map"), drawing),
    h(
      "details",
      { open: Boolean(note?.hint || note?.check) },
      h("summary", "Hint and skill check"),
      h(
        ".stack",
        h(
          ".row.low",
          h(
            "label.grow",
            "Noticed nearby",
            field("hint", { value: note?.hint ?? "", maxLength: 200, placeholder: "Dead vegetation" }),
          ),
          h("label", "Within", field("radius", { type: "number", min: 0, max: 10, value: note?.radius ?? 1 })),
        ),
        h(
          ".row.low",
          h(
            "label.grow",
            "Rolled for on entering",
            field("skill", { value: note?.check?.skill ?? "", maxLength: 80, placeholder: "Perception" }),
          ),
          h("label", "Difficulty", field("dc", { type: "number", min: 1, max: 100, value: note?.check?.dc ?? 12 })),
        ),
      ),
    ),
    h(
      ".row.end.foot",
      note &&
        button(
          "Delete",
          {
            class: "btn danger-text",
            onclick: async () => {
              if (await confirm("Delete this note?", `“${note.title}” goes from the map.`, "Delete")) {
                dialog.close();
                table.commands.deleteNote(note.id).catch(complain);
              }
            },
          },
          "trash",
        ),
      h("span.grow"),
      save,
    ),
  );
  const dialog = openDialog(`${note ? "Note" : "New note"} on hex ${table.label(hexKey)}`, editor);
}

/** Says that a picture is with its note, which nobody sees of it, and offers to show it.
 * @param {import("../table/types.js").Table} table @param {string} id of the note */
function offerToShow(table, id) {
  if (table.room.get().mode === "staged") return toast("The picture is staged with its note.");
  toast("Players have not seen the picture yet.", {
    act: {
      label: "Show it…",
      run: () => {
        const handout = table.room.get().handouts[id];
        if (handout) table.open("handout#askWhom", handout);
      },
    },
    ms: 9000,
  });
}
