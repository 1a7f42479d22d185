// @ts-check
/** Who is at the table: here or away, by role; a DM changes roles, removes, and looks through a player's eyes. */

import { button, confirm, fill, h, icon } from "../core/dom.js";
import { watchAll } from "../core/store.js";
import { ROLES } from "../core/words.js";
import { api } from "../net/api.js";
import { complain, toast } from "./notices.js";

/** @param {any} table */
export function playerList(table) {
  const { room, campaignId } = table;
  const node = h("div", { class: "people" });
  const member = (/** @type {any} */ p) => `/api/campaigns/${campaignId}/members/${encodeURIComponent(p.userId)}`;
  const remove = async (/** @type {any} */ p) => {
    if (!(await confirm(`Remove ${p.name}?`, `${p.name} leaves the table at once and can come back only by a new invite link.`, "Remove"))) return;
    api("DELETE", member(p)).then(() => toast(`${p.name} was removed.`), complain);
  };
  const draw = () => {
    const { people, role, userId } = room.get();
    const dm = role === "dm";
    const here = people.filter((/** @type {any} */ p) => p.online).length;
    fill(node,
      h("div", { class: "row" }, h("span", { class: "dim grow" }, `${here} of ${people.length} here`), dm && button("Invite", { class: "btn primary small", onclick: () => table.later("invite", (/** @type {any} */ m) => m.openInvite(campaignId)) }, "plus")),
      h("ul", { class: "plainlist" }, people.map((/** @type {any} */ p) => h("li", { class: "person", data: { online: p.online } },
        avatar(p),
        h("div", { class: "grow" }, h("div", { class: "who" }, p.name, p.userId === userId && h("span", { class: "dim" }, " (you)")), h("div", { class: "dim small" }, `${dm && p.userId !== userId ? "" : `${ROLES[p.role] ?? p.role} · `}${p.online ? "here" : "away"}`)),
        dm && p.role === "player" && button(`See what ${p.name} sees`, { class: "btn ghost square small", title: `See what ${p.name} sees (V)`, onclick: () => table.viewAs(p.userId) }, "eye", true),
        dm && p.userId !== userId && h("select", {
          class: "small", aria: { label: `Role of ${p.name}` }, onchange: (/** @type {any} */ e) => api("PATCH", member(p), { role: e.target.value }).catch((error) => { complain(error); draw(); }),
        }, Object.entries(ROLES).map(([id, label]) => h("option", { value: id, selected: id === p.role }, label))),
        dm && p.userId !== userId && button(`Remove ${p.name}`, { class: "btn ghost square small", onclick: () => remove(p) }, "trash", true)))),
      dm && people.filter((/** @type {any} */ p) => p.role === "player").length === 0 && h("div", { class: "empty" }, icon("users"), h("p", {}, "You are alone at the table. Invite your players with a link: they choose a name and see the map."), button("Invite players", { class: "btn", onclick: () => table.later("invite", (/** @type {any} */ m) => m.openInvite(campaignId)) }, "link")));
  };
  watchAll(room, (/** @type {any} */ s) => [s.people, s.role, s.userId], draw);
  return node;
}

/** @param {any} person */
export function avatar(person) {
  let sum = 0;
  for (const c of person.name) sum = (sum * 33 + c.codePointAt(0)) % 360;
  return h("span", { class: "avatar", vars: { "--hue": sum }, data: { online: person.online }, aria: { hidden: true } }, [...person.name.trim()][0]?.toUpperCase() ?? "?");
}

/** The faces in the bar. @param {any} table @param {() => void} open */
export function faces(table, open) {
  const node = button("Who is at the table", { class: "faces", onclick: open }, undefined, true);
  watchAll(table.room, (/** @type {any} */ s) => [s.people], () => {
    const { people } = table.room.get();
    const here = people.filter((/** @type {any} */ p) => p.online);
    fill(node, here.slice(0, 4).map(avatar), people.length > 4 || here.length < people.length ? h("span", { class: "more" }, `${here.length}/${people.length}`) : null);
    node.setAttribute("aria-label", `Who is at the table: ${here.length} of ${people.length} here`);
  });
  return node;
}
