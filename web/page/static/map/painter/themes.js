// @ts-check
/** The three looks of a map: colours of the ground, of glyphs and of the paper around it. */

import { KINDS } from "./kinds.js";

/** @typedef {[number, number, number]} Rgb */
/** @typedef {"atlas"|"ink"|"night"} ThemeName */
/** @typedef {{leaf: string, leafLight: string, leafDark: string, pine: string, pineLight: string, trunk: string, rockLight: string, rockDark: string, rockLine: string, snowCap: string,
 *   hillLight: string, hillDark: string, hillLine: string, grass: string, reed: string, pool: string, dune: string, mesaLight: string, mesaDark: string, wave: string, lava: string,
 *   wall: string, roof: string, roofDark: string, window: string, stone: string, line: string, shadow: string, furrow: string, frost: string}} Inks */
/** @typedef {{name: ThemeName, pen: boolean, ground: Rgb[], mottle: Rgb[], shallow: Rgb, mid: Rgb, deep: Rgb, surf: Rgb, sand: Rgb, shore: Rgb, paper: Rgb, paperDark: Rgb,
 *   grid: string, light: number, grain: number, lava: Rgb, hidden: Rgb, glow: Rgb, inks: Inks}} Theme
 *   pen: water and heights are drawn by lines and not by washes */

/** @type {Record<string, [Rgb, Rgb]>} */
const ATLAS = {
  unknown: [[214, 205, 182], [206, 196, 172]],
  open: [[226, 216, 190], [216, 205, 178]],
  water: [[86, 140, 164], [78, 132, 158]],
  coast: [[226, 208, 160], [214, 194, 146]],
  plains: [[190, 194, 122], [166, 180, 104]],
  farmland: [[212, 194, 116], [194, 182, 106]],
  forest: [[104, 134, 76], [86, 118, 66]],
  jungle: [[70, 116, 70], [54, 100, 62]],
  hills: [[190, 174, 114], [168, 152, 98]],
  mountain: [[166, 154, 138], [144, 134, 122]],
  swamp: [[112, 124, 94], [92, 110, 92]],
  desert: [[234, 208, 148], [222, 190, 128]],
  badlands: [[206, 152, 108], [186, 126, 88]],
  tundra: [[234, 238, 238], [216, 226, 230]],
  volcanic: [[96, 82, 78], [74, 64, 62]],
  ruins: [[184, 176, 150], [164, 158, 134]],
  town: [[208, 190, 146], [194, 176, 132]],
  other0: [[190, 180, 198], [174, 164, 184]],
  other1: [[172, 192, 182], [156, 178, 168]],
  other2: [[200, 180, 164], [184, 164, 148]],
  other3: [[172, 184, 202], [156, 168, 188]],
  other4: [[196, 196, 160], [180, 180, 144]],
};

/** How much a wash of ink darkens the parchment, from 0 to 1. @type {Record<string, number>} */
const WASH = {
  water: 0.1, coast: 0.02, plains: 0.0, farmland: 0.03, forest: 0.16, jungle: 0.24, hills: 0.07, mountain: 0.12, swamp: 0.2, desert: 0.0, badlands: 0.12, tundra: -0.06, volcanic: 0.42,
  ruins: 0.07, town: 0.05, other0: 0.07, other1: 0.09, other2: 0.11, other3: 0.13, other4: 0.05, unknown: 0.05, open: 0,
};
const PARCHMENT = /** @type {Rgb} */ ([238, 224, 192]);
const SEPIA = /** @type {Rgb} */ ([84, 60, 38]);

/** @param {Rgb} a @param {Rgb} b @param {number} t @returns {Rgb} */
const mix = (a, b, t) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];

/** Turns a colour of day into one under the moon: darker, cooler, less colour. @param {Rgb} color @returns {Rgb} */
function moonlit([r, g, b]) {
  const light = 0.3 * r + 0.59 * g + 0.11 * b;
  const cool = (/** @type {number} */ v, /** @type {number} */ tint) => Math.round((v * 0.58 + light * 0.42) * tint);
  return [cool(r, 0.5), cool(g, 0.59), cool(b, 0.76)];
}

