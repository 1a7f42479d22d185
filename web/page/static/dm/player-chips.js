// @ts-check
/** Players to choose from, shown while a field says that some are chosen. */

import { h, on } from "../ui/elements.js";

/** Returns the chips for the players; the set holds whom the DM chose.
 * @param {{userId: string, name: string}[]} players @param {Set<string>} chosen @param {HTMLSelectElement} audience */
export function playerChips(players, chosen, audience) {
  const chips = h(
    ".chips",
    players.map((p) =>
      h(
        "label.check",
        h("input", {
          type: "checkbox",
          checked: chosen.has(p.userId),
          onchange: (e) => (e.target.checked ? chosen.add(p.userId) : chosen.delete(p.userId)),
        }),
        p.name,
      ),
    ),
  );
  const show = () => {
    chips.hidden = audience.value !== "some";
  };
  on(audience, "change", show);
  show();
  return chips;
}
