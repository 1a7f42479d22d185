// @ts-check
/** Links that let people in: one per role, to copy, to scan, to take back. */

import { button, fill, h, openDialog } from "../core/dom.js";
import { qr } from "../core/qr.js";
import { ROLES, count } from "../core/words.js";
import { api, get, post } from "../net/api.js";
import { complain, toast } from "./notices.js";

// A link is told once, when it is made; here until the page is left, so that looking twice makes no second one.
const made = new Map();

/** @param {string} campaignId */
export function openInvite(campaignId) {
  const body = h("div", { class: "invite" });
  const old = h("div", {});
  let role = "player";
  const link = (/** @type {any} */ i) => new URL(i.url ?? `/join/${i.token}`, location.origin).href;

  const show = (/** @type {any} */ invite) => {
    const url = link(invite);
    const field = h("input", { type: "text", readOnly: true, value: url, aria: { label: "Invite link" }, onfocus: () => field.select() });
    fill(body,
      picture(url),
      h("div", { class: "stack" },
        h("p", {}, role === "player" ? "Send this to your players. They choose a name and are at the table; no account needed." : role === "dm" ? "Whoever opens this becomes a DM and sees everything." : "Spectators see what is revealed to everyone."),
        h("div", { class: "row" }, field, button("Copy", { class: "btn primary", onclick: () => copy(url, field) }, "copy"))));
  };
  const make = async () => {
    const known = (await get(`/api/campaigns/${campaignId}/invites`).catch(() => null))?.invites ?? [];
    const key = `${campaignId} ${role}`;
    if (!known.some((/** @type {any} */ i) => i.id === made.get(key)?.id)) made.set(key, await post(`/api/campaigns/${campaignId}/invites`, { role }));
    show(made.get(key));
    await list();
  };
  const list = async () => {
    const invites = (await get(`/api/campaigns/${campaignId}/invites`).catch(() => null))?.invites ?? [];
    fill(old, invites.length > 0 && h("details", {}, h("summary", {}, `Links in use (${invites.length})`), h("ul", { class: "plainlist" }, invites.map((/** @type {any} */ i) =>
      h("li", { class: "row" }, h("span", { class: "grow" }, `${ROLES[i.role] ?? i.role}, used ${count(i.uses ?? 0, "time")}`),
        button("Revoke", { class: "btn small danger-text", onclick: () => api("DELETE", `/api/campaigns/${campaignId}/invites/${i.id}`).then(() => { toast("That link no longer works."); make(); }, complain) }))))));
  };
  const roles = h("div", { class: "seg", role: "radiogroup", aria: { label: "Invite as" } });
  const draw = () => fill(roles, Object.entries(ROLES).reverse().sort(([a]) => (a === "player" ? -1 : 0)).map(([id, label]) =>
    h("button", { type: "button", role: "radio", aria: { checked: role === id }, onclick: () => { role = id; draw(); make().catch(complain); } }, label)));
  draw();
  make().catch(complain);
  openDialog("Invite to the table", roles, body, old);
}

/** @param {string} url @param {HTMLInputElement} field */
async function copy(url, field) {
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    // Without a secure context there is no clipboard; the selection can be copied by hand.
    field.select();
    document.execCommand("copy");
  }
  toast("Link copied.", { kind: "good" });
}

/** Returns a picture of the code of a link. @param {string} text */
function picture(text) {
  const canvas = h("canvas", { class: "qr", role: "img", aria: { label: "QR code of the invite link" } });
  let grid;
  try {
    grid = qr(text);
  } catch {
    return null;
  }
  const [cell, quiet] = [6, 4];
  canvas.width = canvas.height = (grid.length + quiet * 2) * cell;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#10191c";
  grid.forEach((row, y) => row.forEach((dark, x) => dark && pen.fillRect((x + quiet) * cell, (y + quiet) * cell, cell, cell)));
  return canvas;
}
