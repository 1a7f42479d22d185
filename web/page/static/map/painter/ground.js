// @ts-check
/** The ground, pixel by pixel: colours of the hexes around, weighed by distance at places that noise has moved, so that borders
 * wander and blend; water by its distance from the shore; light from the north-west. Unknown hexes have no weight in any colour. */

import { KINDS, UNKNOWN } from "./kinds.js";
import { GHOST, KNOWN } from "./land.js";
import { AROUND } from "./lattice.js";
import { NOISE_SIDE, noiseAt, smoothNoise } from "./noise.js";

/** @typedef {{data: Uint8ClampedArray, known: Uint8Array, hidden: Uint8Array, ghost: Uint8Array, side: number}} Raster
 *   known: how opaque the land is; hidden: how far nobody else sees it; ghost: how far a change waits there; all from 0 to 255 */

const WARP = smoothNoise(3, 16, 4);
const WARP2 = smoothNoise(41, 16, 4);
const TONE = smoothNoise(11, 12, 5);
const FINE = smoothNoise(67, 64, 3);

const REACH = 4.3;
/** Hexes farther than this (squared) weigh less than a hundredth of the nearest. */
const FAR = 2.3;
const STEPS = 1024;
/** Weights by squared distance: steep, so that a hex stays what it is up to its border. */
const NEAR = Float32Array.from({ length: STEPS + 1 }, (_, i) => (1 - i / STEPS) ** 12);
/** Logarithm of a ratio of such weights, times this, is a distance from the border in sizes of a hex. */
const TO_DISTANCE = 0.086;
const NO_SHORE = 9;

/** Returns the light on each place of noise, from the north-west: positive where it falls. @param {Float32Array} noise */
function reliefOf(noise) {
  const out = new Float32Array(noise.length);
  for (let y = 0; y < NOISE_SIDE; y++)
    for (let x = 0; x < NOISE_SIDE; x++) {
      const behind = noise[(((y + 1) & 255) << 8) | ((x + 1) & 255)];
      const before = noise[(((y - 1) & 255) << 8) | ((x - 1) & 255)];
      out[(y << 8) | x] = (behind - before) * 5;
    }
  return out;
}
const RELIEF = reliefOf(TONE);

/** Columns of what the land around a place comes to, each already weighed. */
const [RED, GREEN, BLUE, SLOPE, DRY, WATER, FOG, HIDDEN, WAITING, TOTAL] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Paints a square. Rows, places and blends are functions of their own: engines are slow to compile one large one, and run it slowly until they have.
 * The place (x, y) of its corner and `unit` (pixels a hex size) place it on the map.
 * @param {import("./land.js").Window} window @param {import("./lattice.js").Lattice} lattice @param {import("./themes.js").Theme} theme
 * @param {{x: number, y: number, unit: number, side: number}} square x, y in sizes of a hex @returns {Raster} */
export function paintGround(window, lattice, theme, square) {
  const { side } = square;
  const raster = emptyRaster(side);
  const job = new Job(window, lattice, theme, square, raster);
  const { share, step } = job;
  // Three rows in turn: one for each row of pixels would be half of all that a square leaves to the collector.
  let row = new Float32Array(job.across * 6);
  let ahead = new Float32Array(job.across * 6);
  const between = new Float32Array(job.across * 6);
  fillNoise(ahead, job, square.y + 0.5 * step);
  for (let py = 0; py < side; py++) {
    const y = square.y + (py + 0.5) * step;
    if (py % share === 0) {
      [row, ahead] = [ahead, row];
      fillNoise(ahead, job, y + share * step);
      paintRow(job, py, y, row);
    } else {
      for (let i = 0; i < between.length; i++) between[i] = (row[i] + ahead[i]) / 2;
      paintRow(job, py, y, between);
    }
  }
  return raster;
}

/** The last raster: squares are painted one by one, and are done with it before the next. @type {Raster|null} */
let used = null;

/** Returns a raster with nothing on it, good until the next is asked for. @param {number} side @returns {Raster} */
function emptyRaster(side) {
  const n = side * side;
  if (used?.side !== side) return (used = { data: new Uint8ClampedArray(n * 4), known: new Uint8Array(n), hidden: new Uint8Array(n), ghost: new Uint8Array(n), side });
  for (const part of [used.data, used.known, used.hidden, used.ghost]) part.fill(0);
  return used;
}

