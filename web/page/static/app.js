// @ts-check
/** The page by its address: campaigns, a table, an invite, one's account, the server. */

import { applyTheme } from "./map/theme.js";
import { asksForScreen, openScreen } from "./table/screen.js";
import { openTable } from "./table/table.js";
import { here } from "./net/address.js";

applyTheme();
const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const [, kind, id = "", part = ""] = here().split("/");
const token = decodeURIComponent(id);

/** The table that is open; null on other pages. */
export const table = kind === "c" && id && part !== "home" ? open(id) : null;

/** @param {string} campaignId */
function open(campaignId) {
  return asksForScreen() ? openScreen(app, campaignId) : openTable(app, campaignId);
}

// A device turns dark in the evening, in the middle of a session.
matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => {
  applyTheme();
  table?.scene.repaint();
});

/** What the other addresses open; each is loaded when it is needed. @type {Record<string, () => Promise<unknown>>} */
const PAGES = {
  c: () => import("./pages/campaign-home.js").then((m) => m.openCampaignHome(app, id)),
  join: () => import("./pages/join.js").then((m) => m.openJoin(app, token)),
  back: () => import("./pages/way-back.js").then((m) => m.openWayBack(app, token)),
  reset: () => import("./pages/reset.js").then((m) => m.openReset(app, token)),
  forgotten: () => import("./pages/reset.js").then((m) => m.openForgotten(app)),
  account: () => import("./pages/account.js").then((m) => m.openAccount(app)),
  admin: () => import("./pages/admin.js").then((m) => m.openAdmin(app)),
};

/** Whether somebody comes to the table for the first time. */
function isNewSeat() {
  try {
    return sessionStorage.getItem("hexroom-new-seat") !== null;
  } catch {
    return false;
  }
}

if (table && !asksForScreen() && isNewSeat()) import("./pages/seat-link.js").then((m) => m.offerWayBack());

if (!table) {
  (PAGES[kind] ?? (() => import("./pages/home.js").then((m) => m.openHome(app))))();
}
