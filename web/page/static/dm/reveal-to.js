// @ts-check
/** To whom something on the map is revealed: everyone, chosen players, or who is near. */

import { openDialog } from "../ui/dialogs.js";
import { form, h } from "../ui/elements.js";
import { PART, thingName } from "../model/things.js";
import { audienceWords, targetWords } from "../ui/text.js";
import { complain, speak } from "../table/notices.js";
import { whomChoice } from "../table/targets.js";

/** @param {import("../table/types.js").Table} table @param {import("../model/things.js").What} what @param {import("../model/things.js").Thing} thing */
export function askWhom(table, what, thing) {
  const { room, commands } = table;
  const name = thingName(what, thing);
  const whom = whomChoice(room);
  const reveal = {
    path: commands.revealPath,
    site: commands.revealSite,
    region: commands.revealRegion,
    label: commands.revealLabel,
  };
  const dialog = openDialog(
    `Reveal ${name}`,
    form(
      "form.stack",
      () =>
        reveal[what](thing.id, whom.targets()).then(() => {
          dialog.close();
          speak(
            `${room.get().mode === "staged" ? "Staged: " : ""}${name} revealed to ${targetWords(whom.targets(), room.get().people)}`,
          );
        }, complain),
      h(
        "p.dim",
        `So far: ${audienceWords(room.get()[PART[what]][thing.id] ?? thing, room.get().people)}. They get what lies in hexes that they see, and more as they see more.`,
      ),
      whom.node,
      h(".row.end", h("button.btn.primary", { autofocus: true }, "Reveal")),
    ),
  );
}
