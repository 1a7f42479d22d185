// @ts-check
/** The door that does not open: why, and where to go instead. */

import { fill, h, icon } from "../ui/elements.js";
import { scape } from "./landscape.js";
import { address, here } from "../net/address.js";

/** @type {Record<number, {title: string, text: string, act: string}>} */
const WORDS = {
  4001: {
    title: "Sign in first",
    text: "This table is for its members. After signing in you come back here.",
    act: "Sign in",
  },
  4002: {
    title: "There is no such table",
    text: "The address is damaged. Perhaps a part of the link was lost.",
    act: "To your campaigns",
  },
  4003: {
    title: "Not your table",
    text: "You are not, or no longer, a member of this campaign. Ask its DM for an invite link.",
    act: "To your campaigns",
  },
};

/** @param {HTMLElement} app @param {number} code of the closed socket */
export function openClosed(app, code) {
  const { title, text, act } = WORDS[code] ?? WORDS[4003];
  const href = code === 4001 ? address(`/?next=${encodeURIComponent(here())}`) : address("/");
  fill(
    app,
    h(
      ".join",
      scape().node,
      h(
        "main.join-card",
        h("span.brand.row", { vars: { "justify-content": "center" } }, icon("hex"), "Hexroom"),
        h("h1", title),
        h("p.dim", text),
        h("a.btn.primary.wide", { href }, act),
      ),
    ),
  );
}
