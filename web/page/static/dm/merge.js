// @ts-check
/** Two members who are one person: what tells them apart, what a merge gives, and the merge. */

import { openDialog } from "../ui/dialogs.js";
import { button, choices, fill, h } from "../ui/elements.js";
import { count, list } from "../ui/text.js";
import { ago } from "../ui/time.js";
import { api, get } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { deviceName } from "../pages/device-name.js";

/** @typedef {import("../model/types.js").Person & {guest: boolean, joinedAt: string, lastSeenAt: string|null, device: string}} Member */
/** @typedef {{name: string, intoName: string, tokens: string[], hexes: number, things: string[], rules: number, skills: string[]}} Preview */

/** Says what tells a member from another of the same name. @param {Member} member */
export const detailsOf = ({ joinedAt, lastSeenAt, device, online }) =>
  [
    `joined ${ago(joinedAt)}`,
    online ? "here now" : lastSeenAt && `last seen ${ago(lastSeenAt)}`,
    device && deviceName(device),
  ]
    .filter(Boolean)
    .join(" · ");

/** @param {string} campaignId @returns {Promise<Member[]>} */
export const membersOf = async (campaignId) => (await get(`campaigns/${campaignId}/members`)).members;

/** Opens the dialog that makes one person of two. @param {string} campaignId @param {string} userId one of the two */
export async function openMerge(campaignId, userId) {
  /** @type {Member[]} */
  const members = await membersOf(campaignId).catch((error) => (complain(error), []));
  const one = members.find((m) => m.userId === userId);
  if (!one) return;
  const others = members.filter((m) => m.userId !== userId && m.role === one.role);
  const body = h(".stack");
  const dialog = openDialog(`${one.name} is the same person as …`, body);
  if (!others.length) {
    fill(body, h("p", "There is no other member with the same role. Give both the same role first."));
    return;
  }
  let other = others.find((m) => m.name === one.name) ?? others[0];
  let stays = later(one, other);
  const draw = async () => {
    const goes = stays === one ? other : one;
    const gives = h("p", { role: "status" }, "…");
    const merge = button("Make them one", { class: "btn primary", disabled: true, onclick: () => send(goes, stays) });
    fill(
      body,
      h(
        "label.field",
        h("span", "Other member"),
        h(
          "select",
          {
            onchange: (e) => {
              other = others.find((m) => m.userId === e.target.value) ?? other;
              stays = later(one, other);
              draw();
            },
          },
          choices(
            others.map((m) => [m.userId, m.name]),
            other.userId,
          ),
        ),
      ),
      h(
        ".stack",
        { role: "radiogroup", aria: { label: "Which one stays" } },
        h("strong", "Which one stays?"),
        [one, other].map((m) =>
          h(
            "label.check",
            h("input", {
              type: "radio",
              name: "stays",
              checked: m === stays,
              onchange: () => {
                stays = m;
                draw();
              },
            }),
            h(".grow", h(".who", m.name), h(".dim.small", detailsOf(m))),
          ),
        ),
      ),
      gives,
      h("p.dim.small", ended(goes)),
      h(".row.end", merge),
    );
    try {
      /** @type {Preview} */
      const preview = await get(path(goes, stays));
      fill(gives, given(preview));
      merge.disabled = false;
    } catch (error) {
      fill(gives, error instanceof Error ? error.message : "This cannot be done now.");
    }
  };
  const path = (/** @type {Member} */ goes, /** @type {Member} */ into) =>
    `campaigns/${campaignId}/members/${goes.userId}/merge?into=${into.userId}`;
  const send = async (/** @type {Member} */ goes, /** @type {Member} */ into) => {
    try {
      await api("POST", `campaigns/${campaignId}/members/${goes.userId}/merge`, { into: into.userId });
      dialog.close();
      toast(`${into.name} has both seats' things now. Undo takes it back.`);
    } catch (error) {
      complain(error);
    }
  };
  await draw();
}

/** Who is here, or was seen last: the phone that is not lost. @param {Member} a @param {Member} b */
function later(a, b) {
  if (a.online !== b.online) return a.online ? a : b;
  return (a.lastSeenAt ?? a.joinedAt) >= (b.lastSeenAt ?? b.joinedAt) ? a : b;
}

/** @param {Preview} preview */
function given({ intoName, tokens, hexes, things, rules, skills }) {
  const parts = [
    tokens.length ? `the ${count(tokens.length, "token")} ${list(tokens)}` : "",
    hexes ? `${count(hexes, "hex")} of the map` : "",
    things.length ? list(things) : "",
    rules ? count(rules, "reveal rule") : "",
    skills.length ? `the ${count(skills.length, "skill")} ${list(skills)}` : "",
  ].filter(Boolean);
  return parts.length ? `${intoName} gets ${list(parts)}.` : `${intoName} gets nothing new.`;
}

/** @param {Member} goes */
const ended = ({ name, guest, joinedAt }) =>
  `The seat of ${name}, joined ${ago(joinedAt)}, ends${
    guest ? ", and with it that browser's cookie and its way back" : "; the account stays"
  }. Undo gives the seat back with all that was its own${guest ? "; a new way back opens it" : ""}.`;
