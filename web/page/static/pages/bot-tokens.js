// @ts-check
/** Tokens by which bots and tools act for one's account: made, shown once, and revoked. */

import { api, get, post } from "../net/api.js";
import { complain } from "../table/notices.js";
import { confirm } from "../ui/dialogs.js";
import { button, fill, form, h } from "../ui/elements.js";
import { ago } from "../ui/time.js";
import { copyField } from "./copy-field.js";

/** @typedef {{id: string, name: string, createdAt: string}} Token */

/** Returns the part of the account's page that is about them. */
export function botTokens() {
  const made = h(".stack", { role: "status" });
  const list = h("ul.plainlist");
  const name = h("input", {
    name: "token",
    required: true,
    maxLength: 80,
    autocomplete: "off",
    placeholder: "Dice bot",
  });

  const show = async () => {
    /** @type {{tokens: Token[]}} */
    const { tokens } = await get("tokens").catch((error) => (complain(error), { tokens: [] }));
    fill(list, tokens.map(row));
  };
  const row = (/** @type {Token} */ token) =>
    h(
      "li.row",
      h(".grow", h(".who", token.name), h(".dim.small", `made ${ago(token.createdAt)}`)),
      button(`Revoke ${token.name}`, { class: "btn small", onclick: () => revoke(token) }, "trash"),
    );
  const revoke = async (/** @type {Token} */ token) => {
    const text = "Whatever uses this token is cut off at once.";
    if (!(await confirm(`Revoke the token ${token.name}?`, text, "Revoke"))) return;
    await api("DELETE", `tokens/${token.id}`).then(() => fill(made), complain);
    await show();
  };
  const make = async () => {
    try {
      const token = await post("tokens", { name: name.value.trim() });
      fill(
        made,
        h("p", `Copy the token of ${token.name} now: it is not shown again. Whoever has it acts as you.`),
        copyField(`Token ${token.name}`, token.token),
      );
      name.value = "";
    } catch (error) {
      complain(error);
    }
    await show();
  };
  show();
  return h(
    "section.stack",
    h("h2", "Bots and tools"),
    h("p.dim", "A token lets a program of yours sit at your tables, or call the server, as you."),
    form("form", make, h("label", "Name of the bot or tool", h(".row", name, h("button.btn", "Make a token")))),
    made,
    list,
  );
}
