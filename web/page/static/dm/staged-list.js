// @ts-check
/** What is prepared and not yet seen: each change in plain words, on the map when pointed at, removable; publish or discard. */

import { confirm } from "../ui/dialogs.js";
import { button, fill, h, hide, icon } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { count } from "../ui/text.js";
import { keep, settings } from "../map/theme.js";
import { complain, toast } from "../table/notices.js";

/** More than this is not outlined as a whole: every frame would pay for it. */
const MOST_OUTLINED = 3000;

/** @param {import("../table/types.js").Table} table */
export function stagedList(table) {
  const { room, scene } = table;
  const node = h("section.staged", { hidden: true, aria: { label: "Staged changes" } });
  const mark = (/** @type {string[]|null} */ keys) => {
    scene.overlay.marked = keys;
    scene.touch();
  };
  const outline = () => {
    const { staged, role } = room.get();
    const all = role === "dm" && !table.readOnly() ? staged.flatMap(keysOf) : [];
    scene.overlay.staged = all.length > MOST_OUTLINED ? [] : all;
  };
  table.shown.subscribe((s) => s, outline);
  const draw = () => {
    const { mode, staged, dropped, role } = room.get();
    hide(node, role !== "dm" || (mode !== "staged" && !staged.length));
    outline();
    mark(null);
    if (node.hidden) return;
    fill(
      node,
      h(
        "header.row",
        h("h2", icon("stage"), "Staged"),
        h("span.badge", String(staged.length)),
        h("span.grow"),
        button("Discard", {
          class: "btn ghost small",
          title: "Discard all",
          disabled: !staged.length,
          onclick: () => discard(table),
        }),
        button("Publish", {
          class: "btn staged-btn small",
          disabled: !staged.length,
          title: "Publish (P or Ctrl+S)",
          onclick: () => publish(table),
        }),
      ),
      staged.length
        ? h(
            "ol",
            staged.map((c) => {
              const keys = keysOf(c);
              return h(
                "li",
                {
                  tabIndex: -1,
                  onpointerenter: () => mark(keys),
                  onpointerleave: () => mark(null),
                  onfocusin: () => mark(keys),
                  onfocusout: () => mark(null),
                },
                h("button.plain.grow", { onclick: () => keys.length && scene.frame(keys) }, c.description ?? c.type),
                button(
                  `Take back: ${c.description}`,
                  { title: "Take back", onclick: () => table.unstage(c) },
                  "close",
                  true,
                ),
              );
            }),
          )
        : h("p.empty", "Nothing staged yet. Reveal, hide or paint: players see none of it until you publish."),
      h(
        "label.check.small",
        h("input", {
          type: "checkbox",
          checked: settings.stayStaged,
          onchange: (e) => {
            settings.stayStaged = e.target.checked;
            keep("stay-staged", settings.stayStaged);
          },
        }),
        "Go on staging after publishing",
      ),
      dropped.length > 0 &&
        h(
          ".dropped",
          h("strong", "No longer possible, left out:"),
          h(
            "ul",
            dropped.map((d) => h("li", `${d.description}: ${d.reason}`)),
          ),
        ),
    );
  };
  watchAll(room, (s) => [s.mode, s.staged, s.dropped, s.role], draw);
  return node;
}

/** The strip over the map that cannot be missed. @param {import("../table/types.js").Table} table */
export function stagedStrip(table) {
  const { room } = table;
  const node = h(".strip", { role: "status", hidden: true });
  watchAll(
    room,
    (s) => [s.mode, s.staged.length, s.role],
    () => {
      const { mode, staged, role } = room.get();
      hide(node, role !== "dm" || mode !== "staged");
      fill(
        node,
        icon("stage"),
        h("span", h("strong", "Staging."), " Players see nothing of this until you publish."),
        staged.length > 0 &&
          button(`Publish ${staged.length}`, { class: "btn staged-btn small", onclick: () => publish(table) }, "send"),
      );
    },
  );
  return node;
}

/** Returns the hexes a staged change is about, if it names them. @param {import("../model/types.js").StagedChange} change @returns {string[]} */
export function keysOf(change) {
  const d = change.data ?? {};
  if (Array.isArray(d.hexKeys)) return d.hexKeys;
  if (Array.isArray(d.changes)) return d.changes.map((c) => c.key);
  const drawn =
    d.region?.hexKeys ?? d.region?.add ?? d.region?.remove ?? d.path?.points?.map((point) => point.split("/")[0]);
  if (drawn) return drawn;
  const key = d.toHexKey ?? d.hexKey ?? d.token?.hexKey;
  return key ? [key] : [];
}

/** @param {import("../table/types.js").Table} table */
export async function publish({ room, commands }) {
  const { staged } = room.get();
  if (!staged.length) return toast("Nothing is staged.");
  const { stayStaged } = settings;
  // Going live is told with what was published.
  const tell = () => stayStaged && toast(`Published ${count(staged.length, "change")}.`, { kind: "good" });
  await commands.publish({ stayStaged }).then(tell, complain);
}

/** @param {import("../table/types.js").Table} table */
async function discard({ room, commands }) {
  const { staged } = room.get();
  if (
    await confirm(
      "Discard all that is staged?",
      `${count(staged.length, "change")} will not happen, and the table goes live again.`,
      "Discard all",
    )
  )
    commands.mode("immediate").catch(complain);
}
