// @ts-check
/** The land behind the first screens: a small map in the fog, lit where the lantern goes. */

import { fromPoint, toPoint, disc, keyOf, within, bounds } from "../model/hex.js";
import { createStore } from "../model/store.js";
import { reduce, seenRoom } from "../model/reduce.js";
import { h } from "../ui/elements.js";
import { chanceOf } from "../map/glyphs.js";
import { look } from "../map/theme.js";
import { createScene } from "../map/scene.js";

const MAP = { name: "", gridWidth: 34, gridHeight: 24, hexSize: 30, orientation: /** @type {"flat"} */ ("flat") };

/** Returns land by a few waves; enough for a picture. @param {number} q @param {number} r */
function landAt(q, r) {
  const p = toPoint(q, r, "flat", 1);
  const high =
    Math.sin(p.x * 0.21 + 1.3) +
    Math.cos(p.y * 0.24 - p.x * 0.07) +
    0.6 * Math.sin(p.x * 0.55 + p.y * 0.43) +
    0.35 * Math.cos(p.y * 0.9 - p.x * 0.3);
  const wet = Math.sin(p.x * 0.33 - 2 + p.y * 0.2) + Math.cos(p.y * 0.41 + 0.6);
  if (high < -0.75) return "water";
  if (high < -0.45) return "coast";
  if (high > 1.55) return "mountain";
  if (high > 0.95) return "hills";
  return wet > 0.75
    ? "forest"
    : wet < -1.1
      ? "desert"
      : wet > 0.3 && high < 0
        ? "swamp"
        : wet > 0.1
          ? "forest"
          : "plains";
}

/** Returns the picture. It is decoration; with reduced motion it stands still. */
export function scape() {
  const host = h(".scape", { aria: { hidden: true } });
  const room = createStore(seenRoom(MAP, []));
  const scene = createScene(host, {
    look: () => ({ ...look(), labels: false }),
    style: () => ({ style: "ccrr", origin: 1 }),
  });
  scene.show(room);
  scene.fly({ x: 720, y: 620, scale: 1.15 });
  const inside = new Set();
  within(bounds(MAP), MAP, (q, r) => inside.add(keyOf(q, r)));
  /** @type {Map<string, number>} */
  const lit = new Map();
  const light = (
    /** @type {number} */ q,
    /** @type {number} */ r,
    /** @type {number} */ radius,
    /** @type {number} */ ms,
  ) => {
    const fresh = [];
    for (const hex of disc({ q, r }, radius)) {
      const key = keyOf(hex.q, hex.r);
      if (!inside.has(key)) continue;
      if (!lit.has(key)) fresh.push(key);
      lit.set(key, Math.max(lit.get(key) ?? 0, Date.now() + ms));
    }
    if (!fresh.length) return;
    room.set(
      reduce(room.get(), {
        type: "hex:revealed",
        hexKeys: fresh,
        tier: "full",
        terrain: fresh.map((key) => {
          const [a, b] = key.split(",").map(Number);
          return { key, terrain: landAt(a, b) };
        }),
      }),
    );
    scene.animate(fresh, "reveal");
  };
  const middle = fromPoint(730, 470, "flat", MAP.hexSize);
  light(middle.q, middle.r, 4, 3e8);
  light(middle.q - 4, middle.r + 4, 2, 3e8);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return { node: host, close: scene.close };
  let last = 0;
  const move = (/** @type {PointerEvent} */ e) => {
    if (e.timeStamp - last < 70) return;
    last = e.timeStamp;
    const box = host.getBoundingClientRect();
    const hex = scene.hexAt(e.clientX - box.left, e.clientY - box.top);
    light(hex.q, hex.r, 1, 9000);
  };
  addEventListener("pointermove", move);
  const chance = chanceOf(Date.now() & 0xffff);
  let at = middle;
  const dim = setInterval(() => {
    const gone = [...lit].filter(([, until]) => until < Date.now()).map(([key]) => key);
    for (const key of gone) lit.delete(key);
    if (gone.length) {
      room.set(reduce(room.get(), { type: "hex:hidden", hexKeys: gone }));
      scene.animate(gone, "hide");
    }
    // A party of its own wanders, so that the land lives without a hand on it.
    at = { q: at.q + Math.round(chance() * 2 - 1), r: at.r + Math.round(chance() * 2 - 1) };
    if (Math.abs(at.q - middle.q) + Math.abs(at.r - middle.r) > 12) at = middle;
    light(at.q, at.r, 1, 12_000);
  }, 1400);
  return {
    node: host,
    close: () => {
      clearInterval(dim);
      removeEventListener("pointermove", move);
      scene.close();
    },
  };
}
