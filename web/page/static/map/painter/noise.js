// @ts-check
/** Repeatable chance: hashes of places, and a square of smooth noise that can be laid without seams.
 * Nothing here knows a campaign: the same hex looks the same in each, so its look tells nothing of the land around. */

/** Side of the noise, in texels; a power of two. */
export const NOISE_SIDE = 256;

/** Returns a number in [0, 1) for a place and a purpose. @param {number} x @param {number} y @param {number} [salt] */
export function hash(x, y, salt = 0) {
  let h = (Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(salt, 1442695041)) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) / 4294967296;
}

/** Returns a repeatable sequence of chances. @param {number} seed @returns {() => number} */
export function chances(seed) {
  let n = 0;
  return () => hash(seed, n++, 7919);
}

/** Returns NOISE_SIDE² values in [-1, 1], seamless in both directions: octaves of smoothed lattice noise.
 * @param {number} seed @param {number} cells lattice cells a side in the first octave @param {number} octaves @returns {Float32Array} */
export function smoothNoise(seed, cells, octaves) {
  const out = new Float32Array(NOISE_SIDE * NOISE_SIDE);
  let total = 0;
  for (let octave = 0, strength = 1, n = cells; octave < octaves; octave++, strength /= 2, n *= 2) {
    addOctave(out, seed + octave, n, strength);
    total += strength;
  }
  let most = 0;
  for (let i = 0; i < out.length; i++) most = Math.max(most, Math.abs(out[i]));
  for (let i = 0; i < out.length; i++) out[i] /= most || total;
  return out;
}

/** @param {Float32Array} out @param {number} seed @param {number} n @param {number} strength */
function addOctave(out, seed, n, strength) {
  const step = n / NOISE_SIDE;
  const lattice = new Float64Array(n * n);
  for (let y = 0, i = 0; y < n; y++) for (let x = 0; x < n; x++, i++) lattice[i] = hash(x, y, seed);
  const cells = Int32Array.from({ length: NOISE_SIDE }, (_, at) => Math.floor(at * step));
  const next = cells.map((cell) => (cell + 1) % n);
  const share = Float64Array.from(cells, (cell, at) => smooth(at * step - cell));
  for (let y = 0, i = 0; y < NOISE_SIDE; y++) {
    const v = share[y];
    const top = cells[y] * n;
    const low = next[y] * n;
    for (let x = 0; x < NOISE_SIDE; x++, i++) {
      const u = share[x];
      const a = lattice[top + cells[x]];
      const b = lattice[top + next[x]];
      const c = lattice[low + cells[x]];
      const d = lattice[low + next[x]];
      out[i] += strength * (2 * (a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v) - 1);
    }
  }
}

/** @param {number} t */
const smooth = (t) => t * t * (3 - 2 * t);

/** Returns the noise at a place, blended between texels. @param {Float32Array} noise @param {number} x @param {number} y in texels */
export function noiseAt(noise, x, y) {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = x - x0;
  const v = y - y0;
  const left = x0 & 255;
  const right = (x0 + 1) & 255;
  const top = (y0 & 255) << 8;
  const low = ((y0 + 1) & 255) << 8;
  const a = noise[top | left];
  const c = noise[low | left];
  return (a + (noise[top | right] - a) * u) * (1 - v) + (c + (noise[low | right] - c) * u) * v;
}
