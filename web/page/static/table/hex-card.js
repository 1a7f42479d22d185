// @ts-check
/** What is on a hex: its ground, who sees it and since when, its notes and tokens; a DM changes each from here. */

import { button, choice, choices, fill, h, on } from "../ui/elements.js";
import { parseKey } from "../model/hex.js";
import { PALETTE, terrainOf } from "../model/terrain.js";
import { hourOf, ago } from "../ui/time.js";
import { viewerWords, playersOf } from "../ui/text.js";
import { logOf, touches } from "../history/event-log.js";
import { noteView } from "./notes.js";
import { pinView, pinsIn } from "./pins.js";
import { thingSections, thingsIn } from "./hex-things.js";
import { complain } from "./notices.js";

/** @param {import("./types.js").Table} table */
export function hexCard(table) {
  const { scene, commands } = table;
  const node = h(".hexcard", { role: "dialog", tabIndex: -1, hidden: true });
  /** The hex that it is about; none while it is closed. */
  let key = "";
  /** @type {HTMLElement|null} */
  let from = null;
  /** The record, for DMs. @type {ReturnType<typeof logOf>|null} */
  let log = null;

  const close = () => {
    if (node.hidden) return;
    node.hidden = true;
    key = "";
    // The grid is built anew as one moves: its cells do not stay.
    if (from?.isConnected && from !== document.body) from.focus({ preventScroll: true });
    else table.focusMap();
  };
  const open = (/** @type {string} */ at) => {
    if (node.hidden) from = /** @type {HTMLElement|null} */ (document.activeElement);
    key = at;
    node.hidden = false;
    draw();
    place();
    node.focus({ preventScroll: true });
    if (!log && table.now().role === "dm") (log = logOf(table)).events.subscribe((s) => s, draw);
  };
  const place = () => {
    const [p, px, w] = [scene.placeOf(key), scene.hexPixels(), node.offsetWidth];
    const wide = scene.host.clientWidth;
    const right = p.x + px + 12 + w < wide;
    node.style.left = `${Math.max(12, right ? p.x + px + 12 : Math.min(wide - w - 12, p.x - px - 12 - w))}px`;
    node.style.top = `${p.y - 60}px`;
    keepIn();
  };
  /** Moves the card, which has grown perhaps, to where all of it is within the map. */
  const keepIn = () => {
    node.style.top = `${Math.max(12, Math.min(node.offsetTop, scene.host.clientHeight - node.offsetHeight - 12))}px`;
  };

  const draw = () => {
    if (!key || node.hidden) return;
    const state = table.now();
    const { q, r } = parseKey(key);
    const dm = state.role === "dm" && !table.readOnly();
    const ground = state.terrain.at(q, r);
    const t = ground ? terrainOf(ground.terrain) : null;
    const known = state.role === "dm" || ground || state.shown.at(q, r);
    const label = table.label(key);
    node.setAttribute("aria-label", `Hex ${label}`);
    const notes = Object.values(state.notes).filter((n) => n.hexKey === key);
    const pins = pinsIn(state, key);
    const tokens = Object.values(state.tokens).filter((n) => n.hexKey === key);
    const land = known ? (t?.name ?? "Open ground") : "Unknown";
    // What people call it comes first.
    const name = thingsIn(state, "site", key).find((site) => site.name)?.name ?? notes[0]?.title;
    fill(
      node,
      h(
        "header",
        t && h("i.swatch", { vars: { "--swatch": t.color, "--ink": t.ink } }),
        h(
          ".grow",
          h("h2", name || land),
          h(".dim.small", `${name ? `${land} · ` : ""}Hex ${label}${label === key ? "" : ` · ${key}`}`),
        ),
        button("Close", { onclick: close }, "close", true),
      ),
      !known && h("p.dim", "Nobody has told you what lies here."),
      dm && sight(state, q, r),
      dm && terrainChoice(ground?.terrain),
      (state.hints[key] ?? []).length > 0 &&
        h(
          "section",
          h("h3", "You notice"),
          state.hints[key].map((/** @type {string} */ text) => h("p", text)),
        ),
      tokens.length > 0 &&
        h(
          "section",
          h("h3", "Tokens"),
          tokens.map((token) =>
            h(
              ".row",
              h("span.grow", token.label, token.visible === false && h("span.dim", " (hidden)")),
              table.carry.mayMove(token) &&
                button("Move", {
                  class: "btn small",
                  onclick: () => {
                    close();
                    table.focusMap();
                    table.carry.pick(token);
                  },
                }),
              (dm || token.ownerId === state.userId) &&
                button("Edit", { class: "btn small", onclick: () => table.open("tokens", token) }),
            ),
          ),
        ),
      ...thingSections(table, key, dm),
      notes.length > 0 &&
        h(
          "section",
          h("h3", "Notes"),
          notes.map((n) => noteView(table, n, dm)),
        ),
      pins.length > 0 &&
        h(
          "section",
          h("h3", "Pins"),
          pins.map((pin) => pinView(table, pin)),
        ),
      h(
        "section",
        h(
          ".row.wrap",
          state.role === "player" &&
            !table.readOnly() &&
            button("Pin", { class: "btn small", onclick: () => table.open("pins", key) }, "note"),
          dm && button("Note", { class: "btn small", onclick: () => table.open("note-editor", key) }, "note"),
          dm && button("Token", { class: "btn small", onclick: () => table.open("tokens", { hexKey: key }) }, "token"),
          dm && button("Site", { class: "btn small", onclick: () => table.open("thing-editor#newSite", key) }, "site"),
          dm && button("Who was shown it", { class: "btn small", onclick: () => table.open("hex-story", key) }, "eye"),
          button(
            "Point here",
            {
              class: "btn small",
              onclick: () => {
                table.point(key);
                close();
              },
            },
            "ping",
          ),
        ),
      ),
    );
    keepIn();
  };

  /** What the land is, to be changed for this hex. @param {string|undefined} now */
  const terrainChoice = (now) => {
    const at = key;
    return h(
      "label.row",
      h("span.grow", "Terrain"),
      h(
        "select.small",
        {
          data: { f: "terrain" },
          onchange: (e) => commands.paint([{ key: at, terrain: e.target.value }]).catch(complain),
        },
        !now && h("option", { value: "" }, "Open ground"),
        choices(
          [...new Set(now ? [...PALETTE, now] : PALETTE)].map((id) => [id, terrainOf(id).name]),
          now,
        ),
      ),
    );
  };

  /** Who sees it, switchable for each. @param {import("./types.js").Room} state @param {number} q @param {number} r */
  const sight = (state, q, r) => {
    const viewers = state.viewers.at(q, r);
    const at = /** @type {string} */ (key);
    const players = playersOf(state.people);
    const everyone = viewers?.everyone ?? "hidden";
    const set = (
      /** @type {import("./types.js").Targets} */ targets,
      /** @type {string} */ now,
      /** @type {string} */ tier,
    ) => {
      const act = async () => {
        // Less is shown by hiding first; both are what the DM asked for.
        if (tier === "hidden" || (now === "full" && tier === "terrain")) await commands.hide([at], targets);
        if (tier !== "hidden") await commands.reveal([at], targets, tier);
      };
      if (now !== tier) act().catch(complain);
    };
    const switchFor = (
      /** @type {string} */ name,
      /** @type {import("./types.js").Targets} */ targets,
      /** @type {string} */ now,
      /** @type {string} */ id,
    ) =>
      h(
        ".sight",
        h("span.grow", name),
        choice(
          `What ${name} sees here`,
          [
            ["hidden", "Hidden"],
            ["terrain", "Terrain"],
            ["full", "All"],
          ].map(([tier, word]) => [tier, word, { data: { f: `${id}/${tier}` } }]),
          now,
          (tier) => set(targets, now, tier),
        ),
      );
    const event = log?.events.get().find((e) => /^hex_(reveal|hide)$/.test(e.type) && touches(e.payload, q, r));
    return h(
      "section",
      h("h3", viewerWords(viewers, state.people)),
      event &&
        h(
          "p.dim.small",
          `Since ${ago(event.createdAt)} (${hourOf(event.createdAt)}): ${event.caption ?? event.type}, event ${event.version}.`,
        ),
      switchFor("Everyone", "all", everyone, "all"),
      players.map((p) =>
        switchFor(p.name, { playerIds: [p.userId] }, viewers?.apart?.[p.userId] ?? everyone, p.userId),
      ),
    );
  };

  on(node, "keydown", (e) => {
    if (e.key === "Escape") {
      e.stopPropagation();
      close();
    }
  });
  table.whenShown(
    (s) => [
      s.viewers,
      s.terrain,
      s.notes,
      s.pins,
      s.handouts,
      s.hints,
      s.tokens,
      s.people,
      s.sites,
      s.paths,
      s.regions,
      s.labels,
    ],
    draw,
  );
  return { node, open, close, isOpen: () => !node.hidden };
}
