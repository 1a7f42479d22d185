// @ts-check
/** Links that let people in: one per role, to copy, to scan, to take back. */

import { openDialog } from "../ui/dialogs.js";
import { button, choice, fill, h } from "../ui/elements.js";
import { ROLES, count } from "../ui/text.js";
import { api, get, post } from "../net/api.js";
import { copyField } from "../pages/copy-field.js";
import { complain, toast } from "../table/notices.js";
import { address } from "../net/address.js";

/** @typedef {import("../net/answers.js").Invite} Invite */

/** @param {import("../table/types.js").Table} table */
export function open({ campaignId }, role = "player") {
  const body = h(".invite");
  const old = h("div");
  const asks = h("input", { type: "checkbox", onchange: () => make().catch(complain) });
  const show = (/** @type {Invite} */ invite) => {
    const url = link(invite);
    fill(
      body,
      h("img.qr", { src: `${new URL(url).pathname}/qr.svg`, alt: "QR code of the invite link" }),
      h(
        ".stack",
        h(
          "p",
          invite.role === "player"
            ? "Send this to your players. They choose a name and are at the table; no account needed."
            : invite.role === "dm"
              ? "Whoever opens this becomes a DM and sees everything."
              : "Spectators see what is revealed to everyone.",
        ),
        h("label.row", asks, h("span", "Ask me before somebody comes in")),
        copyField("Invite link", url),
      ),
    );
  };
  const make = async () => {
    show(await inviteFor(campaignId, role, asks.checked));
    await list();
  };
  const used = (/** @type {Invite} */ i) =>
    [
      `${ROLES[i.role] ?? i.role}, used ${count(i.uses ?? 0, "time")}${i.maxUses ? ` of ${i.maxUses}` : ""}`,
      i.expiresAt && `good until ${new Date(i.expiresAt).toLocaleDateString()}`,
      i.approval && "asks you first",
      !i.url && "works, but was made before links could be shown again",
    ]
      .filter(Boolean)
      .join(", ");
  const revoke = (/** @type {Invite} */ i) =>
    api("DELETE", `campaigns/${campaignId}/invites/${i.id}`).then(() => {
      toast("That link no longer works.");
      make();
    }, complain);
  const list = async () => {
    const invites = await invitesOf(campaignId);
    fill(
      old,
      invites.length > 0 &&
        h(
          "details",
          { open: /** @type {HTMLDetailsElement|null} */ (old.querySelector("details"))?.open },
          h("summary", `Links in use (${invites.length})`),
          h(
            "ul.plainlist",
            invites.map((i) =>
              h(
                "li.row.wrap",
                h("span.grow", used(i)),
                i.url && button("Show", { class: "btn small", onclick: () => show(i) }, "eye"),
                button("Revoke", { class: "btn small danger-text", onclick: () => revoke(i) }),
              ),
            ),
          ),
        ),
    );
  };
  const roles = h("div");
  const draw = () =>
    fill(
      roles,
      choice(
        "Invite as",
        ["player", "spectator", "dm"].map((id) => [id, ROLES[id]]),
        role,
        (id) => {
          role = id;
          draw();
          make().catch(complain);
        },
      ),
    );
  draw();
  make().catch(complain);
  openDialog("Invite to the table", roles, body, old);
}

/** Shows the link for the screen at the table. @param {import("../table/types.js").Table} table */
export async function openScreenLink({ campaignId }) {
  const invite = await inviteFor(campaignId, "spectator", false);
  openDialog(
    "Big screen",
    h(
      ".stack",
      h("p", "Open this link on the screen that all look at: it shows the map alone, as everyone knows it."),
      copyField("Big screen link", `${link(invite)}?view=table`),
      h("p.dim.small", "Asked for a name there, give any: it takes the seat of a spectator."),
    ),
  );
}

/** @param {Invite} i */
const link = (i) => new URL(i.url ?? address(`/join/${i.token}`), location.origin).href;

/** @param {string} campaignId @returns {Promise<Invite[]>} */
const invitesOf = async (campaignId) => (await get(`campaigns/${campaignId}/invites`).catch(() => null))?.invites ?? [];

/** Returns a link of the kind that is asked for: one that there is, so that looking twice makes no second one.
 * @param {string} campaignId @param {string} role @param {boolean} approval @returns {Promise<Invite>} */
async function inviteFor(campaignId, role, approval) {
  const found = (await invitesOf(campaignId)).find(
    (i) => i.url && i.role === role && Boolean(i.approval) === approval && !i.maxUses && !i.expiresAt,
  );
  return found ?? post(`campaigns/${campaignId}/invites`, { role, approval });
}
