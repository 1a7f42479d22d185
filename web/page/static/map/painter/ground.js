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

/** Paints a square. The place (x, y) of its corner and `unit` (pixels a hex size) place it on the map.
 * @param {import("./land.js").Window} window @param {import("./lattice.js").Lattice} lattice @param {import("./themes.js").Theme} theme
 * @param {{x: number, y: number, unit: number, side: number}} square x, y in sizes of a hex @returns {Raster} */
export function paintGround(window, lattice, theme, { x: left, y: top, unit, side }) {
  const n = side * side;
  const raster = { data: new Uint8ClampedArray(n * 4), known: new Uint8Array(n), hidden: new Uint8Array(n), ghost: new Uint8Array(n), side };
  const { kind: kinds, known: knowns, ghost: ghosts, plain, depth: depths, q0, r0, width } = window;
  const { data } = raster;
  const wet = Uint8Array.from(KINDS, (k) => (k.wet ? 1 : 0));
  const relief = Float32Array.from(KINDS, (k) => (k.relief ?? 0.4) * 17 * theme.light);
  const mottles = Float32Array.from(KINDS, (k) => k.mottle ?? 0.5);
  const flat = (/** @type {import("./themes.js").Rgb[]} */ colors) => Float32Array.from(colors.flat());
  const [first, second] = [flat(theme.ground), flat(theme.mottle)];
  const { shallow, mid, deep, surf, sand, shore, grain, pen } = theme;
  const steps = AROUND.map(([dq, dr]) => dq + dr * width);
  const dx = AROUND.map(([dq, dr]) => lattice.x[0] * dq + lattice.x[1] * dr);
  const dy = AROUND.map(([dq, dr]) => lattice.y[0] * dq + lattice.y[1] * dr);
  const [qx, qy] = lattice.q;
  const [rx, ry] = lattice.r;
  const [xq, xr] = lattice.x;
  const [yq, yr] = lattice.y;
  const line = Math.max(0.02, 0.75 / unit);
  const coarse = unit < 9;
  const step = 1 / unit;
  const last = window.kind.length - 1;

  /** Depth between the centres of three hexes, without steps. @param {number} q @param {number} r */
  const depthAt = (q, r) => {
    const q1 = Math.floor(q);
    const r1 = Math.floor(r);
    const u = q - q1;
    const v = r - r1;
    const i = q1 - q0 + (r1 - r0) * width;
    if (u + v < 1) return depths[i] * (1 - u - v) + depths[i + 1] * u + depths[i + width] * v;
    return depths[i + 1 + width] * (u + v - 1) + depths[i + width] * (1 - u) + depths[i + 1] * (1 - v);
  };
  // Noise is smooth: where a hex is large, it is asked for at every second place, and blended between.
  const share = unit < 7 ? 1 : 2;
  const across = Math.ceil(side / share) + 2;
  /** Six kinds of noise a place: two bends, fine grain, tone, patches and light. @param {number} y */
  const rowAt = (y) => {
    const row = new Float32Array(across * 6);
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
    return row;
  };
  /** @type {Float32Array} */
  let row = new Float32Array(0);
  let ahead = rowAt(top + 0.5 * step);
  let now = row;

  for (let py = 0, at = 0; py < side; py++) {
    const y = top + (py + 0.5) * step;
    if (py % share === 0) {
      now = row = ahead;
      ahead = rowAt(y + share * step);
    } else now = row.map((value, i) => (value + ahead[i]) / 2);
    for (let px = 0; px < side; px++, at++) {
      const x = left + (px + 0.5) * step;
      const from = (share === 1 ? px : px >> 1) * 6;
      const next6 = share === 1 || !(px & 1) ? from : from + 6;
      const wx = x + (now[from] + now[next6]) / 2;
      const wy = y + (now[from + 1] + now[next6 + 1]) / 2;
      const fine = (now[from + 2] + now[next6 + 2]) / 2;
      const tone = now[from + 3];
      const patch = now[from + 4];
      const lit = (now[from + 5] + now[next6 + 5]) / 2;
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
      const here = q - q0 + (r - r0) * width;
      if (here < 0 || here > last) continue;
      const kind = kinds[here];
      let red = 0;
      let green = 0;
      let blue = 0;
      let slope = 0;
      let dry = 0;
      let water = 0;
      let fog = 0;
      let hidden = 0;
      let waiting = 0;
      const blend = 0.5 + 0.5 * tone + 0.7 * patch;
      if (plain[here]) {
        if (kind === UNKNOWN) continue;
        hidden = knowns[here] === KNOWN.NOBODY ? 1 : 0;
        waiting = ghosts[here] === GHOST.NONE ? 0 : 1;
        if (wet[kind]) {
          water = 1;
        } else {
          const m = Math.min(1, Math.max(0, blend * mottles[kind]));
          const c = kind * 3;
          red = first[c] + (second[c] - first[c]) * m;
          green = first[c + 1] + (second[c + 1] - first[c + 1]) * m;
          blue = first[c + 2] + (second[c + 2] - first[c + 2]) * m;
          slope = relief[kind];
          dry = 1;
        }
      } else {
        const cx = wx - (xq * q + xr * r);
        const cy = wy - (yq * q + yr * r);
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
        if (!total) continue;
        hidden /= total;
        waiting /= total;
        if (dry) {
          red /= dry;
          green /= dry;
          blue /= dry;
          slope /= dry;
        }
        if (fog) {
          // A feathered edge: inside what is known, so that nothing is drawn where nothing is known.
          const into = TO_DISTANCE * Math.log(total / fog) + 0.1 * fine;
          const open = Math.min(1, Math.max(0, (into + 0.03) / 0.24));
          raster.known[at] = 255 * open * open * (3 - 2 * open);
          if (!raster.known[at]) continue;
        }
      }
      if (!fog) raster.known[at] = 255;
      raster.hidden[at] = 255 * hidden;
      raster.ghost[at] = 255 * waiting;

      // Relief: the slope of the noise in the light, stronger on high ground.
      let shade = slope * lit + grain * 0.9 * fine + 7 * patch;
      let far = NO_SHORE;
      if (water && dry) far = TO_DISTANCE * Math.log(dry / water) + 0.035 * fine;
      else if (water) far = -NO_SHORE;
      if (far < 0) {
        // Water: shallow by the shore, deep far out; lines of surf that run along it.
        const out = -far;
        const near = out < 1 ? out : 1;
        const d = Math.min(4, Math.max(0, depthAt(fq, fr) - 0.9) + Math.min(0.9, near * 1.2));
        const a = d < 1.6 ? d / 1.6 : 1;
        const b = d < 1.6 ? 0 : Math.min(1, (d - 1.6) / 2.2);
        red = shallow[0] + (mid[0] - shallow[0]) * a + (deep[0] - mid[0]) * b;
        green = shallow[1] + (mid[1] - shallow[1]) * a + (deep[1] - mid[1]) * b;
        blue = shallow[2] + (mid[2] - shallow[2]) * a + (deep[2] - mid[2]) * b;
        shade = 5 * lit * (1 - 0.4 * b) + 5 * patch + grain * 0.35 * fine;
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
      } else if (far < 0.3) {
        const beach = Math.max(0, 1 - far / (0.13 + 0.07 * tone)) * (coarse ? 0.6 : 0.85);
        red += (sand[0] - red) * beach;
        green += (sand[1] - green) * beach;
        blue += (sand[2] - blue) * beach;
      }
      const edge = far < 1 && far > -1 ? crest(far, line * (pen ? 1.3 : 1)) * (pen ? 0.9 : 0.5) : 0;
      red += (shore[0] - red) * edge;
      green += (shore[1] - green) * edge;
      blue += (shore[2] - blue) * edge;
      const to = at * 4;
      data[to] = red + shade;
      data[to + 1] = green + shade;
      data[to + 2] = blue + shade * 0.85;
      data[to + 3] = 255;
    }
  }
  return raster;
}

/** Returns how strongly a line of a width is at a distance from its middle. @param {number} distance @param {number} width */
function crest(distance, width) {
  const d = Math.abs(distance);
  return d >= width * 1.6 ? 0 : d <= width * 0.6 ? 1 : (width * 1.6 - d) / width;
}