/** What one square is painted from. One class, so that all squares are alike to the engine. */
class Job {
  /** @param {import("./land.js").Window} window @param {import("./lattice.js").Lattice} lattice @param {import("./themes.js").Theme} theme
   * @param {{x: number, y: number, unit: number, side: number}} square @param {Raster} raster */
  constructor(window, lattice, theme, { x, unit, side }, raster) {
    this.window = window;
    this.lattice = lattice;
    this.raster = raster;
    this.data = raster.data;
    this.side = side;
    this.left = x;
    this.step = 1 / unit;
    /** Noise is smooth: where a hex is large, it is asked for at every second place, and blended between. */
    this.share = unit < 7 ? 1 : 2;
    this.across = Math.ceil(side / this.share) + 2;
    this.line = Math.max(0.02, 0.75 / unit);
    this.coarse = unit < 9;
    this.pen = theme.pen;
    this.grain = theme.grain;
    this.wet = Uint8Array.from(KINDS, (k) => (k.wet ? 1 : 0));
    this.relief = Float32Array.from(KINDS, (k) => (k.relief ?? 0.4) * 17 * theme.light);
    this.mottles = Float32Array.from(KINDS, (k) => k.mottle ?? 0.5);
    this.first = Float32Array.from(theme.ground.flat());
    this.second = Float32Array.from(theme.mottle.flat());
    this.steps = Int32Array.from(AROUND, ([dq, dr]) => dq + dr * window.width);
    this.dx = Float64Array.from(AROUND, ([dq, dr]) => lattice.x[0] * dq + lattice.x[1] * dr);
    this.dy = Float64Array.from(AROUND, ([dq, dr]) => lattice.y[0] * dq + lattice.y[1] * dr);
    this.shallow = Float64Array.from(theme.shallow);
    this.mid = Float64Array.from(theme.mid);
    this.deep = Float64Array.from(theme.deep);
    this.surf = Float64Array.from(theme.surf);
    this.sand = Float64Array.from(theme.sand);
    this.shore = Float64Array.from(theme.shore);
    /** What the land around a place comes to, by the columns above. */
    this.sum = new Float64Array(10);
  }
}

/** Sets six kinds of noise a place: two bends, fine grain, tone, patches and light. @param {Float32Array} row @param {Job} job @param {number} y */
function fillNoise(row, { across, left, share, step }, y) {
  for (let i = 0, to = 0; i < across; i++, to += 6) {
    const x = left + (i * share + 0.5) * step;
    const fine = noiseAt(FINE, x * 11, y * 11);
    row[to] = noiseAt(WARP, x * 9, y * 9) * 0.5 + fine * 0.05;
    row[to + 1] = noiseAt(WARP2, x * 9, y * 9) * 0.5 - fine * 0.05;
    row[to + 2] = fine;
    row[to + 3] = noiseAt(TONE, x * 6, y * 6);
    row[to + 4] = noiseAt(TONE, x * 2.1 + 91, y * 2.1 + 17);
    row[to + 5] = noiseAt(RELIEF, x * 6, y * 6);
  }
}

/** @param {Job} job @param {number} py @param {number} y @param {Float32Array} noise */
function paintRow(job, py, y, noise) {
  const { window: { q0, r0, plain, kind: kinds, width }, lattice, side, share, step, left, sum, raster: { known, hidden: hiddens, ghost } } = job;
  const last = kinds.length - 1;
  const [qx, qy] = lattice.q;
  const [rx, ry] = lattice.r;
  const [xq, xr] = lattice.x;
  const [yq, yr] = lattice.y;
  for (let px = 0, at = py * side; px < side; px++, at++) {
    const x = left + (px + 0.5) * step;
    const from = (share === 1 ? px : px >> 1) * 6;
    const next6 = share === 1 || !(px & 1) ? from : from + 6;
    const wx = x + (noise[from] + noise[next6]) / 2;
    const wy = y + (noise[from + 1] + noise[next6 + 1]) / 2;
    const fine = (noise[from + 2] + noise[next6 + 2]) / 2;
    const tone = noise[from + 3];
    const patch = noise[from + 4];
    const lit = (noise[from + 5] + noise[next6 + 5]) / 2;
    const fq = qx * wx + qy * wy;
    const fr = rx * wx + ry * wy;
    // Nearest hex, as in lattice.js; a call here costs as much as the rest.
    let q = Math.round(fq);
    let r = Math.round(fr);
    const dq = Math.abs(q - fq);
    const dr = Math.abs(r - fr);
    const rs = Math.round(-fq - fr);
    const ds = Math.abs(rs + fq + fr);
    if (dq > dr && dq > ds) q = -r - rs;
    else if (dr > ds) r = -q - rs;
    // Never -0, for which engines compile all of this anew.
    const here = (q - q0 + (r - r0) * width) | 0;
    if (here < 0 || here > last) continue;
    const kind = kinds[here];
    const blend = 0.5 + 0.5 * tone + 0.7 * patch;
    if (plain[here]) {
      if (kind === UNKNOWN) continue;
      sameAround(job, here, kind, blend);
    } else {
      mixAround(job, here, wx - (xq * q + xr * r), wy - (yq * q + yr * r), blend);
      const total = sum[TOTAL];
      if (!total) continue;
      if (sum[FOG]) {
        // A feathered edge: inside what is known, so that nothing is drawn where nothing is known.
        const into = TO_DISTANCE * Math.log(total / sum[FOG]) + 0.1 * fine;
        const open = Math.min(1, Math.max(0, (into + 0.03) / 0.24));
        known[at] = 255 * open * open * (3 - 2 * open);
        if (!known[at]) continue;
      }
    }
    if (!sum[FOG]) known[at] = 255;
    hiddens[at] = 255 * sum[HIDDEN];
    ghost[at] = 255 * sum[WAITING];
    let far = NO_SHORE;
    if (sum[WATER] && sum[DRY]) far = TO_DISTANCE * Math.log(sum[DRY] / sum[WATER]) + 0.035 * fine;
    else if (sum[WATER]) far = -NO_SHORE;
    if (far < 0) inWater(job, at * 4, -far, fq, fr, tone, patch, lit, fine);
    else onLand(job, at * 4, far, tone, sum[SLOPE] * lit + job.grain * 0.9 * fine + 7 * patch);
  }
}

