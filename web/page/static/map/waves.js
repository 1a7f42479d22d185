// @ts-check
/** The moment of the evening: what was unknown opens in a wave from where the brush was, with a rim of lamplight; and it closes again. */

import { spotOfKey } from "../model/hex.js";

/** How long a wave takes, once all that it brings is painted. */
export const WAVE_MS = 800;
/** A wave whose squares do not come is not waited for. */
const PATIENCE_MS = 8000;
const FEATHER = 1.6;

/** @typedef {{x: number, y: number, far: number, asked: number, at: number|null, kind: string, keys: string[]}} Wave  x, y, far: world units */

/** Returns the waves under way. */
export function createWaves() {
  /** @type {Wave[]} */
  let waves = [];
  return {
    any: () => waves.length > 0,
    clear: () => { waves = []; },
    /** Begins one over hexes. @param {string[]} keys @param {string} kind "reveal" or "hide" @param {any} map @param {number} now */
    add(keys, kind, map, now) {
      const spots = keys.map((key) => spotOfKey(map, key));
      const x = spots.reduce((sum, p) => sum + p.x, 0) / spots.length;
      const y = spots.reduce((sum, p) => sum + p.y, 0) / spots.length;
      const far = spots.reduce((most, p) => Math.max(most, Math.hypot(p.x - x, p.y - y)), 0) + map.hexSize * (1 + FEATHER);
      waves.push({ x, y, far, asked: now, at: null, kind, keys });
    },
    /** What a wave brings is there: the clocks of those that waited start. @param {number} now */
    arrived(now) {
      for (const wave of waves) wave.at ??= now;
    },
    /** Lets go of those that are over; returns whether any goes on. @param {number} now */
    go(now) {
      waves = waves.filter((w) => (w.at === null ? now - w.asked < PATIENCE_MS : now - w.at < WAVE_MS));
      return waves.length > 0;
    },
    /** Draws on a mask how far each has come: opaque where it has passed. @param {CanvasRenderingContext2D} pen @param {number} now
     * @param {(x: number, y: number) => {x: number, y: number}} place to device pixels @param {number} scale device pixels a world unit @param {number} size of a hex, world units */
    mask(pen, now, place, scale, size) {
      for (const wave of waves) {
        if (wave.at === null) continue;
        const front = frontOf(wave, now) * scale;
        if (front <= 1) continue;
        const p = place(wave.x, wave.y);
        const soft = FEATHER * size * scale;
        const fade = pen.createRadialGradient(p.x, p.y, Math.max(0, front - soft), p.x, p.y, front);
        fade.addColorStop(0, "rgb(0 0 0 / 1)");
        fade.addColorStop(1, "rgb(0 0 0 / 0)");
        pen.fillStyle = fade;
        pen.fillRect(p.x - front, p.y - front, front * 2, front * 2);
      }
    },
    /** Draws the rim of light where the fronts are, on their hexes only. @param {CanvasRenderingContext2D} pen @param {number} now
     * @param {{place: (k: string) => {x: number, y: number}, shape: number[], lamp: string, size: number, screen: (x: number, y: number) => {x: number, y: number}, scale: number}} how */
    rim(pen, now, { place, shape, lamp, size, screen, scale }) {
      for (const wave of waves) {
        if (wave.at === null) continue;
        const t = (now - wave.at) / WAVE_MS;
        const front = frontOf(wave, now) * scale;
        const p = screen(wave.x, wave.y);
        const wide = size * scale * 1.5;
        const band = pen.createRadialGradient(p.x, p.y, Math.max(0, front - wide), p.x, p.y, front + 1);
        band.addColorStop(0, "rgb(255 224 150 / 0)");
        band.addColorStop(0.7, lamp);
        band.addColorStop(1, "rgb(255 224 150 / 0)");
        pen.save();
        pen.beginPath();
        for (const key of wave.keys.slice(0, 800)) {
          const at = place(key);
          pen.moveTo(at.x + shape[0], at.y + shape[1]);
          for (let i = 2; i < 12; i += 2) pen.lineTo(at.x + shape[i], at.y + shape[i + 1]);
          pen.closePath();
        }
        pen.clip();
        pen.globalAlpha = (wave.kind === "hide" ? 0.25 : 0.75) * Math.sin(Math.PI * Math.min(1, Math.max(0, 0.08 + t * 0.92)));
        pen.fillStyle = band;
        pen.fillRect(p.x - front - wide, p.y - front - wide, (front + wide) * 2, (front + wide) * 2);
        pen.restore();
      }
    },
  };
}

/** Returns how far the front of a wave has come, in world units. @param {Wave} wave @param {number} now */
function frontOf(wave, now) {
  const t = Math.min(1, (now - (wave.at ?? now)) / WAVE_MS);
  return wave.far * (1 - (1 - t) ** 2.2);
}
