// @ts-check
/** Pins: what players note on their own copy of the map, for themselves or for the party. */

import { openDialog } from "../ui/dialogs.js";
import { button, form, h } from "../ui/elements.js";
import { nameOf } from "../ui/text.js";
import { complain, speak } from "./notices.js";

/** @typedef {import("../model/types.js").Pin} Pin */
/** @typedef {import("./types.js").Table} Table */

/** What the server takes, in characters. */
const MOST = 500;

/** Writes a pin on a hex, or changes one of one's own. @param {Table} table @param {string} hexKey @param {Pin} [pin] */
export function open(table, hexKey, pin) {
  const text = h("textarea", {
    name: "text",
    required: true,
    maxLength: MOST,
    autofocus: true,
    value: pin?.text ?? "",
  });
  const party = h("input", { type: "checkbox", name: "party", checked: Boolean(pin?.party) });
  const dialog = openDialog(
    `${pin ? "Pin" : "New pin"} on hex ${table.label(hexKey)}`,
    form(
      "form.stack",
      () =>
        table.commands.setPin(hexKey, text.value, party.checked, pin?.id).then(() => {
          dialog.close();
          speak("Pinned");
        }, complain),
      h("label", "What you want to remember", text),
      h("label.check", party, "The whole party sees it"),
      h(
        "p.dim.small",
        "Else only you see it: no other player, and not your DM's map. The campaign's record holds it all the same, and DMs may read that.",
      ),
      h(".row.end", h("button.btn.primary", pin ? "Save" : "Pin it")),
    ),
  );
}

/** Returns a pin as it stands in a list. @param {Table} table @param {Pin} pin */
export function pinView(table, pin) {
  const { people, userId, role } = table.now();
  const mine = pin.by === userId && !table.readOnly();
  const mayDelete = mine || (role === "dm" && !table.readOnly());
  return h(
    "article.note",
    h(".kind", pin.party ? `${nameOf(people, pin.by, "A former member")}, for the party` : "Only you"),
    h("p", pin.text),
    mayDelete &&
      h(
        ".row.tight",
        mine && button("Change", { class: "btn small", onclick: () => open(table, pin.hexKey, pin) }),
        button("Remove", {
          class: "btn small danger-text",
          onclick: () => {
            table.commands.deletePin(pin.id).then(() => speak("The pin is gone"), complain);
          },
        }),
      ),
  );
}

/** Returns the pins of a hex that one knows of. @param {import("./types.js").Room} room @param {string} key */
export const pinsIn = (room, key) => Object.values(room.pins).filter((pin) => pin.hexKey === key);
