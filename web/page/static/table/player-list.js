// @ts-check
/** Who is at the table: here or away, by role; a DM changes roles, removes, and looks through a player's eyes. */

import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choices, fill, h, icon } from "../ui/elements.js";
import { moreMenu } from "../ui/more-menu.js";
import { watchAll } from "../model/store.js";
import { ROLES, playersOf } from "../ui/text.js";
import { api } from "../net/api.js";
import { complain, toast } from "./notices.js";

/** @typedef {import("../model/types.js").Person} Person */

/** @param {import("./types.js").Table} table */
export function playerList(table) {
  const { room, campaignId } = table;
  const node = h(".people");
  const member = (/** @type {Person} */ p) => `campaigns/${campaignId}/members/${encodeURIComponent(p.userId)}`;
  const remove = async (/** @type {Person} */ p) => {
    if (
      !(await confirm(
        `Remove ${p.name}?`,
        `${p.name} leaves the table at once and can come back only by a new invite link.`,
        "Remove",
      ))
    )
      return;
    api("DELETE", member(p)).then(() => toast(`${p.name} was removed.`), complain);
  };
  /** Gives somebody a role. A DM sees everything: that is asked first, since a key in a list is pressed soon. */
  const turn = async (/** @type {Person} */ p, /** @type {string} */ to) => {
    const sure =
      to !== "dm" ||
      (await confirm(
        `Make ${p.name} a DM?`,
        `${p.name} will see everything at once: the whole map, your secrets and notes, and what is staged. They can change and reveal all of it. What they saw cannot be taken back.`,
        "Make DM",
      ));
    if (sure) await api("PATCH", member(p), { role: to }).catch(complain);
    draw();
  };
  const draw = () => {
    const { people, role, userId } = room.get();
    const dm = role === "dm";
    const here = people.filter((p) => p.online).length;
    fill(
      node,
      h(
        ".row",
        h("span.dim.grow", `${here} of ${people.length} here`),
        dm && button("Invite", { class: "btn primary small", onclick: () => table.open("invite") }, "plus"),
      ),
      h(
        "ul.plainlist",
        people.map((p) =>
          h(
            "li.person",
            { data: { online: p.online, member: p.userId } },
            avatar(p),
            h(
              ".grow",
              h(".who", p.name, p.userId === userId && h("span.dim", " (you)")),
              h(
                ".row.tight.dim.small",
                dm && p.userId !== userId
                  ? h(
                      "select",
                      {
                        class: "small",
                        aria: { label: `Role of ${p.name}` },
                        onchange: (e) => turn(p, e.target.value),
                      },
                      choices(Object.entries(ROLES), p.role),
                    )
                  : `${ROLES[p.role] ?? p.role} ·`,
                h("span", p.online ? "here" : "away"),
              ),
            ),
            dm &&
              p.role === "player" &&
              button(
                `See what ${p.name} sees`,
                { title: `See what ${p.name} sees (V)`, onclick: () => table.viewAs(p.userId) },
                "eye",
                true,
              ),
            dm &&
              p.userId !== userId &&
              moreMenu(`More about ${p.name}`, [
                { label: `${p.name} is the same person as …`, glyph: "users", run: () => merge(table, p) },
                { label: `A way back for ${p.name}`, glyph: "link", run: () => wayBack(table, p) },
                { label: `Remove ${p.name}`, glyph: "trash", apart: true, run: () => remove(p) },
              ]),
          ),
        ),
      ),
      dm &&
        !playersOf(people).length &&
        h(
          ".empty",
          icon("users"),
          h("p", "You are alone at the table. Invite your players with a link: they choose a name and see the map."),
          button("Invite players", { onclick: () => table.open("invite") }, "link"),
        ),
    );
    if (dm) tellApart(table, node);
  };
  watchAll(room, (s) => [s.people, s.role, s.userId], draw);
  return node;
}

/** Says of members of one name what tells them apart. @param {import("./types.js").Table} table @param {HTMLElement} node */
async function tellApart(table, node) {
  const { people } = table.room.get();
  const names = people.map((p) => p.name.toLowerCase());
  if (new Set(names).size === names.length) return;
  const { detailsOf, membersOf } = await import("../dm/merge.js");
  for (const member of await membersOf(table.campaignId).catch(() => [])) {
    const line = node.querySelector(`[data-member="${CSS.escape(member.userId)}"]`);
    const twice = names.filter((name) => name === member.name.toLowerCase()).length > 1;
    if (line && twice && !line.querySelector(".details")) line.append(h("p.details.dim.small", detailsOf(member)));
  }
}

/** Opens the dialog that makes one person of two. @param {import("./types.js").Table} table @param {Person} person */
async function merge(table, person) {
  const { openMerge } = await import("../dm/merge.js");
  await openMerge(table.campaignId, person.userId);
}

/** Makes a link by which a guest gets back to the seat on another device. @param {import("./types.js").Table} table @param {Person} person */
async function wayBack(table, person) {
  try {
    const { seatLink } = await import("../pages/seat-link.js");
    const { url } = await api("POST", `campaigns/${table.campaignId}/members/${person.userId}/way-back`);
    openDialog(
      `A way back for ${person.name}`,
      h("p", `Give this link to ${person.name} alone: it opens their seat on any device. It replaces the link before.`),
      ...seatLink("Way back", url),
    );
  } catch (error) {
    complain(error);
  }
}

/** @param {Person} person */
export function avatar(person) {
  let sum = 0;
  for (const c of person.name) sum = (sum * 33 + (c.codePointAt(0) ?? 0)) % 360;
  return h("span.avatar", {
    vars: { "--hue": sum },
    data: { online: person.online, sign: [...person.name.trim()][0]?.toUpperCase() ?? "?" },
    aria: { hidden: true },
  });
}

/** The faces in the bar. @param {import("./types.js").Table} table @param {() => void} open */
export function faces(table, open) {
  const node = button("Who is at the table", { class: "faces", onclick: open }, undefined, true);
  watchAll(
    table.room,
    (s) => [s.people],
    () => {
      const { people } = table.room.get();
      const here = people.filter((p) => p.online);
      const among = `${here.length} of ${people.length}`;
      fill(
        node,
        here.slice(0, 4).map(avatar),
        people.length > 4 || here.length < people.length ? h("span.more", among) : null,
      );
      node.setAttribute("aria-label", `Who is at the table: ${among} here`);
    },
  );
  return node;
}
