// @ts-check
/** Where one looks: a centre in the world and a scale. All functions return new cameras. */

/** @typedef {{x: number, y: number, scale: number}} Camera  scale: CSS pixels per world unit */
/** @typedef {{w: number, h: number}} Size  CSS pixels */
/** @typedef {{x: number, y: number, w: number, h: number}} Rect */

/** Returns the camera that shows a world rectangle whole. @param {Rect} rect @param {Size} size @param {number} [margin] @returns {Camera} */
export const fit = (rect, size, margin = 40) => ({
  x: rect.x + rect.w / 2,
  y: rect.y + rect.h / 2,
  scale: Math.max(0.01, Math.min((size.w - margin) / rect.w, (size.h - margin) / rect.h)),
});

/** Moves the world by screen pixels. @param {Camera} camera @param {number} dx @param {number} dy @returns {Camera} */
export const pan = (camera, dx, dy) => ({ ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale });

/** Zooms by a factor; the world point under the screen point stays. @param {Camera} camera @param {Size} size
 * @param {number} factor @param {{x: number, y: number}} at @param {{min: number, max: number}} limits @returns {Camera} */
export function zoomAt(camera, size, factor, at, { min, max }) {
  const scale = Math.min(max, Math.max(min, camera.scale * factor));
  const world = toWorld(camera, size, at.x, at.y);
  return { scale, x: world.x - (at.x - size.w / 2) / scale, y: world.y - (at.y - size.h / 2) / scale };
}

/** @param {Camera} camera @param {Size} size @param {number} x @param {number} y */
export const toWorld = (camera, size, x, y) => ({ x: camera.x + (x - size.w / 2) / camera.scale, y: camera.y + (y - size.h / 2) / camera.scale });

/** @param {Camera} camera @param {Size} size @param {number} x @param {number} y */
export const toScreen = (camera, size, x, y) => ({ x: (x - camera.x) * camera.scale + size.w / 2, y: (y - camera.y) * camera.scale + size.h / 2 });

/** Returns the world rectangle on the screen. @param {Camera} camera @param {Size} size @returns {Rect} */
export const visible = (camera, size) => ({
  x: camera.x - size.w / 2 / camera.scale, y: camera.y - size.h / 2 / camera.scale, w: size.w / camera.scale, h: size.h / camera.scale,
});

/** Keeps the centre on the map. @param {Camera} camera @param {Rect} rect @returns {Camera} */
export const clamp = (camera, rect) => ({
  ...camera,
  x: Math.min(rect.x + rect.w, Math.max(rect.x, camera.x)),
  y: Math.min(rect.y + rect.h, Math.max(rect.y, camera.y)),
});
