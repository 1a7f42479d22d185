// @ts-check
/** A guest's link back to their seat, to copy or to scan; offered once to who has just taken a seat. */

import { post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { openDialog } from "../ui/dialogs.js";
import { h } from "../ui/elements.js";
import { copyField } from "./copy-field.js";

const NEW_SEAT = "hexroom-new-seat";
/** How long the offer stays; the account page makes a link at any time. */
const OFFER_MS = 20_000;

/** Returns the link as a field and as a QR code. @param {string} label @param {string} url */
export const seatLink = (label, url) => [
  copyField(label, url),
  h("img.qr", { src: `${new URL(url).pathname}/qr.svg`, alt: "QR code of the link" }),
];

/** Remembers, until the table is open, that somebody has just become a guest. */
export function markNewSeat() {
  try {
    sessionStorage.setItem(NEW_SEAT, "1");
  } catch {
    // A browser that keeps nothing offers nothing; the account page is there.
  }
}

/** Offers a way back to who has just taken a seat, this once. */
export function offerWayBack() {
  sessionStorage.removeItem(NEW_SEAT);
  toast("This browser is your key to this seat. Keep a second one, for when you lose it.", {
    act: { label: "Keep a way back", run: () => showWayBack().catch(complain) },
    ms: OFFER_MS,
  });
}

async function showWayBack() {
  const { url } = await post("me/way-back");
  openDialog(
    "Your way back",
    h("p", "Keep this link. It opens your seat on any device; whoever has it sits there as you."),
    ...seatLink("Your way back", url),
    h("p.dim.small", "A new link, under Your account in the menu, replaces this one."),
  );
}