/** Sums up a hex that is alike to all six around it. @param {Job} job @param {number} here @param {number} kind @param {number} blend */
function sameAround({ sum, wet, mottles, first, second, relief, window: { known: knowns, ghost: ghosts } }, here, kind, blend) {
  sum.fill(0);
  sum[HIDDEN] = knowns[here] === KNOWN.NOBODY ? 1 : 0;
  sum[WAITING] = ghosts[here] === GHOST.NONE ? 0 : 1;
  if (wet[kind]) {
    sum[WATER] = 1;
    return;
  }
  const m = Math.min(1, Math.max(0, blend * mottles[kind]));
  const c = kind * 3;
  sum[RED] = first[c] + (second[c] - first[c]) * m;
  sum[GREEN] = first[c + 1] + (second[c + 1] - first[c + 1]) * m;
  sum[BLUE] = first[c + 2] + (second[c + 2] - first[c + 2]) * m;
  sum[SLOPE] = relief[kind];
  sum[DRY] = 1;
}

/** Sums up the hexes around a place, by how near they are. @param {Job} job @param {number} here @param {number} cx from the middle of the hex @param {number} cy @param {number} blend */
function mixAround({ sum, wet, mottles, first, second, relief, steps, dx, dy, window: { kind: kinds, known: knowns, ghost: ghosts } }, here, cx, cy, blend) {
  const last = kinds.length - 1;
  let red = 0;
  let green = 0;
  let blue = 0;
  let slope = 0;
  let dry = 0;
  let water = 0;
  let fog = 0;
  let hidden = 0;
  let waiting = 0;
  let total = 0;
  for (let i = -1; i < 6; i++) {
    let d = cx * cx + cy * cy;
    let next = here;
    if (i >= 0) {
      const ex = cx - dx[i];
      const ey = cy - dy[i];
      d = ex * ex + ey * ey;
      if (d >= FAR) continue;
      next = here + steps[i];
      if (next < 0 || next > last) continue;
    }
    const weight = NEAR[(d * (STEPS / REACH)) | 0];
    const k = kinds[next];
    if (k === UNKNOWN) {
      fog += weight;
      continue;
    }
    total += weight;
    if (knowns[next] === KNOWN.NOBODY) hidden += weight;
    if (ghosts[next] !== GHOST.NONE) waiting += weight;
    if (wet[k]) {
      water += weight;
      continue;
    }
    const m = Math.min(1, Math.max(0, blend * mottles[k]));
    const c = k * 3;
    red += weight * (first[c] + (second[c] - first[c]) * m);
    green += weight * (first[c + 1] + (second[c + 1] - first[c + 1]) * m);
    blue += weight * (first[c + 2] + (second[c + 2] - first[c + 2]) * m);
    slope += weight * relief[k];
    dry += weight;
  }
  const land = dry || 1;
  sum[RED] = red / land;
  sum[GREEN] = green / land;
  sum[BLUE] = blue / land;
  sum[SLOPE] = slope / land;
  sum[DRY] = dry;
  sum[WATER] = water;
  sum[FOG] = fog;
  sum[HIDDEN] = hidden / (total || 1);
  sum[WAITING] = waiting / (total || 1);
  sum[TOTAL] = total;
}

