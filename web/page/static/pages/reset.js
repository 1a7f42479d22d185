// @ts-check
/** A forgotten password: asking for a link, and what the link opens. */

import { post } from "../net/api.js";
import { fill, form, h } from "../ui/elements.js";
import { orSay, showCard } from "./card.js";
import { address } from "../net/address.js";

/** Asks for the address that a link is mailed to. @param {HTMLElement} app */
export function openForgotten(app) {
  const email = h("input", { name: "email", type: "email", required: true, autocomplete: "email", autofocus: true });
  const error = h("p.danger-text", { role: "alert" });
  const card = form(
    "form.stack",
    orSay(error, async () => {
      const { mail } = await post("auth/forgotten", { email: email.value.trim() });
      const sent = `If there is an account with ${email.value.trim()}, a link is on its way. It is good for an hour.`;
      const none = "This server sends no mail. Ask whoever runs it for a link: they make one with a single command.";
      fill(
        card,
        h("p", { role: "status" }, mail ? sent : none),
        h("a.btn.wide", { href: address("/?next=") }, "Back to sign-in"),
      );
    }),
    h("label", "Your e-mail", email),
    error,
    h("button.btn.primary.wide", "Send me a link"),
  );
  showCard(app, "Forgotten password", h("p.dim", "You get a link that sets a new one."), card);
}

/** Sets a new password. @param {HTMLElement} app @param {string} token */
export function openReset(app, token) {
  const password = h("input", {
    name: "password",
    type: "password",
    required: true,
    minLength: 8,
    autocomplete: "new-password",
    autofocus: true,
    placeholder: "At least 8 characters",
  });
  const error = h("p.danger-text", { role: "alert" });
  const card = form(
    "form.stack",
    orSay(error, async () => {
      await post(`auth/reset/${encodeURIComponent(token)}`, { password: password.value });
      fill(
        card,
        h("p", { role: "status" }, "Your new password is set, every browser is signed out, and bots need a new token."),
        h("a.btn.primary.wide", { href: address("/?next=") }, "Sign in"),
      );
    }),
    h("label", "New password", password),
    error,
    h("button.btn.primary.wide", "Set password"),
  );
  showCard(app, "A new password", card);
}