/** @param {string} hex @returns {Rgb} */
const parse = (hex) => /** @type {Rgb} */ ([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** @param {Rgb} color */
const css = (color) => `rgb(${color.map(Math.round).join(" ")})`;

/** @type {Inks} */
const DAY = {
  leaf: "#5f8442", leafLight: "#8fae58", leafDark: "#3c5a2e", pine: "#3f6844", pineLight: "#6c9560", trunk: "#5c4630",
  rockLight: "#d3c8b6", rockDark: "#83786c", rockLine: "#544a40", snowCap: "#fbfaf6",
  hillLight: "#d3c184", hillDark: "#98854f", hillLine: "#76643a", grass: "#7f8a44", reed: "#46583a", pool: "#5f8790", dune: "#b98f4e",
  mesaLight: "#dba878", mesaDark: "#97613f", wave: "#dcebee", lava: "#ff8a2a", wall: "#f0e4c8", roof: "#b4573e", roofDark: "#8a3d2c", window: "#5c4630",
  stone: "#8d8678", line: "#3b2f22", shadow: "#2a2a1c", furrow: "#a58c44", frost: "#9fb4bd",
};
/** @type {Inks} */
const PEN = {
  leaf: "#d9c79c", leafLight: "#efe2c0", leafDark: "#8d7450", pine: "#c9b587", pineLight: "#eadbb4", trunk: "#54391f",
  rockLight: "#f2e7cb", rockDark: "#b39d76", rockLine: "#4a3320", snowCap: "#f7efdb",
  hillLight: "#efe2c2", hillDark: "#c9b48a", hillLine: "#5d4429", grass: "#7d6644", reed: "#553c22", pool: "#b4a68c", dune: "#94794f",
  mesaLight: "#ecdcb6", mesaDark: "#b0946a", wave: "#8b7452", lava: "#b4452a", wall: "#f4e9cf", roof: "#a5543b", roofDark: "#7c3a28", window: "#4a3320",
  stone: "#a4906c", line: "#4a3320", shadow: "#6a4e30", furrow: "#9a8157", frost: "#9c8a6a",
};

/** @returns {Theme} */
function atlas() {
  return {
    name: "atlas", pen: false, ground: KINDS.map((k) => ATLAS[k.name][0]), mottle: KINDS.map((k) => ATLAS[k.name][1]),
    shallow: [136, 186, 192], mid: [84, 142, 168], deep: [50, 96, 132], surf: [226, 238, 236], sand: [226, 208, 162], shore: [92, 84, 62],
    paper: [222, 211, 182], paperDark: [196, 182, 150], grid: "rgb(44 38 24 / .2)", light: 1, grain: 9, lava: [255, 128, 36],
    hidden: [66, 78, 108], glow: [255, 224, 140], inks: DAY,
  };
}

/** @returns {Theme} */
function ink() {
  const wash = (/** @type {number} */ more) => KINDS.map((k) => mix(PARCHMENT, SEPIA, Math.max(-0.2, (WASH[k.name] ?? 0.06) + more)));
  return {
    name: "ink", pen: true, ground: wash(0), mottle: wash(0.05),
    shallow: [214, 211, 190], mid: [196, 199, 184], deep: [176, 184, 174], surf: [92, 66, 42], sand: [242, 230, 202], shore: [66, 46, 28],
    paper: [232, 216, 180], paperDark: [206, 186, 146], grid: "rgb(70 48 28 / .2)", light: 0.55, grain: 10, lava: [178, 62, 34],
    hidden: [120, 112, 104], glow: [255, 250, 226], inks: PEN,
  };
}

/** @returns {Theme} */
function night() {
  const inks = /** @type {Inks} */ (Object.fromEntries(Object.entries(DAY).map(([name, color]) => [name, css(moonlit(parse(color)))])));
  return {
    name: "night", pen: false, ground: KINDS.map((k) => moonlit(ATLAS[k.name][0])), mottle: KINDS.map((k) => moonlit(ATLAS[k.name][1])),
    shallow: [58, 104, 130], mid: [34, 72, 104], deep: [18, 44, 74], surf: [140, 178, 196], sand: [92, 96, 102], shore: [10, 18, 28],
    paper: [38, 48, 64], paperDark: [17, 24, 36], grid: "rgb(190 214 240 / .11)", light: 1.15, grain: 6, lava: [255, 116, 30],
    hidden: [10, 14, 30], glow: [255, 214, 120],
    inks: { ...inks, snowCap: "#c9d8ea", rockLight: "#73809a", rockDark: "#2c3448", rockLine: "#161c2a", wave: "#7fa3bd", lava: "#ff7a1e", window: "#ffcf6b", line: "#0b111c", shadow: "#05080f" },
  };
}

/** @type {Record<ThemeName, () => Theme>} */
const MAKERS = { atlas, ink, night };

/** Returns a theme; one that is not known is Atlas. @param {string} name @returns {Theme} */
export const themeOf = (name) => (Object.hasOwn(MAKERS, name) ? MAKERS[/** @type {ThemeName} */ (name)] : atlas)();
