// @ts-check
/** The colours of the map by theme, and the hands-on settings kept in the browser. */

export const saved = (/** @type {string} */ name, /** @type {any} */ other) => {
  try {
    return JSON.parse(localStorage.getItem(`hexroom.${name}`) ?? "null") ?? other;
  } catch {
    return other;
  }
};

/** @param {string} name @param {any} value */
export function keep(name, value) {
  try {
    localStorage.setItem(`hexroom.${name}`, JSON.stringify(value));
  } catch { /* a full or forbidden store costs only the memory of a setting */ }
}

/** The looks that the painter has, and what people call them. */
/** @type {[string, string][]} */
export const MAP_THEMES = [["atlas", "Atlas: painted"], ["ink", "Ink: parchment and pen"], ["night", "Night: under the moon"]];

export const settings = {
  mapTheme: saved("map-theme", ""), theme: saved("theme", "auto"), veil: saved("veil", 0.7), labels: saved("labels", false), grid: saved("grid", true),
  /** Whether single letters do something. */
  keys: saved("keys", true),
  /** Whether a reveal can be heard. */
  sound: saved("sound", false),
  /** Whether big screens in this browser go along with the DM's map. */
  leadScreen: saved("lead-screen", false),
  /** The same for big screens anywhere, while nothing is staged. */
  leadScreens: saved("lead-screens", false),
  /** Whether a DM goes on staging after publishing. */
  stayStaged: saved("stay-staged", false),
  /** Whether a DM wants to be told no more what comes first. */
  knowsWay: saved("knows-way", false),
  style: /** Null: as the campaign says. @type {import("../model/labels.js").LabelStyle|null} */ saved("label-style", null),
};

/** The look that the campaign's DM chose. */
let campaignLook = "atlas";

/** Takes over the look that the campaign's DM chose. Returns whether the map is painted in another one now. @param {string} [chosen] */
export function followCampaign(chosen = "atlas") {
  const was = mapTheme();
  campaignLook = chosen;
  return mapTheme() !== was;
}

/** Returns how the map is painted: as somebody chose in this browser, else as the campaign says. */
export const mapTheme = () => settings.mapTheme || campaignLook;

/** Puts the theme on the page; "auto" follows the system. */
export function applyTheme() {
  const light = settings.theme === "light" || (settings.theme === "auto" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
  colors = null;
}

/** @type {{dark: boolean, unknown: string, unknownLine: string, veilInk: string, lamp: string}|null} */
let colors = null;

/** @typedef {{dark: boolean, grid: boolean, labels: boolean, veil: number, extent?: boolean, unknown: string, unknownLine: string, veilInk: string, lamp: string, mapTheme: string}} Look */

/** @returns {Look} */
export function look() {
  if (!colors) {
    const css = getComputedStyle(document.documentElement);
    const v = (/** @type {string} */ name) => css.getPropertyValue(name).trim();
    const dark = document.documentElement.dataset.theme !== "light";
    colors = { dark, unknown: v("--unknown"), unknownLine: v("--unknown-line"), veilInk: v("--veil"), lamp: dark ? "#f2b84b" : "#d98a00" };
  }
  return { ...colors, veil: settings.veil, labels: settings.labels, grid: settings.grid, mapTheme: mapTheme() };
}
