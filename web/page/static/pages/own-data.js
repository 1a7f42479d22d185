// @ts-check
/** One's own data: what is kept, as a file, and the end of the account. */

import { confirm } from "../ui/dialogs.js";
import { fill, form, h } from "../ui/elements.js";
import { post } from "../net/api.js";
import { address } from "../net/address.js";

/** @param {import("./account.js").Me} me */
export function ownData(me) {
  const password = h("input", { name: "farewell", type: "password", required: true, autocomplete: "current-password" });
  const error = h("p.danger-text", { role: "alert" });
  const leave = async () => {
    const text =
      "Your sign-ins, your e-mail, your name and your seats go at once, and so do campaigns that have nobody but you. It cannot be taken back.";
    if (!(await confirm("Delete your account?", text, "Delete my account"))) return;
    try {
      await post("me/delete", me.guest ? {} : { password: password.value });
      location.assign(address("/"));
    } catch (problem) {
      fill(error, /** @type {Error} */ (problem).message);
    }
  };
  return h(
    "section.stack",
    h("h2", "Your data"),
    h("p.dim", "All that this server keeps on you, as a file for programs (JSON)."),
    h(".row", h("a.btn", { href: address("/api/me/data"), download: "hexroom-my-data.json" }, "Download my data")),
    form(
      "form.stack",
      leave,
      h("h2", me.guest ? "Leave for good" : "Delete your account"),
      h(
        "p.dim",
        "You are called “a former member” from then on, in what was recorded before, too. Archives, recaps and backups that others made before keep the name you had at the table. Nobody is shown it in the server’s own record, and soon after it is taken out there, too, unless whoever runs the server does so by hand.",
      ),
      !me.guest && h("label", "Your password", password),
      error,
      h(".row.end", h("button.btn.danger", "Delete my account")),
    ),
  );
}
