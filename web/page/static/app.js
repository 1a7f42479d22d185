// @ts-check
/** The page by its address: campaigns, a table, or an invite. */

import { applyTheme } from "./map/look.js";
import { openTable } from "./panels/table.js";

applyTheme();
const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const [, kind, id] = location.pathname.split("/");
if (kind === "c" && id) openTable(app, id);
else if (kind === "join" && id) import("./panels/join.js").then((m) => m.openJoin(app, decodeURIComponent(id)));
else import("./panels/home.js").then((m) => m.openHome(app));
