// @ts-check
/** How large a picture is, by the head of its file. */

import { sizeOf } from "/static/model/picture-size.js";
import { check, equal } from "./check.js";

const encoded = async (/** @type {string} */ type) => {
  const canvas = new OffscreenCanvas(337, 41);
  canvas.getContext("2d")?.fillRect(5, 5, 90, 20);
  const blob = await canvas.convertToBlob({ type });
  equal(blob.type, type);
  return new Uint8Array(await blob.arrayBuffer());
};

check("the head of a picture says how large it is, without it being decoded", async () => {
  for (const type of ["image/png", "image/jpeg", "image/webp"]) {
    const file = await encoded(type);
    equal(sizeOf(file), { width: 337, height: 41 });
    equal(sizeOf(file.slice(0, 12)), null);
  }
});

check("large WebPs say it in a head of another kind", () => {
  const text = (/** @type {string} */ s) => [...s].map((c) => c.charCodeAt(0));
  const extended = [
    ...text("RIFF"),
    0,
    0,
    0,
    0,
    ...text("WEBPVP8X"),
    10,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0xff,
    0x3f,
    0,
    0x0f,
    0x27,
    0,
  ];
  equal(sizeOf(new Uint8Array(extended)), { width: 16_384, height: 10_000 });
  // 14 bits each, less one.
  const lossless = [...text("RIFF"), 0, 0, 0, 0, ...text("WEBPVP8L"), 5, 0, 0, 0, 0x2f, 0xfe, 0x4f, 0, 0];
  equal(sizeOf(new Uint8Array(lossless)), { width: 4095, height: 2 });
});

check("what is no picture has no size", () => {
  for (const bytes of [[], [1, 2, 3], [0xff, 0xd8, 0, 0, 0, 2], [0x52, 0x49, 0x46, 0x46, ...Array(40).fill(0)]])
    equal(sizeOf(new Uint8Array(bytes)), null);
});
