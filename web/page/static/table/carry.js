// @ts-check
/** A token that was picked up without dragging: by a key, from its hex's card, or by a tap; the next hex chosen is where it goes. */

import { button, fill, h, hide, icon } from "../ui/elements.js";
import { complain, speak } from "./notices.js";

/** @typedef {import("../model/types.js").Token} Token */
/** @typedef {ReturnType<typeof createCarry>} Carry */

/** Returns the hand that carries a token, and the bar that says so. @param {Pick<import("./types.js").Table, "room"|"commands"|"scene"|"label"|"readOnly">} table */
export function createCarry({ room, commands, scene, label, readOnly }) {
  const node = h(".carry", { role: "status", hidden: true });
  /** @type {Token|null} */
  let token = null;

  const mayMove = (/** @type {Token} */ of) =>
    !readOnly() && (room.get().role === "dm" || of.ownerId === room.get().userId);
  const mark = (/** @type {string|null} */ key) => {
    scene.overlay.carried = token && { id: token.id, key: key ?? token.hexKey };
    scene.touch();
  };
  const cancel = () => {
    const was = token;
    token = null;
    mark(null);
    hide(node, true);
    return Boolean(was);
  };

  /** Takes a token up. @param {Token} of */
  const pick = (of) => {
    if (!mayMove(of)) return;
    token = of;
    mark(of.hexKey);
    node.hidden = false;
    fill(
      node,
      icon("token"),
      h("span.grow", h("strong", of.label), " goes to the hex you choose: tap it, or arrow keys and Enter."),
      button("Cancel", { class: "btn small", onclick: cancel }),
    );
    speak(`${of.label} picked up. Arrow keys choose a hex, Enter puts it there, Escape lets go`);
  };

  return {
    node,
    mayMove,
    active: () => Boolean(token),
    cancel,
    pick,
    /** Takes up the next token on a hex that one may move, one's own first. Returns whether there is one. @param {string} key */
    pickOn(key) {
      const { tokens, userId } = room.get();
      const here = Object.values(tokens)
        .filter((each) => each.hexKey === key && mayMove(each))
        .sort((a, b) => Number(b.ownerId === userId) - Number(a.ownerId === userId));
      const next = here[(here.findIndex((each) => each.id === token?.id) + 1) % here.length];
      if (next) pick(next);
      else speak("No token of yours here");
      return Boolean(next);
    },
    /** Shows where it would go. @param {string} key */
    over: (key) => token && mark(key),
    /** Puts it on a hex; on its own it is let go. Returns whether one was carried. @param {string} key */
    drop(key) {
      const carried = token;
      if (!carried) return false;
      cancel();
      if (key !== carried.hexKey)
        commands.moveToken(carried.id, key).then(() => speak(`${carried.label} to ${label(key)}`), complain);
      return true;
    },
  };
}
