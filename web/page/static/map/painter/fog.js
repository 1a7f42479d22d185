// @ts-check
/** The unknown: a seamless sheet of parchment or of cloud, in the colours of a theme. */

import { NOISE_SIDE, noiseAt, smoothNoise } from "./noise.js";
import { blank } from "./sprites.js";
import { themeOf } from "./themes.js";

/** Side of the sheet, in pixels. */
export const FOG_SIDE = 2 * NOISE_SIDE;

/** Returns the sheet as a picture file. @param {string} name of the theme @returns {Promise<Blob>} */
export async function fogPicture(name) {
  const canvas = fogTile(name);
  if ("convertToBlob" in canvas) return canvas.convertToBlob();
  return new Promise((done) => canvas.toBlob((blob) => done(/** @type {Blob} */ (blob))));
}

/** @param {string} name of the theme @returns {HTMLCanvasElement|OffscreenCanvas} */
function fogTile(name) {
  const theme = themeOf(name);
  const billows = smoothNoise(211, 4, 6);
  const bends = smoothNoise(223, 6, 3);
  const fibre = smoothNoise(227, 64, 2);
  const canvas = blank(FOG_SIDE, FOG_SIDE);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const image = pen.createImageData(FOG_SIDE, FOG_SIDE);
  const { data } = image;
  const [light, dark] = [theme.paper, theme.paperDark];
  for (let y = 0, to = 0; y < FOG_SIDE; y++)
    for (let x = 0; x < FOG_SIDE; x++, to += 4) {
      const bend = noiseAt(bends, x / 2, y / 2) * 14;
      const high = noiseAt(billows, x / 2 + bend, y / 2 - bend);
      // The billows are lit from the north-west, as all else is.
      const lit = high - noiseAt(billows, x / 2 + bend - 2, y / 2 - bend - 2);
      const t = Math.min(1, Math.max(0, 0.42 - high * 0.62));
      const shade = lit * (theme.pen ? 30 : 46) + noiseAt(fibre, x, y) * (theme.pen ? 7 : 4);
      for (let part = 0; part < 3; part++) data[to + part] = light[part] + (dark[part] - light[part]) * t + shade;
      data[to + 3] = 255;
    }
  pen.putImageData(image, 0, 0);
  return canvas;
}
