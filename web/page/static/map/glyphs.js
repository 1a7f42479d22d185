// @ts-check
/** The marks of terrain, drawn in a hex of size 1 around the origin with the ink already set. */

import { ring } from "./canvas.js";

/** @typedef {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} Pen */
/** @typedef {(pen: Pen, chance: () => number) => void} Mark */

/** @param {Pen} p @param {number[][]} points @param {boolean} [close] */
function path(p, points, close = false) {
  p.beginPath();
  points.forEach(([x, y], i) => (i ? p.lineTo(x, y) : p.moveTo(x, y)));
  if (close) p.closePath();
}

/** Calls at places spread over the hex, from the back to the front. @param {number} n @param {() => number} chance
 * @param {(x: number, y: number, s: number) => void} at */
function scatter(n, chance, at) {
  const turn = chance() * 6.28;
  const spots = Array.from({ length: n }, (_, i) => {
    const angle = turn + (i * 6.28) / n + (chance() - 0.5) * 0.6;
    const far = n === 1 ? 0.05 : 0.3 + chance() * 0.22;
    return [Math.cos(angle) * far * 1.15, Math.sin(angle) * far + 0.06, 0.85 + chance() * 0.35];
  }).sort((a, b) => a[1] - b[1]);
  for (const [x, y, s] of spots) at(x, y, s);
}

/** @param {Pen} p @param {number} x @param {number} y @param {number} w @param {number} dip */
function wave(p, x, y, w, dip) {
  p.beginPath();
  p.moveTo(x - w, y);
  p.quadraticCurveTo(x - w / 2, y - dip, x, y);
  p.quadraticCurveTo(x + w / 2, y + dip, x + w, y);
  p.stroke();
}

/** @type {Record<string, Mark>} */
export const MARKS = {
  grass: (p, c) => scatter(4, c, (x, y, s) => {
    for (const lean of [-0.09, 0, 0.09]) { path(p, [[x + lean * 0.5, y], [x + lean * s, y - 0.14 * s]]); p.stroke(); }
  }),
  furrows: (p) => { for (let i = -2; i < 3; i++) { path(p, [[-0.42 + i * 0.05, i * 0.17], [0.42 + i * 0.05, i * 0.17 - 0.1]]); p.stroke(); } },
  trees: (p, c) => scatter(6, c, (x, y, s) => {
    path(p, [[x - 0.14 * s, y + 0.07], [x, y - 0.3 * s], [x + 0.14 * s, y + 0.07]], true);
    p.fill();
    path(p, [[x, y + 0.07], [x, y + 0.14]]); p.stroke();
  }),
  palms: (p, c) => scatter(6, c, (x, y, s) => {
    ring(p, x, y - 0.08, 0.15 * s); p.fill();
    path(p, [[x, y], [x, y + 0.15]]); p.stroke();
  }),
  humps: (p, c) => scatter(3, c, (x, y, s) => {
    p.beginPath(); p.arc(x, y + 0.08, 0.24 * s, Math.PI * 1.05, Math.PI * 1.95); p.stroke();
    p.beginPath(); p.arc(x + 0.03, y + 0.12, 0.15 * s, Math.PI * 1.45, Math.PI * 1.9); p.stroke();
  }),
  peaks: (p, c) => scatter(3, c, (x, y, s) => {
    const [w, t] = [0.27 * s, 0.42 * s];
    path(p, [[x, y - t + 0.1], [x + w, y + 0.12], [x + 0.04, y + 0.12], [x + 0.09, y - 0.06]], true); p.fill();
    path(p, [[x - w, y + 0.12], [x, y - t + 0.1], [x + w, y + 0.12]]); p.stroke();
  }),
  waves: (p, c) => { for (const y of [-0.34, 0, 0.34]) wave(p, (c() - 0.5) * 0.5, y, 0.24, 0.1); },
  shore: (p, c) => { wave(p, 0, 0.28, 0.4, 0.08); scatter(5, c, (x, y) => { ring(p, x, y - 0.12, 0.03); p.fill(); }); },
  reeds: (p, c) => scatter(4, c, (x, y, s) => {
    path(p, [[x - 0.16, y], [x + 0.16, y]]); p.stroke();
    for (const d of [-0.07, 0, 0.07]) { path(p, [[x + d, y - 0.03], [x + d * 1.7, y - 0.2 * s]]); p.stroke(); }
  }),
  dunes: (p, c) => scatter(4, c, (x, y, s) => { p.beginPath(); p.moveTo(x - 0.2 * s, y + 0.05); p.quadraticCurveTo(x, y - 0.18 * s, x + 0.2 * s, y + 0.05); p.stroke(); }),
  mesas: (p, c) => scatter(3, c, (x, y, s) => { path(p, [[x - 0.24 * s, y + 0.1], [x - 0.15 * s, y - 0.14], [x + 0.13 * s, y - 0.14], [x + 0.22 * s, y + 0.1]]); p.stroke(); }),
  flakes: (p, c) => scatter(5, c, (x, y) => { for (const a of [0, 1.05, 2.1]) { path(p, [[x - Math.cos(a) * 0.08, y - Math.sin(a) * 0.08], [x + Math.cos(a) * 0.08, y + Math.sin(a) * 0.08]]); p.stroke(); } }),
  cone: (p) => {
    path(p, [[-0.42, 0.3], [-0.12, -0.22], [0.12, -0.22], [0.42, 0.3]], true); p.fill();
    for (const d of [-0.1, 0.06]) { p.beginPath(); p.moveTo(d, -0.3); p.quadraticCurveTo(d + 0.14, -0.4, d + 0.02, -0.52); p.stroke(); }
  },
  blocks: (p, c) => scatter(4, c, (x, y, s) => p.strokeRect(x - 0.1 * s, y - 0.16 * s, 0.2 * s, 0.24 * s)),
  houses: (p, c) => scatter(4, c, (x, y, s) => {
    path(p, [[x - 0.15 * s, y - 0.06], [x, y - 0.22 * s], [x + 0.15 * s, y - 0.06]], true); p.fill();
    p.strokeRect(x - 0.11 * s, y - 0.06, 0.22 * s, 0.15 * s);
  }),
  dots: (p, c) => scatter(6, c, (x, y) => { ring(p, x, y, 0.05); p.fill(); }),
};

/** Returns a small repeatable chance. @param {number} seed */
export function chanceOf(seed) {
  let s = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    s ^= s << 13; s >>>= 0; s ^= s >>> 17; s ^= s << 5; s >>>= 0;
    return s / 4_294_967_296;
  };
}

const NOTE_PATHS = {
  encounter: "M-4-4 4 4M4-4-4 4M-4 1-1 4M4 1 1 4", lore: "M-4-4H1C3-4 4-3 4-1V4H-2C-3 4-4 3-4 2ZM-1-1H2M-1 1H2",
  dungeon: "M-4 4V-1A4 4 0 0 1 4-1V4ZM-1 4V0A1 1 0 0 1 1 0V4", town: "M-4 4V-1L0-4 4-1V4ZM-1 4V1H1V4",
  poi: "M0-4 1-1 4-1 2 1 3 4 0 2-3 4-2 1-4-1-1-1Z",
};

/** Returns the drawing of a kind of note, about 8 units wide. @param {string} kind */
export const noteShape = (kind) => new Path2D(/** @type {any} */ (NOTE_PATHS)[kind] ?? NOTE_PATHS.poi);
