// @ts-check
/** Who waits to be let in, one after the other, above the map; a DM lets each in or not. */

import { button, fill, h, hide, icon } from "../ui/elements.js";
import { ROLES } from "../ui/text.js";
import { api, get } from "../net/api.js";
import { complain, speak, toast } from "../table/notices.js";

/** @typedef {{userId: string, name: string, role: import("../model/types.js").Role}} JoinRequest */

/** Returns the strip, and `look`, which asks the server who waits now.
 * @param {Pick<import("../table/types.js").Table, "campaignId"|"room">} table */
export function createDoor({ campaignId, room }) {
  const node = h(".strip.door", { role: "region", aria: { label: "Waiting to be let in" }, hidden: true });
  const path = `campaigns/${campaignId}/join-requests`;
  /** @type {JoinRequest[]} */
  let waiting = [];
  let turn = 0;

  async function look() {
    if (room.get().role !== "dm") return show([]);
    const now = ++turn;
    const answer = await get(path).catch(() => null);
    // Answers may overtake each other; who waits is what was asked for last.
    if (answer && now === turn) show(answer.requests);
  }

  /** @param {JoinRequest[]} now */
  function show(now) {
    const known = new Set(waiting.map((each) => each.userId));
    for (const each of now) if (!known.has(each.userId)) speak(`${each.name} asks to come in`);
    waiting = now;
    const [first, ...others] = waiting;
    hide(node, !first);
    if (!first) return fill(node);
    const as =
      first.role === "player"
        ? ""
        : ` as ${first.role === "dm" ? "DM, who sees everything" : ROLES[first.role]?.toLowerCase()}`;
    fill(
      node,
      h(
        "span",
        icon("users"),
        h("strong", { dir: "auto", title: first.name }, first.name),
        ` asks to come in${as}.`,
        others.length > 0 && h("span.dim", ` ${others.length} more wait.`),
      ),
      button("Not now", {
        class: "btn small",
        onclick: () => answer(first, "DELETE", `${first.name} was not let in.`),
      }),
      button("Let in", { class: "btn primary small", onclick: () => answer(first, "POST", `${first.name} is in.`) }),
    );
  }

  /** @param {JoinRequest} who @param {"POST"|"DELETE"} how @param {string} done */
  async function answer(who, how, done) {
    for (const each of node.querySelectorAll("button")) each.disabled = true;
    await api(how, `${path}/${encodeURIComponent(who.userId)}`).then(
      () => toast(done),
      (error) => {
        // Another DM was faster.
        if (error.status !== 404) complain(error);
      },
    );
    await look();
  }

  return { node, look };
}
