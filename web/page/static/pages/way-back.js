// @ts-check
/** A guest's link back to their seat: it says whose seat it is, and signs in at the press of a button. */

import { get, post } from "../net/api.js";
import { form, h } from "../ui/elements.js";
import { list } from "../ui/text.js";
import { orSay, showCard } from "./card.js";
import { address } from "../net/address.js";

/** @param {HTMLElement} app @param {string} token */
export async function openWayBack(app, token) {
  const path = `way-back/${encodeURIComponent(token)}`;
  let seat;
  try {
    seat = await get(path);
  } catch (failure) {
    const text = /** @type {Error} */ (failure).message;
    return showCard(
      app,
      "This link no longer works",
      h("p.dim", text),
      h("a.btn.primary.wide", { href: address("/") }, "To the start"),
    );
  }
  const error = h("p.danger-text", { role: "alert" });
  const enter = async () => {
    const { campaigns } = await post(path);
    location.assign(campaigns.length === 1 ? address(`/c/${campaigns[0]}`) : address("/"));
  };
  const tables =
    seat.campaigns.length > 0 ? `Your seat at ${list(seat.campaigns)} is waiting.` : "You are at no table just now.";
  showCard(
    app,
    `Welcome back, ${seat.name}`,
    h("p.dim", `${tables} This browser will be signed in as ${seat.name}.`),
    form("form.stack", orSay(error, enter), error, h("button.btn.primary.wide", { autofocus: true }, "Take my seat")),
  );
}
