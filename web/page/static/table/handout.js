// @ts-check
/** Handouts: the pictures of notes. A DM shows them; they open over the whole page, and stay in the journal. */

import { openDialog } from "../ui/dialogs.js";
import { button, form, h, on } from "../ui/elements.js";
import { targetWords } from "../ui/text.js";
import { address } from "../net/address.js";
import { complain, speak, toast } from "./notices.js";
import { whomChoice } from "./targets.js";

/** @typedef {import("../model/types.js").Handout} Handout */
/** @typedef {import("./types.js").Table} Table */
/** Where pictures come from. @typedef {Pick<Table, "campaignId"|"pastImage">} Source */

/** The one that is open. @type {{id: string, dialog: HTMLDialogElement}|null} */
let opened = null;

/** Returns the picture of a handout; as it was seen then, in a replay. @param {Source} table @param {Handout} handout */
export function picture(table, { image, title, width, height }) {
  const node = h("img", { alt: title, width, height, loading: "lazy" });
  const past = table.pastImage();
  const blob = past?.(image).catch(() => null) ?? Promise.resolve(null);
  blob.then((found) => {
    node.src = found ? URL.createObjectURL(found) : address(`/api/campaigns/${table.campaignId}/images/${image}`);
    if (found) node.addEventListener("load", () => URL.revokeObjectURL(node.src), { once: true });
  });
  return node;
}

/** Opens a handout over the whole page; Escape, a click or its button closes it, and so does time where one is given. @param {Source} table @param {Handout} handout @param {number} [ms] */
export function open(table, handout, ms = 0) {
  if (opened?.id === handout.id) return;
  opened?.dialog.close();
  const dialog = openDialog(handout.title, picture(table, handout));
  dialog.classList.add("handout");
  on(dialog, "click", () => dialog.close());
  const mine = (opened = { id: handout.id, dialog });
  const timer = ms ? setTimeout(() => dialog.close(), ms) : 0;
  on(dialog, "close", () => {
    clearTimeout(timer);
    if (opened === mine) opened = null;
  });
}

/** Opens what a DM shows, and closes what is no longer shown.
 * @param {Source} table @param {import("../model/types.js").Message} m @param {import("./types.js").Room} now @param {import("./types.js").Room} was @param {number} [ms] */
export function heard(table, m, now, was, ms = 0) {
  const id = m.handout?.id ?? m.handoutId;
  const handout = now.handouts[id];
  if (!handout) {
    if (opened?.id === id) opened?.dialog.close();
    return;
  }
  if (m.type === "handout:changed" && was.handouts[id]?.image === handout.image) return;
  open(table, handout, ms);
  speak(`The DM shows you: ${handout.title}`);
}

/** Returns a handout as it stands in a list: a small picture that opens. @param {Table} table @param {Handout} handout */
export const handoutView = (table, handout) =>
  h(
    "button.handout-small",
    { aria: { label: `Open ${handout.title}` }, onclick: () => open(table, handout) },
    picture(table, handout),
  );

/** Asks to whom a handout is shown, and shows it. @param {Table} table @param {Handout} handout */
export function askWhom(table, handout) {
  const { room, commands } = table;
  const whom = whomChoice(room);
  const staged = room.get().mode === "staged";
  const show = async () => {
    await commands.showHandout(handout.id, whom.targets());
    // Before those who had it already it opens again.
    if (!staged) await commands.openHandout(handout.id, whom.targets());
  };
  const dialog = openDialog(
    `Show ${handout.title}`,
    form(
      "form.stack",
      () =>
        show().then(() => {
          dialog.close();
          toast(
            `${staged ? "Staged: " : ""}${handout.title} is shown to ${targetWords(whom.targets(), room.get().people)}.`,
          );
        }, complain),
      h(
        "p.dim",
        `So far: ${shownWords(handout, room.get().people)}. They see the picture and the title of the note, full screen ${staged ? "when you publish" : "at once"}, and keep both in their journal. The hex stays as it is.`,
      ),
      whom.node,
      h(".row.end", h("button.btn.primary", { autofocus: true }, staged ? "Stage" : "Show now")),
    ),
  );
}

/** Asks from whom a handout is taken back, and takes it. @param {Table} table @param {Handout} handout */
export function askFromWhom(table, handout) {
  const { room, commands } = table;
  const whom = whomChoice(room, "hide");
  const staged = room.get().mode === "staged";
  const dialog = openDialog(
    `Take back ${handout.title}`,
    form(
      "form.stack",
      () =>
        commands.hideHandout(handout.id, whom.targets()).then(() => {
          dialog.close();
          toast(
            `${staged ? "Staged: " : ""}${handout.title} is taken back from ${targetWords(whom.targets(), room.get().people)}.`,
          );
        }, complain),
      h(
        "p.dim",
        `Shown to ${shownWords(handout, room.get().people)}. It goes from their screen and their journal ${staged ? "when you publish" : "at once"}; what they remember of it, they keep.`,
      ),
      whom.node,
      h(".row.end", h("button.btn.primary", { autofocus: true }, staged ? "Stage" : "Take it back")),
    ),
  );
}

/** Says whether anybody has the handout. @param {Handout} handout */
const isShown = ({ shownTo = { playerIds: [] } }) => shownTo === "all" || shownTo.playerIds.length > 0;

/** Says to whom a handout was shown. @param {Handout} handout @param {import("../model/types.js").Person[]} people */
function shownWords(handout, people) {
  const { shownTo = { playerIds: [] }, keptFrom = [] } = handout;
  if (!isShown(handout)) return "nobody but you";
  const words = targetWords(shownTo, people);
  return keptFrom.length ? `${words} but ${targetWords({ playerIds: keptFrom }, people)}` : words;
}

/** Returns what a DM does with a handout beside its note. @param {Table} table @param {Handout} handout */
export const handoutTools = (table, handout) =>
  h(
    ".row.tight.wrap",
    button("Show now", { class: "btn small", onclick: () => askWhom(table, handout) }, "eye"),
    isShown(handout) && button("Take back", { class: "btn small", onclick: () => askFromWhom(table, handout) }, "veil"),
    h("span.dim.small", `Shown to ${shownWords(handout, table.now().people)}`),
  );
