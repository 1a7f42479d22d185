// @ts-check
/** QR codes, against the worked examples of the standard. */

import { errorWords, qr } from "../core/qr.js";
import { check, equal, that } from "./check.js";

check("error codewords are those of the standard's example", () =>
  equal(errorWords([32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17], 10), [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]));

check("a code has its finders, its timing and its dark module", () => {
  for (const length of [2, 40, 100, 200]) {
    const grid = qr("x".repeat(length));
    const n = grid.length;
    for (const [x, y] of [[0, 0], [n - 7, 0], [0, n - 7]]) equal([grid[y][x], grid[y + 1][x + 1], grid[y + 3][x + 3]], [true, false, true]);
    for (let i = 8; i < n - 8; i++) equal([grid[6][i], grid[i][6]], [i % 2 === 0, i % 2 === 0]);
    equal(grid[n - 8][8], true);
  }
});

check("the format of a code is one of level M, written twice", () => {
  const grid = qr("http://127.0.0.1:8080/join/abcdefghijklmnop");
  const n = grid.length;
  const one = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => grid[8][x]).concat([7, 5, 4, 3, 2, 1, 0].map((y) => grid[y][8]));
  const two = Array.from({ length: 7 }, (_, i) => grid[n - 1 - i][8]).concat(Array.from({ length: 8 }, (_, i) => grid[8][n - 8 + i]));
  equal(one, two);
  const level = (Number(one[0]) ^ 1) * 2 + (Number(one[1]) ^ 0);
  equal(level, 0);
});

check("longer links take larger codes, too long ones none", () => {
  equal(["hi", "x".repeat(43), "x".repeat(200)].map((t) => qr(t).length), [21, 33, 57]);
  let refused = false;
  try {
    qr("x".repeat(300));
  } catch (error) {
    refused = error instanceof RangeError;
  }
  that(refused);
});
