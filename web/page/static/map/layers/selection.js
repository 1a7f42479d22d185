// @ts-check
/** What hands do on the map: hover, selection, the stroke of a brush, what waits for the server, what is pointed at. */

import { caption, letter, outline, ring } from "../canvas.js";

const PING_MS = 3000;
const TINTS = { reveal: "#f2b84b", hide: "#5d7cb8", paint: "#7fa06b", staged: "#b18cf0" };

/** Returns whether something moves. @param {CanvasRenderingContext2D} pen @param {import("../scene.js").Overlay} overlay
 * @param {{place: (k: string) => {x: number, y: number}, inside: (p: any) => boolean, shape: number[], px: number, time: number, look: any, calm: boolean}} how */
export function drawSelection(pen, overlay, { place, inside, shape, px, time, look, calm }) {
  /** Paths of a hundred hexes each: the time to build one grows with its square. @param {Iterable<string>} keys */
  const around = (keys) => {
    const paths = [new Path2D()];
    let n = 0;
    for (const key of keys) {
      const p = place(key);
      if (!inside(p)) continue;
      if (++n % 100 === 0) paths.push(new Path2D());
      outline(paths[paths.length - 1], shape, p.x, p.y);
    }
    return paths;
  };
  const wash = (/** @type {Iterable<string>} */ keys, /** @type {string} */ color, /** @type {number} */ alpha, dash = false) => {
    pen.fillStyle = pen.strokeStyle = color;
    pen.lineWidth = Math.max(1.25, px * 0.05);
    if (dash && px > 8) pen.setLineDash([px * 0.22, px * 0.16]);
    for (const path of around(keys)) {
      pen.globalAlpha = alpha;
      pen.fill(path);
      pen.globalAlpha = 0.95;
      if (px > 5) pen.stroke(path);
    }
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  };
  pen.lineJoin = "round";
  if (overlay.fresh) wash(overlay.fresh, look.lamp, 0.12);
  wash(overlay.staged, TINTS.staged, 0.12, true);
  if (overlay.marked) wash(overlay.marked, TINTS.staged, 0.34, true);
  if (overlay.waiting.size) wash(overlay.waiting, look.lamp, 0.16, true);
  if (overlay.brush) wash(overlay.brush, /** @type {any} */ (TINTS)[overlay.brushKind] ?? TINTS.reveal, 0.3);
  for (const [key, width, color] of [[overlay.hover, 1.5, "rgb(255 255 255 / .75)"], [overlay.selected, 3, look.lamp]]) {
    if (!key) continue;
    const [path] = around([key]);
    pen.lineWidth = width + 2;
    pen.strokeStyle = "rgb(16 20 22 / .65)";
    pen.stroke(path);
    pen.lineWidth = width;
    pen.strokeStyle = color;
    pen.stroke(path);
  }
  overlay.pings = overlay.pings.filter((p) => time - p.at < PING_MS);
  for (const ping of overlay.pings) {
    const p = place(ping.key);
    const age = (time - ping.at) / PING_MS;
    pen.strokeStyle = look.lamp;
    pen.globalAlpha = 1 - age;
    pen.lineWidth = 3;
    for (const wave of calm ? [0.5] : [0, 0.33, 0.66]) {
      ring(pen, p.x, p.y, Math.max(14, px * 0.5) * (calm ? 1 : 0.4 + ((age * 3 + wave) % 1) * 1.2));
      pen.stroke();
    }
    if (ping.name) {
      letter(pen, 600, 13);
      caption(pen, ping.name, p.x, p.y - px - 12);
    }
    pen.globalAlpha = 1;
  }
  return overlay.pings.length > 0;
}
