// @ts-check
/** Campaigns that are out of the list: archived ones to look at, deleted ones to take back. */

import { button, fill, h } from "../ui/elements.js";
import { ago } from "../ui/time.js";
import { get, post } from "../net/api.js";
import { complain } from "../table/notices.js";
import { address } from "../net/address.js";

/** Returns both lists; nothing where both are empty. */
export function putAway() {
  const node = h(".stack.put-away");
  const draw = async () => {
    const [{ campaigns: archived }, { campaigns: deleted }] = await Promise.all([
      get("campaigns?archived=1"),
      get("deleted-campaigns"),
    ]);
    fill(
      node,
      archived.length > 0 && [
        h("h2", "Archived"),
        h(
          "ul.plainlist",
          archived.map((/** @type {{id: string, name: string}} */ c) =>
            h("li", h("a", { href: address(`/c/${c.id}`) }, c.name)),
          ),
        ),
      ],
      deleted.length > 0 && [
        h("h2", "Deleted"),
        h(
          "ul.plainlist",
          deleted.map((/** @type {{id: string, name: string, deletedAt: string, keptUntil: string}} */ c) =>
            h(
              "li.row",
              h(
                ".grow",
                h(".who", c.name),
                h(
                  ".dim.small",
                  `deleted ${ago(c.deletedAt)}, kept until ${new Date(c.keptUntil).toLocaleDateString()}`,
                ),
              ),
              button(`Take back ${c.name}`, {
                class: "btn small",
                onclick: () =>
                  post(`deleted-campaigns/${c.id}/restore`).then(
                    () => location.assign(address(`/c/${c.id}`)),
                    complain,
                  ),
              }),
            ),
          ),
        ),
      ],
    );
  };
  draw().catch(complain);
  return node;
}
