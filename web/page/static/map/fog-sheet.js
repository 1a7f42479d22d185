// @ts-check
/** The unknown behind the land: a sheet that goes with the map and drifts by itself, slowly. The compositor moves it; no frame is drawn for it. */

import { h } from "../ui/elements.js";

/** As painter/fog.js makes it. */
const SHEET = 512;

/** @typedef {import("./camera.js").Camera} Camera */

/** Returns the sheet; `take` lays a theme's picture on it. */
export function createFogSheet() {
  const sheet = h("div");
  const node = h(".fog", sheet);
  let url = "";
  /** @type {Camera|null} */
  let last = null;
  let shift = { x: 0, y: 0 };

  return {
    node,
    take(/** @type {Blob} */ picture) {
      URL.revokeObjectURL(url);
      url = URL.createObjectURL(picture);
      sheet.style.backgroundImage = `url("${url}")`;
    },
    /** Goes where the middle of the view went. @param {Camera} camera */
    follow(camera) {
      if (last) shift = { x: wrapped(shift.x - (camera.x - last.x) * camera.scale), y: wrapped(shift.y - (camera.y - last.y) * camera.scale) };
      last = camera;
      node.style.transform = `translate(${shift.x - SHEET}px, ${shift.y - SHEET}px)`;
    },
  };
}

/** @param {number} v */
const wrapped = (v) => ((v % SHEET) + SHEET) % SHEET;
