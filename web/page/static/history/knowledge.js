// @ts-check
/** Who knew what: two players, or one at two moments, compared on the map and as lists; with the story of each hex. DMs only. */

import { button, fill, h, on } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { hourOf } from "../ui/time.js";
import { playersOf } from "../ui/text.js";
import { comparedPainter, GROUPS, swatch } from "../map/layers/compared.js";
import { get } from "../net/api.js";
import { storyOf } from "./hex-story.js";
import { complain, speak } from "../table/notices.js";
import { address } from "../net/address.js";

/** @typedef {import("../map/layers/compared.js").Group} Group */

const MOST_LISTED = 400;
/** What is compared besides hexes: its heading, and how one of it is called. @type {Record<string, [string, (of: any) => string]>} */
const PARTS = {
  tokens: ["Tokens", (t) => t.label ?? ""],
  notes: ["Notes", (n) => n.title || n.kind],
  hints: ["Hints", (texts) => texts.join(", ")],
  sites: ["Sites", (s) => s.title || s.kind],
  paths: ["Paths", (p) => p.name || p.kind],
  regions: ["Regions", (r) => r.name],
  labels: ["Labels", (l) => l.text],
};

/** Opens the view; what it is asked for at first may come from a link. @param {import("../table/types.js").Table} table @param {{as?: string, at?: string, then?: string, against?: string}} [asked] */
export function open(table, asked = {}) {
  document.querySelector(".knows")?.dispatchEvent(new Event("leave"));
  const { room, scene, campaignId } = table;
  const who = h("select", { aria: { label: "Who" } });
  const when = h("select", { aria: { label: "When" } });
  const versus = h("select", { aria: { label: "Compared with" } });
  const [earlier, later] = [timeField("When, exactly"), timeField("Compared with, exactly")];
  const said = h(".said", { role: "status" });
  const lists = h(".lists");
  const story = h(".about");
  const node = h(
    "section.knows",
    { aria: { label: "Who knew what" } },
    h(
      "header.row",
      h("h2.grow", "Who knew what"),
      button("Close", { class: "btn ghost square small", onclick: () => leave() }, "close", true),
    ),
    h(".asks", h("label", "Who", who), h("label", "When", when), earlier, h("label", "Compared with", versus), later),
    said,
    story,
    lists,
  );
  let asking = 0;
  let [as, at, against] = [asked.as ?? "", asked.then ?? asked.at ?? "", asked.against ?? ""];
  /** Moments with a name: the start and end of each session. @type {{at: string, words: string}[]} */
  let moments = [];

  const leave = () => {
    stop();
    scene.overlay.paint = null;
    scene.touch();
    node.remove();
    history.replaceState(null, "", address(`/c/${campaignId}`));
    table.focusMap();
  };
  node.addEventListener("leave", leave);
  on(node, "keydown", (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    leave();
  });

  const option = (/** @type {string} */ value, /** @type {string} */ words, /** @type {string} */ now) =>
    h("option", { value, selected: value === now }, words);
  const draw = () => {
    const players = playersOf(room.get().people);
    if (!players.length) return fill(said, room.get().ready && "There is no player yet.");
    as ||= players[0].userId;
    if (!against || against === as) against = players.find((p) => p.userId !== as)?.userId ?? moments[0]?.at ?? "other";
    const known = (/** @type {string} */ value) =>
      !/\dT\d/.test(value) || value === asked.then || moments.some((m) => m.at === value);
    fill(
      who,
      players.map((p) => option(p.userId, p.name, as)),
    );
    fill(
      when,
      option("", "Now", at),
      asked.then && option(asked.then, "Then, in the replay", at),
      moments.map((m) => option(m.at, m.words, at)),
      !known(at) && option(at, exact(at), at),
      option("other", "Another time…", at),
    );
    fill(
      versus,
      players.filter((p) => p.userId !== as).map((p) => option(p.userId, p.name, against)),
      h(
        "optgroup",
        { label: "The same player at another moment" },
        moments.map((m) => option(m.at, m.words, against)),
        !known(against) && option(against, exact(against), against),
        option("other", "Another time…", against),
      ),
    );
    ask().catch(complain);
  };

  async function ask() {
    [as, at, against] = [who.value, when.value, versus.value];
    earlier.hidden = at !== "other";
    later.hidden = against !== "other";
    const [moment, other] = [earlier.hidden ? at : earlier.read(), later.hidden ? against : later.read()];
    if (moment === null || !other) return fill(said, "Choose a time.");
    const mine = ++asking;
    const query = new URLSearchParams({ as, against: other, ...(moment ? { at: moment } : {}) });
    const found = await get(`campaigns/${campaignId}/knowledge?${query}`);
    if (mine !== asking) return;
    const link = new URLSearchParams(query);
    link.set("knows", as);
    link.delete("as");
    history.replaceState(null, "", address(`/c/${campaignId}?${link}`));
    show(found);
  }

  /** @param {any} found */
  function show(found) {
    const names = [nameOf(who), nameOf(versus)];
    const known = Object.keys(found.known.hexes ?? {});
    const { only = {}, against = {}, unlike = {} } = found.difference.hexes ?? {};
    /** @type {Record<Group, string[]>} */
    const groups = {
      both: known.filter((key) => !(key in only) && !(key in unlike)),
      one: Object.keys(only),
      other: Object.keys(against),
      unlike: Object.keys(unlike),
    };
    const titles = { both: "Both", one: `Only ${names[0]}`, other: `Only ${names[1]}`, unlike: "Each otherwise" };
    const words = Object.entries(titles)
      .map(([group, title]) => `${title} ${groups[/** @type {Group} */ (group)].length}`)
      .join(", ");
    scene.overlay.paint = comparedPainter(groups);
    scene.touch();
    const apart = [...groups.one, ...groups.other, ...groups.unlike];
    if (apart.length && !scene.sees(apart)) scene.frame(apart);
    fill(said, `Hexes: ${words}.`);
    speak(`Hexes: ${words}`);
    fill(
      lists,
      Object.entries(titles).map(([group, title]) =>
        listed(/** @type {Group} */ (group), title, groups[/** @type {Group} */ (group)]),
      ),
      Object.entries(PARTS).map(([part, [title, word]]) => others(title, word, found.difference[part], names)),
    );
  }

  /** @param {Group} group @param {string} title @param {string[]} keys */
  function listed(group, title, keys) {
    const tile = swatch(group);
    tile.setAttribute("aria-hidden", "true");
    const sorted = keys.map((key) => [table.label(key), key]).sort(([a], [b]) => (a < b ? -1 : 1));
    return h(
      "details",
      { open: group !== "both" && keys.length > 0 },
      h(
        "summary",
        tile,
        h("b.sign", { aria: { hidden: true } }, GROUPS[group].sign),
        h("span.grow", title),
        String(keys.length),
      ),
      h(
        ".chips",
        sorted.slice(0, MOST_LISTED).map(([label, key]) =>
          button(label, {
            class: "chip",
            aria: { label: `Hex ${label}: who was shown it` },
            onclick: () => tell(key),
          }),
        ),
        sorted.length > MOST_LISTED && h("span.dim.small", `and ${sorted.length - MOST_LISTED} more`),
      ),
    );
  }

  /** @param {string} heading @param {(of: any) => string} word @param {any} differs @param {string[]} names */
  function others(heading, word, differs, names) {
    if (!differs) return null;
    // Of a path and a region, each hex differs by itself.
    const side = (/** @type {string} */ title, /** @type {any[]} */ of) =>
      of.length > 0 && h(".small", h("b", `${title}: `), [...new Set(of.map(word))].join(", "));
    return h(
      "details",
      { open: true },
      h("summary", h("span.grow", heading)),
      side(`Only ${names[0]}`, Object.values(differs.only)),
      side(`Only ${names[1]}`, Object.values(differs.against)),
      side(
        "Each otherwise",
        Object.values(differs.unlike).map((pair) => pair[0]),
      ),
    );
  }

  /** Shows a hex on the map and who was shown it. @param {string} key */
  function tell(key) {
    table.select(key, true);
    fill(story, h("h3", `Hex ${table.label(key)}: who was shown it`), storyOf(table, key, leave));
    node.scrollTo({ top: 0 });
  }

  on(who, "change", () => {
    as = who.value;
    draw();
  });
  for (const field of [when, versus, earlier, later]) on(field, "change", () => ask().catch(complain));
  document.querySelector(".table")?.append(node);
  get(`campaigns/${campaignId}/sessions`).then(({ sessions }) => {
    moments = [];
    for (const { startedAt, endedAt } of /** @type {import("../net/answers.js").PastSession[]} */ (sessions)) {
      moments.push({ at: startedAt, words: `Start of the session of ${exact(startedAt)}` });
      if (endedAt) moments.push({ at: endedAt, words: `End of the session of ${exact(endedAt)}` });
    }
    draw();
  }, draw);
  const stop = watchAll(room, (s) => [s.people.length, s.ready], draw);
  node.querySelector("select")?.focus();
}

/** @param {HTMLSelectElement} select */
const nameOf = (select) => select.selectedOptions[0]?.textContent ?? "";

/** @param {string} at */
const exact = (at) => `${new Date(at).toLocaleDateString("en", { day: "numeric", month: "short" })}, ${hourOf(at)}`;

/** Returns a field for a time of one's own clock, with `read` for what it says in UTC. @param {string} label @returns {any} */
function timeField(label) {
  const input = h("input", { type: "datetime-local", step: 1 });
  const node = h("label", { hidden: true }, label, input);
  return Object.assign(node, { read: () => (input.value ? new Date(input.value).toISOString() : null) });
}
