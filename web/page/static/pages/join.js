// @ts-check
/** The invite link: a name, one button, and one is on the map. */

import { fill, form, h, icon } from "../ui/elements.js";
import { ROLES } from "../ui/text.js";
import { get, post } from "../net/api.js";
import { scape } from "./landscape.js";
import { address } from "../net/address.js";

/** @param {HTMLElement} app @param {string} token */
export async function openJoin(app, token) {
  const land = scape();
  const error = h("p.danger-text", { role: "alert" });
  const name = h("input", {
    name: "name",
    required: true,
    maxLength: 80,
    autocomplete: "nickname",
    placeholder: "Ana",
    autofocus: true,
    enterKeyHint: "go",
  });
  const go = h("button.btn.primary.wide", "Take a seat");
  const title = h("h1", "You are invited");
  const greeting = h("p.dim", "Your DM holds the map. What they reveal, you see here.");
  const label = h("label", "Your name at the table", name);
  const card = form(
    "form",
    async () => {
      fill(error);
      try {
        const { campaignId } = await post(
          `invites/${encodeURIComponent(token)}/accept`,
          me ? {} : { name: name.value.trim() },
        );
        location.assign(address(`/c/${campaignId}${location.search}`));
      } catch (failure) {
        const { status, message } = /** @type {import("../net/api.js").ApiError} */ (failure);
        fill(
          error,
          status === 404 || status === 410 ? "This link no longer works. Ask your DM for a new one." : message,
        );
      }
    },
    label,
    error,
    go,
  );
  fill(
    app,
    h(
      ".join",
      land.node,
      h(
        "main.join-card",
        h("span.brand.row", { vars: { "justify-content": "center" } }, icon("hex"), "Hexroom"),
        title,
        greeting,
        card,
      ),
    ),
  );
  name.focus();
  const [me, invite] = await Promise.all([get("me").catch(() => null), get(`invites/${token}`).catch(() => null)]);
  if (invite?.campaignName) fill(title, invite.campaignName);
  if (me) {
    label.hidden = true;
    name.required = false;
    fill(
      greeting,
      `You join as ${me.name}${invite?.role ? `, as ${ROLES[invite.role]?.toLowerCase() === "dm" ? "DM" : ROLES[invite.role]?.toLowerCase()}` : ""}.`,
    );
    go.focus();
  }
}
