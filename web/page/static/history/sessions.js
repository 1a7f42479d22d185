// @ts-check
/** The evenings so far, to be watched again. */

import { openDialog } from "../ui/dialogs.js";
import { button, fill, h } from "../ui/elements.js";
import { ago } from "../ui/time.js";
import { get } from "../net/api.js";
import { complain } from "../table/notices.js";
import { address } from "../net/address.js";

/** @typedef {import("../net/answers.js").PastSession} PastSession */

/** The evenings so far, each to be watched again. @param {import("../table/types.js").Table} table */
export async function open(table) {
  const body = h("div", h("p.dim", "Looking…"));
  const dialog = openDialog("Sessions", body);
  try {
    const sessions = (await get(`campaigns/${table.campaignId}/sessions`)).sessions ?? [];
    const length = (/** @type {PastSession} */ s) =>
      s.endedAt
        ? `${Math.max(1, Math.round((new Date(s.endedAt).getTime() - new Date(s.startedAt).getTime()) / 60_000))} min`
        : "not ended";
    fill(
      body,
      sessions.length === 0 &&
        h(
          "p.empty",
          "No session yet. Each one can be watched again here, as it was, by everyone who was entitled to see it.",
        ),
      h(
        "ul.plainlist",
        sessions.map((/** @type {PastSession} */ s) =>
          h(
            "li.person",
            h(
              ".grow",
              h(
                ".who",
                new Date(s.startedAt).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" }),
              ),
              h(".dim.small", `${ago(s.startedAt)} · ${length(s)}`),
            ),
            table.room.get().role === "dm" &&
              h(
                "a.btn.small",
                { href: address(`/api/sessions/${s.id}/report?format=html`), target: "_blank", rel: "noopener" },
                "Report",
              ),
            s.endedAt &&
              h(
                "a.btn.small",
                {
                  href: address(
                    `/api/sessions/${s.id}/recap?format=html${table.room.get().role === "dm" ? "&as=players" : ""}`,
                  ),
                  target: "_blank",
                  rel: "noopener",
                  title: "What happened, safe to show to players",
                },
                "Recap",
              ),
            button(
              "Watch",
              {
                class: "btn primary small",
                onclick: () => {
                  dialog.close();
                  table.replay(s.id);
                },
              },
              "replay",
            ),
          ),
        ),
      ),
    );
  } catch (error) {
    dialog.close();
    complain(error);
  }
}