/** Returns the depth between the centres of three hexes, without steps. @param {Job} job @param {number} q @param {number} r */
function depthAt({ window: { depth: depths, width, q0, r0 } }, q, r) {
  const q1 = Math.floor(q);
  const r1 = Math.floor(r);
  const u = q - q1;
  const v = r - r1;
  const i = q1 - q0 + (r1 - r0) * width;
  if (u + v < 1) return depths[i] * (1 - u - v) + depths[i + 1] * u + depths[i + width] * v;
  return depths[i + 1 + width] * (u + v - 1) + depths[i + width] * (1 - u) + depths[i + 1] * (1 - v);
}

/** Water: shallow by the shore, deep far out; lines of surf that run along it.
 * @param {Job} job @param {number} to @param {number} out how far from the shore @param {number} fq @param {number} fr @param {number} tone @param {number} patch @param {number} lit @param {number} fine */
function inWater(job, to, out, fq, fr, tone, patch, lit, fine) {
  const { shallow, mid, deep, surf, grain, pen, line } = job;
  const near = out < 1 ? out : 1;
  const d = Math.min(4, Math.max(0, depthAt(job, fq, fr) - 0.9) + Math.min(0.9, near * 1.2));
  const a = d < 1.6 ? d / 1.6 : 1;
  const b = d < 1.6 ? 0 : Math.min(1, (d - 1.6) / 2.2);
  let red = shallow[0] + (mid[0] - shallow[0]) * a + (deep[0] - mid[0]) * b;
  let green = shallow[1] + (mid[1] - shallow[1]) * a + (deep[1] - mid[1]) * b;
  let blue = shallow[2] + (mid[2] - shallow[2]) * a + (deep[2] - mid[2]) * b;
  const shade = 5 * lit * (1 - 0.4 * b) + 5 * patch + grain * 0.35 * fine;
  if (out < 0.6) {
    const sway = 0.03 * tone;
    let foam = 0;
    if (pen) {
      for (let i = 1; i < 6; i++) foam = Math.max(foam, crest(out - 0.085 * i - 0.006 * i * i + sway * 0.3, line * 0.8) * (0.75 - 0.13 * i));
    } else {
      foam = Math.max(crest(out - 0.02, 0.035) * 0.75, crest(out - 0.15 + sway, line * 1.3) * 0.55 * (0.6 + 0.4 * tone), crest(out - 0.29 + sway * 2, line * 1.2) * 0.35 * (0.5 + 0.5 * patch));
    }
    red += (surf[0] - red) * foam;
    green += (surf[1] - green) * foam;
    blue += (surf[2] - blue) * foam;
  }
  put(job, to, -out, red, green, blue, shade);
}

/** Land, with a beach along the water. @param {Job} job @param {number} to @param {number} far from the water @param {number} tone @param {number} shade */
function onLand(job, to, far, tone, shade) {
  const { sum, sand, coarse } = job;
  let red = sum[RED];
  let green = sum[GREEN];
  let blue = sum[BLUE];
  if (far < 0.3) {
    const beach = Math.max(0, 1 - far / (0.13 + 0.07 * tone)) * (coarse ? 0.6 : 0.85);
    red += (sand[0] - red) * beach;
    green += (sand[1] - green) * beach;
    blue += (sand[2] - blue) * beach;
  }
  put(job, to, far, red, green, blue, shade);
}

/** Draws the line of the shore over a colour, and sets it down. @param {Job} job @param {number} to @param {number} far @param {number} red @param {number} green @param {number} blue @param {number} shade */
function put({ data, shore, pen, line }, to, far, red, green, blue, shade) {
  const edge = far < 1 && far > -1 ? crest(far, line * (pen ? 1.3 : 1)) * (pen ? 0.9 : 0.5) : 0;
  data[to] = red + (shore[0] - red) * edge + shade;
  data[to + 1] = green + (shore[1] - green) * edge + shade;
  data[to + 2] = blue + (shore[2] - blue) * edge + shade * 0.85;
  data[to + 3] = 255;
}

/** Returns how strongly a line of a width is at a distance from its middle. @param {number} distance @param {number} width */
function crest(distance, width) {
  const d = Math.abs(distance);
  return d >= width * 1.6 ? 0 : d <= width * 0.6 ? 1 : (width * 1.6 - d) / width;
}
