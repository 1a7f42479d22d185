// @ts-check
/** The page by its address: campaigns, a table, or an invite. */

import { applyTheme } from "./map/theme.js";
import { openTable } from "./table/table.js";

applyTheme();
const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const [, kind, id] = location.pathname.split("/");

/** The table that is open; null on other pages. */
export const table = kind === "c" && id ? openTable(app, id) : null;

if (kind === "join" && id) {
  import("./pages/join.js").then((m) => m.openJoin(app, decodeURIComponent(id)));
} else if (!table) {
  import("./pages/home.js").then((m) => m.openHome(app));
}
