// @ts-check
/** The bar on top: where one is, how the session stands, and what a DM may do about it now. */

import { confirm } from "../ui/dialogs.js";
import { button, choice, fill, h, hide, icon } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { clock } from "../ui/time.js";
import { PHASES } from "../ui/text.js";
import { complain, toast } from "./notices.js";
import { serverNow } from "../net/server-time.js";
import { address } from "../net/address.js";

/** @param {import("./types.js").Table} table */
export function sessionBar(table) {
  const { room, commands, campaign } = table;
  const pill = h(".phase", { role: "status" });
  const controls = h(".row.tight.session", { role: "group", aria: { label: "Session" } });
  const mode = h(".modes");
  const time = h("span.clock", { title: "Session time" });

  const run = (/** @type {() => Promise<unknown>} */ act) => () => act().catch(complain);
  const end = async () => {
    if (
      await confirm(
        "End the session?",
        "Players keep the map they know. You can start another session at any time.",
        "End session",
      )
    )
      await commands.end().then(() => {
        table.later("webhook", (m) => m.watchPost(table));
        toast("The session has ended.", {
          act: { label: "Recap and replay", run: () => table.sessions() },
          ms: 60_000,
        });
      }, complain);
  };

  const draw = () => {
    const { status, role, ready } = room.get();
    pill.dataset.phase = status;
    fill(
      pill,
      h("i.dot", { aria: { hidden: true } }),
      h(
        "span",
        ready
          ? (/** @type {any} */ ({ waiting: "Not started", active: "In session", paused: "Paused", ended: "Ended" })[
              status
            ] ?? status)
          : "Connecting",
      ),
      time,
    );
    document.documentElement.dataset.phase = status;
    if (role !== "dm") return fill(controls);
    const legal =
      {
        waiting: [button("Start session", { class: "btn primary small", onclick: run(commands.start) }, "play")],
        ended: [button("Start a new session", { class: "btn primary small", onclick: run(commands.start) }, "play")],
        active: [
          button("Pause", { class: "btn small", onclick: run(commands.pause) }, "pause"),
          button("End", { class: "btn small", onclick: end }, "stop"),
        ],
        paused: [
          button("Resume", { class: "btn primary small", onclick: run(commands.resume) }, "play"),
          button("End", { class: "btn small", onclick: end }, "stop"),
        ],
      }[/** @type {string} */ (status)] ?? [];
    fill(controls, ready ? legal : []);
  };

  const turn = async (/** @type {string} */ to) => {
    const { staged, mode: is } = room.get();
    if (is === to) return;
    if (
      to === "immediate" &&
      staged.length &&
      !(await confirm(
        "Discard what is staged?",
        `${staged.length === 1 ? "One staged change" : `${staged.length} staged changes`} will not happen. To let them happen, publish instead.`,
        "Discard and go live",
      ))
    )
      return;
    commands.mode(to).catch(complain);
  };
  const drawMode = () => {
    const { mode: is, role, ready } = room.get();
    document.documentElement.dataset.mode = role === "dm" ? is : "";
    mode.hidden = role !== "dm" || !ready;
    fill(
      mode,
      choice(
        "How changes reach the players",
        [
          ["immediate", "Live", "eye", "Players see each change at once"],
          ["staged", "Staged", "stage", "Prepare in secret, publish together"],
        ].map(([value, name, glyph, title]) => [value, name, { title, data: { value } }, [icon(glyph), name]]),
        is,
        turn,
        "mode",
      ),
    );
  };

  watchAll(room, (s) => [s.status, s.role, s.ready], draw);
  watchAll(room, (s) => [s.mode, s.role, s.ready], drawMode);
  setInterval(() => {
    const { status } = room.get();
    const { startedAt } = table.session.get();
    const text =
      startedAt && (status === "active" || status === "paused")
        ? clock(serverNow() - new Date(startedAt).getTime())
        : "";
    if (time.textContent !== text) time.textContent = text;
  }, 500);

  const name = h("h1.name", campaign.get().name ?? "");
  campaign.subscribe(
    (c) => c.name,
    (/** @type {string} */ n) => {
      name.textContent = n ?? "";
    },
  );
  return h(
    "header.bar",
    h("a.home", { href: address("/"), title: "Your campaigns", aria: { label: "Your campaigns" } }, icon("hex")),
    name,
    pill,
    controls,
    h("span.grow"),
    mode,
    table.menus,
  );
}

/** What covers a player's map while there is no session; it may be put aside to look around. @param {import("./types.js").Table} table */
export function phaseOverlay(table) {
  const node = h(".overlay", { hidden: true });
  let aside = "";
  const draw = () => {
    const { status, role, ready, map } = table.now();
    const words = PHASES[status];
    const covers = ready && role !== "dm" && words?.title && aside !== status;
    hide(node, !covers);
    if (!covers) return;
    node.dataset.phase = status;
    fill(
      node,
      h(
        ".overlay-card",
        { role: "status" },
        icon({ waiting: "clock", paused: "pause", ended: "hex" }[/** @type {string} */ (status)] ?? "hex"),
        h("h2", words.title),
        h("p", words.text),
        status === "ended" &&
          button("What happened", { class: "btn primary", onclick: () => table.sessions() }, "replay"),
        map &&
          button("Look at the map", {
            onclick: () => {
              aside = status;
              draw();
              table.focusMap();
            },
          }),
      ),
    );
  };
  table.whenShown((s) => [s.status, s.role, s.ready, Boolean(s.map)], draw);
  return node;
}
