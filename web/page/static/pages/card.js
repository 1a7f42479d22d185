// @ts-check
/** A card over the landscape: what single-purpose addresses show. */

import { fill, h, icon } from "../ui/elements.js";
import { scape } from "./landscape.js";
import { address } from "../net/address.js";

/** @typedef {import("../ui/elements.js").Child} Child */

/** Fills the page with one card. @param {HTMLElement} app @param {string} title @param {...Child} children */
export function showCard(app, title, ...children) {
  document.title = `${title} · Hexroom`;
  fill(
    app,
    h(
      ".join",
      scape().node,
      h(
        "main.join-card",
        h("a.brand.row.center", { href: address("/") }, icon("hex"), "Hexroom"),
        h("h1", title),
        ...children,
      ),
    ),
  );
}

/** Returns a function that does something and shows in `error` why it could not.
 * @param {HTMLElement} error @param {() => Promise<unknown>} act */
export function orSay(error, act) {
  return async () => {
    fill(error);
    try {
      await act();
    } catch (failure) {
      fill(error, failure instanceof Error ? failure.message : String(failure));
    }
  };
}
