// @ts-check
/** The moment of the evening: fog lifts from the middle outwards, with a rim of lamplight; and it closes again. */

import { parseKey } from "../model/hex.js";
import { outline } from "./canvas.js";

const LIFT_MS = 900;
const SPREAD_MS = 650;

/** Returns the animations under way. */
export function createReveals() {
  /** @type {Map<string, {kind: string, at: number}>} */
  const running = new Map();
  return {
    clear: () => running.clear(),
    /** @param {string[]} keys @param {"reveal"|"hide"} kind @param {number} now */
    add(keys, kind, now) {
      const hexes = keys.map(parseKey);
      const q0 = hexes.reduce((s, h) => s + h.q, 0) / hexes.length;
      const r0 = hexes.reduce((s, h) => s + h.r, 0) / hexes.length;
      const far = hexes.map((h) => (Math.abs(h.q - q0) + Math.abs(h.r - r0) + Math.abs(h.q + h.r - q0 - r0)) / 2);
      const most = Math.max(1, ...far);
      keys.forEach((key, i) => running.set(key, { kind, at: now + (far[i] / most) * Math.min(SPREAD_MS, most * 130) }));
    },
    /** Draws them; returns whether any goes on.
     * @param {CanvasRenderingContext2D} pen @param {number} time
     * @param {{place: (k: string) => {x: number, y: number}, inside: (p: any) => boolean, shape: number[], px: number, look: any, dm: boolean}} how */
    draw(pen, time, { place, inside, shape, px, look, dm }) {
      for (const [key, { kind, at }] of running) {
        const t = (time - at) / (kind === "hide" ? LIFT_MS * 0.6 : LIFT_MS);
        if (t >= 1) {
          running.delete(key);
          continue;
        }
        const p = place(key);
        if (!inside(p)) continue;
        const path = new Path2D();
        const part = Math.max(0, t);
        if (kind === "hide") {
          // The fog is there already; a breath of light goes out over it.
          pen.globalAlpha = 0.35 * (1 - part);
          pen.fillStyle = look.lamp;
          outline(path, shape, p.x, p.y);
          pen.fill(path);
          continue;
        }
        const lift = 1 - (1 - part) ** 3;
        outline(path, shape.map((v) => v * (1 - 0.35 * lift)), p.x, p.y - px * 0.12 * lift);
        pen.globalAlpha = (1 - lift) * (dm ? look.veil : 1);
        pen.fillStyle = dm ? look.veilInk : look.unknown;
        if (part < 0.02) {
          const whole = new Path2D();
          outline(whole, shape, p.x, p.y);
          pen.fill(whole);
        } else pen.fill(path);
        if (t < 0) continue;
        const rim = new Path2D();
        outline(rim, shape.map((v) => v * (0.55 + 0.43 * lift)), p.x, p.y);
        pen.globalAlpha = Math.sin(Math.PI * Math.min(1, part * 1.15)) * 0.9;
        pen.strokeStyle = look.lamp;
        pen.lineWidth = Math.max(1.2, px * 0.09 * (1 - part));
        pen.stroke(rim);
        pen.globalAlpha *= 0.22;
        pen.fillStyle = look.lamp;
        pen.fill(rim);
      }
      pen.globalAlpha = 1;
      return running.size > 0;
    },
  };
}
