// @ts-check
/** QR codes of links: byte mode, error correction M, versions 1 to 10. Source: ISO/IEC 18004, tables 7, 9 and annexes A, C, D. */

/** Per version: data codewords of each block, error codewords of a block. @type {[number[], number][]} */
const BLOCKS = [
  [[16], 10], [[28], 16], [[44], 26], [[32, 32], 18], [[43, 43], 24], [[27, 27, 27, 27], 16], [[31, 31, 31, 31], 18],
  [[38, 38, 39, 39], 22], [[36, 36, 36, 37, 37], 22], [[43, 43, 43, 43, 44], 26],
];
const ALIGN = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = EXP[i + 255] = x;
  LOG[x] = i;
  x = x & 128 ? (x << 1) ^ 0x11d : x << 1;
}
const times = (/** @type {number} */ a, /** @type {number} */ b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

/** Returns the error codewords of a block (Reed–Solomon). @param {number[]} data @param {number} n */
export function errorWords(data, n) {
  let poly = [1];
  for (let i = 0; i < n; i++) poly = [...poly, 0].map((c, j) => c ^ times(poly[j - 1] ?? 0, EXP[i]));
  const rest = [...data, ...Array(n).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const lead = rest[i];
    if (lead) poly.forEach((c, j) => (rest[i + j] ^= times(c, lead)));
  }
  return rest.slice(data.length);
}

/** Returns the modules of the code, rows of booleans, true is dark. Raises RangeError for more than 213 bytes. @param {string} text @returns {boolean[][]} */
export function qr(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = BLOCKS.findIndex(([data], i) => bytes.length + (i < 9 ? 2 : 3) <= sum(data)) + 1;
  if (!version) throw new RangeError(`too long for a code: ${bytes.length} bytes`);
  const words = interleave(version, dataWords(version, bytes));
  const size = 17 + 4 * version;
  /** @type {(boolean|null)[][]} */
  const base = Array.from({ length: size }, () => Array(size).fill(null));
  furnish(base, version);
  const fixed = base.map((row) => row.map((cell) => cell !== null));
  place(base, words, version);
  let best = null;
  let least = Infinity;
  for (let mask = 0; mask < 8; mask++) {
    const grid = base.map((row, y) => row.map((cell, x) => (fixed[y][x] ? cell === true : (cell === true) !== MASKS[mask](x, y))));
    format(grid, mask);
    const cost = penalty(grid);
    if (cost < least) [best, least] = [grid, cost];
  }
  return /** @type {boolean[][]} */ (best);
}

const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);

/** @param {number} version @param {number[]} bytes */
function dataWords(version, bytes) {
  const total = sum(BLOCKS[version - 1][0]);
  let bits = "0100" + bytes.length.toString(2).padStart(version < 10 ? 8 : 16, "0") + bytes.map((b) => b.toString(2).padStart(8, "0")).join("");
  bits += "0".repeat(Math.min(4, total * 8 - bits.length));
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  const words = (bits.match(/.{8}/g) ?? []).map((b) => parseInt(b, 2));
  for (let pad = 0xec; words.length < total; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** @param {number} version @param {number[]} words */
function interleave(version, words) {
  const [sizes, n] = BLOCKS[version - 1];
  let from = 0;
  const blocks = sizes.map((size) => words.slice(from, (from += size)));
  const errors = blocks.map((b) => errorWords(b, n));
  const out = [];
  for (let i = 0; i < Math.max(...sizes); i++) for (const b of blocks) if (i < b.length) out.push(b[i]);
  for (let i = 0; i < n; i++) for (const e of errors) out.push(e[i]);
  return out;
}

/** Draws what every code of a version has. @param {(boolean|null)[][]} grid @param {number} version */
function furnish(grid, version) {
  const size = grid.length;
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]])
    for (let y = -4; y <= 4; y++)
      for (let x = -4; x <= 4; x++) {
        const ring = Math.max(Math.abs(x), Math.abs(y));
        if (grid[cy + y]?.[cx + x] !== undefined) grid[cy + y][cx + x] = ring !== 2 && ring !== 4;
      }
  const at = ALIGN[version - 1];
  for (const cy of at)
    for (const cx of at) {
      if (grid[cy][cx] !== null) continue;
      for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) grid[cy + y][cx + x] = Math.max(Math.abs(x), Math.abs(y)) !== 1;
    }
  for (let i = 8; i < size - 8; i++) grid[6][i] = grid[i][6] = i % 2 === 0;
  format(grid, 0);
  if (version < 7) return;
  let rest = version;
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
    grid[b][a] = grid[a][b] = ((bits >> i) & 1) === 1;
  }
}

/** Writes level M and the mask. @param {(boolean|null)[][]} grid @param {number} mask */
function format(grid, mask) {
  const size = grid.length;
  let rest = mask;
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  const bit = (/** @type {number} */ i) => ((bits >> i) & 1) === 1;
  for (let i = 0; i < 6; i++) grid[i][8] = bit(i);
  grid[7][8] = bit(6);
  grid[8][8] = bit(7);
  grid[8][7] = bit(8);
  for (let i = 9; i < 15; i++) grid[8][14 - i] = bit(i);
  for (let i = 0; i < 8; i++) grid[8][size - 1 - i] = bit(i);
  for (let i = 8; i < 15; i++) grid[size - 15 + i][8] = bit(i);
  grid[size - 8][8] = true;
}

/** @param {(boolean|null)[][]} grid @param {number[]} words @param {number} version */
function place(grid, words, version) {
  const size = 17 + 4 * version;
  let i = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let n = 0; n < size; n++)
      for (const x of [right, right - 1]) {
        const y = upward ? size - 1 - n : n;
        if (grid[y][x] !== null) continue;
        grid[y][x] = ((words[i >> 3] ?? 0) >> (7 - (i & 7)) & 1) === 1;
        i++;
      }
  }
}

/** @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0, (_, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** @param {boolean[][]} grid */
function penalty(grid) {
  const size = grid.length;
  let cost = 0;
  let dark = 0;
  for (const across of [true, false])
    for (let a = 0; a < size; a++) {
      let text = "";
      for (let b = 0; b < size; b++) text += (across ? grid[a][b] : grid[b][a]) ? "1" : "0";
      for (const run of text.match(/0{5,}|1{5,}/g) ?? []) cost += run.length - 2;
      for (const find of ["10111010000", "00001011101"]) for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + 1)) cost += 40;
    }
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      dark += Number(grid[y][x]);
      const c = grid[y][x];
      if (x && y && grid[y - 1][x] === c && grid[y][x - 1] === c && grid[y - 1][x - 1] === c) cost += 3;
    }
  return cost + Math.floor(Math.abs((dark * 20) / (size * size) - 10)) * 10;
}
