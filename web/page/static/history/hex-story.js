// @ts-check
/** Who showed or hid a hex, when, to whom, and whether it reached them: the answer to "we were never shown that". DMs only. */

import { serverNow } from "../net/server-time.js";
import { openDialog } from "../ui/dialogs.js";
import { button, fill, h } from "../ui/elements.js";
import { list } from "../ui/text.js";
import { get } from "../net/api.js";
import { complain } from "../table/notices.js";

/** @param {string} at */
const stamp = (at) =>
  new Date(at).toLocaleString("en", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });

/** Opens the story of a hex in a dialog. @param {import("../table/types.js").Table} table @param {string} key */
export function open(table, key) {
  const dialog = openDialog(
    `Hex ${table.label(key)}: who was shown it`,
    storyOf(table, key, () => dialog.close()),
  );
  dialog.classList.add("middling");
}

/** Returns the story of a hex, which comes a moment later. @param {import("../table/types.js").Table} table @param {string} key @param {() => void} [leave] called before the page goes elsewhere */
export function storyOf(table, key, leave = () => {}) {
  const node = h(".story", { aria: { busy: true } }, h("p.dim", "Reading the record…"));
  /** What is on its way is asked for again: deliveries are noted within a second. @param {number} more */
  const ask = async (more) => {
    const { exposures } = await get(`campaigns/${table.campaignId}/exposures?hex=${encodeURIComponent(key)}`);
    node.removeAttribute("aria-busy");
    fill(node, ...told(table, exposures, leave));
    const latest = exposures[0];
    if (more && latest && !latest.deliveredAt && serverNow() - new Date(latest.at).getTime() < 10_000)
      setTimeout(() => node.isConnected && ask(more - 1).catch(complain), 1500);
  };
  ask(2).catch((error) => fill(node, h("strong", error.message)));
  return node;
}

/** @param {import("../table/types.js").Table} table @param {any[]} exposures the last first @param {() => void} leave */
function told(table, exposures, leave) {
  if (!exposures.length) return [h("p.empty", "Nobody was ever shown this hex.")];
  const shown = new Set(exposures.filter((each) => each.shown).map((each) => each.userId));
  const never = table.room
    .get()
    .people.filter((p) => p.role === "player" && !shown.has(p.userId))
    .map((p) => p.name);
  /** @type {Map<number, any[]>} */
  const turns = new Map();
  for (const each of exposures) turns.get(each.version)?.push(each) ?? turns.set(each.version, [each]);
  return [
    never.length > 0 && h("p", h("strong", "Never shown to: "), list(never)),
    h(
      "ol.plainlist",
      [...turns.values()].map((/** @type {any[]} */ of) => {
        const [{ at, by, what, version, sessionId }] = of;
        const watch = () => {
          leave();
          table.replay(sessionId, "", version);
        };
        return h(
          "li.turn",
          h(
            ".row",
            h(
              ".grow",
              h("strong", what),
              h(".dim.small", `${stamp(at)} · ${by} · event ${version}${sessionId ? "" : " · between sessions"}`),
            ),
            sessionId && button("Watch", { class: "btn small", title: "Watch this moment", onclick: watch }, "replay"),
          ),
          h(
            "ul.reached",
            of.map((each) =>
              h(
                "li",
                h("span.who", each.name),
                ` ${each.shown ? (each.tier === "terrain" ? "was shown its terrain" : "was shown it") : "no longer sees it"}: `,
                each.deliveredAt
                  ? h("span.seen", `reached them ${stamp(each.deliveredAt)}`)
                  : h("strong.unseen", "not delivered to any device of theirs"),
              ),
            ),
          ),
        );
      }),
    ),
  ];
}
