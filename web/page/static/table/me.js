// @ts-check
/** What is one's own at the table: where one is on the map, one's skills, how one sees the table, one's account. */

import { openDialog } from "../ui/dialogs.js";
import { button, h } from "../ui/elements.js";
import { ROLES, nameOf } from "../ui/text.js";
import { viewSettings } from "./view-settings.js";
import { address } from "../net/address.js";

/** @param {import("./types.js").Table} table */
export function open(table) {
  const { people, userId, role } = table.room.get();
  const then = (/** @type {() => void} */ act) => () => {
    dialog.close();
    act();
  };
  const dialog = openDialog(
    nameOf(people, userId, "You"),
    h("p.dim", `${ROLES[role] ?? role} at this table`),
    h(
      ".stack",
      table.myToken() && button("Find me", { class: "btn primary", onclick: then(table.findMe) }, "search"),
      role !== "dm" && button("My skills", { onclick: then(() => table.open("rules#openSkills")) }, "dice"),
      button("Your account", { onclick: () => location.assign(address("/account")) }, "users"),
      button("Your campaigns", { onclick: () => location.assign(address("/")) }, "back"),
    ),
    h("h3", "How you see the table"),
    h(".stack", viewSettings(table)),
  );
}
