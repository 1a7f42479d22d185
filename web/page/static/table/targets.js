// @ts-check
/** To whom something is done: everyone, who is near, or chosen players; as names in a dialog, as faces in a bar. */

import { fill, h } from "../ui/elements.js";
import { moreMenu } from "../ui/more-menu.js";
import { playersOf } from "../ui/text.js";
import { avatar } from "./player-list.js";

/** @typedef {import("../model/types.js").Targets} Targets */
/** @typedef {import("../model/types.js").Person} Person */
/** @typedef {import("./types.js").Store<import("./types.js").Room>} RoomStore */
/** What chips are made for. @typedef {{targets: Targets, choose: (to: Targets) => void, does: string}} Asked */

/** The choice of those to whom something is done, for a dialog. @param {RoomStore} room @param {string} [does] */
export function whomChoice(room, does = "reveal") {
  /** @type {Targets} */
  let targets = "all";
  const node = h("div");
  const choose = (/** @type {Targets} */ to) => {
    targets = to;
    draw();
  };
  const draw = () => {
    const asked = { targets, choose, does };
    fill(
      node,
      chips(does, [
        ...general(asked, "Who is near"),
        ...playersOf(room.get().people).map((p) => chip(asked, p, [presence(p), h("span", p.name)])),
      ]),
    );
  };
  draw();
  return { node, targets: () => targets };
}

/** The same in one row of a bar: faces as far as there is room, and all players by name in a menu if there is not. @param {RoomStore} room @param {Asked} asked */
export function targetFaces(room, asked) {
  const players = playersOf(room.get().people);
  const faces = players.map((p) => chip(asked, p, [avatar(p)]));
  const all = moreMenu(
    "All players",
    players.map((p) => ({
      label: p.name,
      glyph: "users",
      checked: chosenOf(asked.targets).includes(p.userId),
      run: () => asked.choose(turned(asked.targets, p)),
    })),
  );
  const node = chips(asked.does, [...general(asked, "Near"), ...faces, all]);
  node.classList.add("faces-row");
  return { node, fit: () => fit(node, faces, all, chosenOf(asked.targets).length) };
}

/** Hides the faces for which there is no room, and says in the menu's button how many. @param {HTMLElement} node @param {HTMLElement[]} faces @param {HTMLButtonElement} all @param {number} chosen */
function fit(node, faces, all, chosen) {
  for (const face of faces) face.hidden = false;
  all.hidden = true;
  if (node.scrollWidth <= node.clientWidth) return;
  all.hidden = false;
  let shown = faces.length;
  const write = () => fill(all, h("span", `+${faces.length - shown}`));
  write();
  while (shown && node.scrollWidth > node.clientWidth) {
    faces[--shown].hidden = true;
    write();
  }
  const away = faces.slice(shown).some((face) => face.ariaPressed === "true");
  all.dataset.chosen = String(away);
  all.title = chosen ? `All players, ${chosen} chosen` : "All players";
}

/** @param {string} does @param {HTMLElement[]} all */
const chips = (does, all) =>
  h(
    ".chips",
    { role: "group", aria: { label: does === "hide" ? "From whom" : "For whom" } },
    h("span.dim", does === "hide" ? "from" : "to"),
    all,
  );

/** The chips that are there whoever plays. @param {Asked} asked @param {string} nearWords */
function general({ targets, choose, does }, nearWords) {
  const near = targets !== "all" && targets.within !== undefined;
  const everyone = h(
    "button.chip",
    { data: { f: "all" }, aria: { pressed: targets === "all" }, onclick: () => choose("all") },
    "Everyone",
  );
  if (does !== "reveal") return [everyone];
  return [
    everyone,
    h(
      "button.chip",
      {
        data: { f: "near" },
        title: "The players whose token is at most 3 hexes away",
        aria: { pressed: near, label: "Who is near" },
        onclick: () => choose(near ? "all" : { within: 3 }),
      },
      nearWords,
    ),
  ];
}

/** @param {Asked} asked @param {Person} p @param {import("../ui/elements.js").Child[]} shown */
const chip = ({ targets, choose }, p, shown) =>
  h(
    "button.chip",
    {
      class: shown.length === 1 ? "chip face" : "chip",
      data: { f: p.userId },
      aria: { pressed: chosenOf(targets).includes(p.userId), label: p.name },
      title: p.online ? `${p.name} is here` : `${p.name} is away`,
      onclick: () => choose(turned(targets, p)),
    },
    shown,
  );

/** @param {Person} p */
const presence = (p) => h("i.presence", { data: { online: p.online } });

/** @param {Targets} targets @returns {string[]} */
const chosenOf = (targets) => (targets === "all" ? [] : (targets.playerIds ?? []));

/** Returns the targets with the player among them, or without. @param {Targets} targets @param {Person} p @returns {Targets} */
function turned(targets, p) {
  const chosen = chosenOf(targets);
  const ids = chosen.includes(p.userId) ? chosen.filter((id) => id !== p.userId) : [...chosen, p.userId];
  return ids.length ? { playerIds: ids } : "all";
}

/** Fits a bar's faces whenever its place changes. @param {HTMLElement} place @param {() => void} fit */
export const fitWith = (place, fit) => new ResizeObserver(fit).observe(place);
