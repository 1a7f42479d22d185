// @ts-check
/** Plain words for what is on the wire. */

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}${/x$/.test(one) ? "es" : "s"}`) =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** Returns a distance in words: in hexes, and in what the campaign says a hex is wide, if it does.
 * @param {number} hexes @param {import("../model/types.js").Settings} [settings] */
export function distanceWords(hexes, { hexWidth = 0, hexUnit = "miles" } = {}) {
  const far = count(hexes, "hex");
  if (!hexWidth) return far;
  const wide = hexes * hexWidth;
  const rounded = wide < 100 ? Math.round(wide * 10) / 10 : Math.round(wide);
  return `${far}, ${rounded.toLocaleString("en")} ${hexUnit === "miles" && rounded === 1 ? "mile" : hexUnit}`;
}

/** Returns "Ana", "Ana and Ben", "Ana, Ben and Cy". @param {string[]} names */
export const list = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** Returns a list that is no longer than a sentence may be. @param {string[]} names */
export const few = (names) =>
  names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");

/** Returns texts one after the other, each ended once: "Ana left. The session begins". @param {string[]} texts */
export const sentences = (texts) =>
  texts.map((text, i) => (i === texts.length - 1 || /[.!?…]$/.test(text) ? text : `${text}.`)).join(" ");

/** Returns a name so that it turns nothing around in a sentence: one that is written from right to left stands for itself. @param {string} name */
export const apartFromRest = (name) =>
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name;

/** @type {Record<string, string>} */
export const ROLES = { dm: "DM", player: "Player", spectator: "Spectator" };

/** Returns somebody's name. @param {{userId: string, name: string}[]} people @param {string} id @param {string} [other] */
export const nameOf = (people, id, other = "Somebody") =>
  apartFromRest(people.find((p) => p.userId === id)?.name ?? other);

/** @template P @param {(P & {role: string})[]} people */
export const playersOf = (people) => people.filter((p) => p.role === "player");

/** Says who is meant by a command's targets. @param {import("../model/types.js").Targets|string[]|null|undefined} targets @param {{userId: string, name: string}[]} people */
export function targetWords(targets, people) {
  if (targets === "all" || !targets) return "everyone";
  if (!Array.isArray(targets) && targets.within !== undefined) return `whoever is within ${targets.within}`;
  const ids = Array.isArray(targets) ? targets : (targets.playerIds ?? []);
  return list(ids.map((id) => nameOf(people, id, "someone"))) || "nobody";
}

/** Says who sees a hex. @param {{everyone: string, apart: Record<string, string>}|undefined} viewers @param {{userId: string, name: string}[]} people */
export function viewerWords(viewers, people) {
  if (!viewers) return "Hidden from everyone";
  const name = (/** @type {string} */ id) => nameOf(people, id, "a former member");
  const tier = (/** @type {string} */ t) => (t === "terrain" ? " (terrain only)" : "");
  const apart = Object.entries(viewers.apart ?? {});
  if (viewers.everyone === "hidden" || !viewers.everyone) {
    const some = apart.filter(([, t]) => t !== "hidden");
    return some.length ? `Seen by ${list(some.map(([id, t]) => name(id) + tier(t)))}` : "Hidden from everyone";
  }
  const but = apart.filter(([, t]) => t === "hidden").map(([id]) => name(id));
  const other = apart.filter(([, t]) => t !== "hidden" && t !== viewers.everyone).map(([id, t]) => name(id) + tier(t));
  return `Seen by everyone${tier(viewers.everyone)}${but.length ? `, but not ${list(but)}` : ""}${other.length ? `; ${list(other)}` : ""}`;
}

/** Says to a DM who may know of what lies on the map. @param {{audience?: any, revealedTo?: string[]}} thing @param {{userId: string, name: string}[]} people */
export function audienceWords({ audience, revealedTo = [] }, people) {
  const names = list(revealedTo.map((id) => nameOf(people, id, "a former member")));
  if (audience === "all") return "everyone";
  if (audience === "seen") return `where hexes are seen${names && `, and ${names}`}`;
  return names || "DM only";
}

/** What helps after a refusal, by its code. @type {Record<string, string>} */
const HELP = {
  not_found: "Perhaps it was just taken away.",
  too_large: "Take it in smaller parts.",
  rate_limited: "Wait a moment and try again.",
  busy: "Try again in a moment.",
  unavailable: "Try again in a moment.",
  unreachable: "What you wrote is still here: try again.",
};

/** Returns a refusal as a sentence, with what helps. @param {{code?: string, message?: string}} refused */
export function refusalWords({ code = "", message = "" }) {
  if (/^[\w:]+ is for the DM$/.test(message)) return "Only a DM can do that.";
  if (/^[\w:]+ is not for spectators$/.test(message)) return "Spectators look on: ask your DM for a seat as a player.";
  const said = (message || "That did not work").replace(/^./u, (c) => c.toUpperCase());
  return [/[.!?]$/.test(said) ? said : `${said}.`, HELP[code]].filter(Boolean).join(" ");
}

/** What the session's state means to somebody at the table. @type {Record<string, {title: string, text: string, dm: string}>} */
export const PHASES = {
  waiting: {
    title: "The fire is not yet lit",
    text: "The session starts when your DM says so. Look around what you know already.",
    dm: "Ready when you are",
  },
  paused: {
    title: "Time stands still",
    text: "The session is paused. You can look around, but nobody moves.",
    dm: "Paused",
  },
  ended: { title: "Until next time", text: "The session has ended. The map stays here for you.", dm: "Session over" },
  active: { title: "", text: "", dm: "In session" },
};
