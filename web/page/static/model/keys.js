// @ts-check
/** Which key asks for what. Pure: an event-like value in, the name of an intent out. */

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, shiftKey?: boolean, altKey?: boolean, getModifierState?: (name: string) => boolean}} Press */

/** @type {Record<string, string>} */
const PLAIN = {
  "+": "zoom-in",
  "=": "zoom-in",
  "-": "zoom-out",
  0: "fit",
  "/": "goto",
  "?": "help",
  q: "point",
  l: "labels",
  g: "grid-focus",
  m: "carry",
  Escape: "escape",
};
/** @type {Record<string, string>} */
const DM = {
  r: "tool:reveal",
  h: "tool:hide",
  t: "tool:terrain",
  d: "draw",
  "[": "smaller",
  "]": "larger",
  1: "tier:terrain",
  2: "tier:full",
  3: "tier:hidden",
  s: "mode",
  p: "publish",
  u: "unstage",
  n: "note",
  k: "token",
  v: "view-as",
};
const STEPS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

/** Returns the intent of a key press, or null. Without `letters` single characters ask for nothing: who speaks to their computer, or
 * hits keys by accident, can switch them off. @param {Press} e @param {boolean} dm @param {{letters?: boolean}} [how] @returns {string|null} */
export function intentOf(e, dm, { letters = true } = {}) {
  const key = latin(e);
  // AltGr writes a character; the modifiers that some systems report with it are no chord.
  const writes = e.getModifierState?.("AltGraph") ?? false;
  if ((e.ctrlKey || e.metaKey) && !writes) {
    if (!dm) return null;
    if (key === "s") return "publish";
    if (key === "z") return e.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  }
  if (e.altKey && !writes) return STEPS.includes(key) ? `step:${key}` : null;
  if (!letters && key.length === 1) return null;
  return (dm ? DM[key] : undefined) ?? PLAIN[key] ?? null;
}

/** Keys that write something else in many layouts, by where they are. @type {Record<string, string>} */
const PLACES = { BracketLeft: "[", BracketRight: "]", Slash: "/", Minus: "-", Equal: "=" };

/** Returns what a key writes, or, where that is no character of ours (Cyrillic, Greek, Hebrew, Arabic; the digits of AZERTY), what it writes on a
 * Latin keyboard. @param {Press} e */
function latin({ key, code = "", shiftKey = false }) {
  if (key.length > 1) return key;
  const lower = key.toLowerCase();
  if (lower in DM || lower in PLAIN) return lower;
  const letter = /^Key([A-Z])$/.exec(code)?.[1].toLowerCase();
  if (letter) return /[a-z]/.test(lower) ? lower : letter;
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
