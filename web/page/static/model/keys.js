// @ts-check
/** Which key asks for what. Pure: an event-like value in, the name of an intent out. */

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, shiftKey?: boolean, altKey?: boolean}} Press */

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
  Escape: "escape",
};
/** @type {Record<string, string>} */
const DM = {
  r: "tool:reveal",
  h: "tool:hide",
  t: "tool:terrain",
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

/** Returns the intent of a key press, or null. @param {Press} e @param {boolean} dm @returns {string|null} */
export function intentOf(e, dm) {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (e.ctrlKey || e.metaKey) {
    if (!dm) return null;
    if (key === "s") return "publish";
    if (key === "z") return e.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  }
  if (e.altKey) return STEPS.includes(key) ? `step:${key}` : null;
  return (dm ? DM[key] : undefined) ?? PLAIN[key] ?? null;
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
