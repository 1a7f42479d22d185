// @ts-check
/** Which key asks for what. Pure: an event-like value in, the name of an intent out. */

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, shiftKey?: boolean, altKey?: boolean, getModifierState?: (name: string) => boolean}} Press */
/** The keys that somebody chose in place of the usual ones, by intent; "" for none. @typedef {Record<string, string>} OwnKeys */

/** The usual keys of intents that everybody has. @type {Record<string, string[]>} */
const PLAIN = {
  "zoom-in": ["+", "="],
  "zoom-out": ["-"],
  fit: ["0"],
  goto: ["/"],
  help: ["?"],
  point: ["q"],
  labels: ["l"],
  "grid-focus": ["g"],
  carry: ["m"],
  measure: ["x"],
  sketch: ["w"],
};
/** Those of the DM's. @type {Record<string, string[]>} */
const DM = {
  "tool:reveal": ["r"],
  "tool:hide": ["h"],
  "tool:terrain": ["t"],
  draw: ["d"],
  smaller: ["["],
  larger: ["]"],
  "tier:terrain": ["1"],
  "tier:full": ["2"],
  "tier:hidden": ["3"],
  mode: ["s"],
  publish: ["p"],
  unstage: ["u"],
  note: ["n"],
  token: ["k"],
  "view-as": ["v"],
};
const ALL = { ...PLAIN, ...DM };
/** What the usual keys write. */
const WRITTEN = new Set(Object.values(ALL).flat());
const STEPS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
/** Keys that an intent can be given: one that writes a character, or a function key that browsers leave to the page; alone or with Alt. */
const FREE = /^(Alt\+)?(\S|F([2-46-9]|10))$/u;

/** Returns the keys that ask for an intent, the first of which is shown. @param {string} intent @param {OwnKeys} [own] @returns {string[]} */
export function keysOf(intent, own = {}) {
  const chosen = own[intent];
  return chosen === undefined ? (ALL[intent] ?? []) : [chosen].filter(Boolean);
}

/** Returns what asks for an intent as people read it, or nothing. @param {string} intent @param {OwnKeys} [own] */
export const shownKey = (intent, own) => (keysOf(intent, own)[0] ?? "").replace(/.$/u, (last) => last.toUpperCase());

/** Returns the intent that a key asks for, or nothing. @param {string} key @param {OwnKeys} [own] */
export const takenBy = (key, own) => Object.keys(ALL).find((intent) => keysOf(intent, own).includes(key)) ?? "";

/** Returns the key of a press as it is kept, or nothing where no intent can be given it. @param {Press} e */
export function keyOfPress(e) {
  const writes = writesBy(e);
  const name = `${e.altKey && !writes ? "Alt+" : ""}${latin(e)}`;
  return ((e.ctrlKey || e.metaKey) && !writes) || !FREE.test(name) ? "" : name;
}

/** Returns the keys of a stored value that can be used. @param {unknown} stored @returns {OwnKeys} */
export const cleanedKeys = (stored) =>
  Object.fromEntries(
    Object.entries(stored && typeof stored === "object" ? stored : {}).filter(
      ([intent, key]) => Object.hasOwn(ALL, intent) && typeof key === "string" && (!key || FREE.test(key)),
    ),
  );

/** AltGr writes a character; the modifiers that some systems report with it are no chord. @param {Press} e */
const writesBy = (e) => e.getModifierState?.("AltGraph") ?? false;

/** Returns the intent of a key press, or null. Without `letters` single characters ask for nothing: who speaks to their computer, or
 * hits keys by accident, can switch them off. @param {Press} e @param {boolean} dm @param {{letters?: boolean, own?: OwnKeys}} [how] @returns {string|null} */
export function intentOf(e, dm, { letters = true, own = {} } = {}) {
  const key = latin(e);
  if (key === "Escape") return "escape";
  if ((e.ctrlKey || e.metaKey) && !writesBy(e)) {
    if (!dm) return null;
    if (key === "s") return "publish";
    if (key === "z") return e.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  }
  const name = keyOfPress(e);
  if (e.altKey && !writesBy(e) && STEPS.includes(key)) return `step:${key}`;
  if (!letters && [...name].length === 1) return null;
  const intent = name && takenBy(name, own);
  return intent && (dm || intent in PLAIN) ? intent : null;
}

/** Keys that write something else in many layouts, by where they are. @type {Record<string, string>} */
const PLACES = { BracketLeft: "[", BracketRight: "]", Slash: "/", Minus: "-", Equal: "=" };

/** Returns what a key writes, or, where that is no character of ours (Cyrillic, Greek, Hebrew, Arabic; the digits of AZERTY), what it writes on a
 * Latin keyboard. @param {Press} e */
function latin({ key, code = "", shiftKey = false }) {
  if (key.length > 1 && key !== "Dead") return key;
  const lower = key.toLowerCase();
  if (WRITTEN.has(lower)) return lower;
  const letter = /^Key([A-Z])$/.exec(code)?.[1].toLowerCase();
  if (letter) return /^[a-z]$/.test(lower) ? lower : letter;
  if (shiftKey) return lower;
  return /^Digit(\d)$/.exec(code)?.[1] ?? PLACES[code] ?? lower;
}

/** Returns the neighbour in the direction of an arrow key, on screen. @param {string} key @param {{q: number, r: number}} at @param {string} orientation */
export function stepFrom(key, at, orientation) {
  const odd = orientation === "flat" ? at.q & 1 : at.r & 1;
  /** @type {Record<string, number[]>} */
  const steps =
    orientation === "flat"
      ? { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: odd ? [-1, 0] : [-1, 1], ArrowRight: odd ? [1, -1] : [1, 0] }
      : { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: odd ? [0, -1] : [1, -1], ArrowDown: odd ? [-1, 1] : [0, 1] };
  const [dq, dr] = steps[key] ?? [0, 0];
  return { q: at.q + dq, r: at.r + dr };
}
