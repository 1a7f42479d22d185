// @ts-check
/** Terrain, and what of it is shown: to this viewer (`shown`), and, for a DM, to whom else (`viewers`). */

import { parseKey } from "../hex.js";
import { TileMap } from "../tilemap.js";

/** @typedef {import("../reduce.js").Room} Room */

/** @param {Room} room @param {import("../types.js").Message} m @returns {Room} */
export function reduceHexes(room, m) {
  switch (m.type) {
    case "session:state":
      return {
        ...room,
        terrain: new TileMap().with(m.painted ? painted(m.painted) : ground(m.terrain)),
        shown: new TileMap()
          .with(each(m.revealedHexes, "full"))
          .with(
            (m.tiers ?? []).map((/** @type {{key: string, tier: import("../types.js").Tier}} */ t) =>
              at(t.key, t.tier),
            ),
          ),
        viewers: new TileMap().with(
          (m.reveals ?? []).map((/** @type {{key: string, viewers: import("../types.js").Viewers}} */ t) =>
            at(t.key, t.viewers),
          ),
        ),
      };
    case "hex:revealed": {
      const next = {
        ...room,
        terrain: room.terrain.with(ground(m.terrain)),
        shown: room.shown.with(each(m.hexKeys, m.tier ?? "full")),
      };
      return m.viewers ? { ...next, viewers: room.viewers.with(each(m.hexKeys, seen(m.viewers))) } : next;
    }
    case "hex:hidden":
      // A DM goes on seeing the terrain; for a player it is gone with the hex.
      if (room.role === "dm") {
        const left = seen(m.viewers);
        return {
          ...room,
          viewers: room.viewers.with(each(m.hexKeys, left)),
          shown: left ? room.shown : room.shown.with(each(m.hexKeys, undefined)),
        };
      }
      return {
        ...room,
        shown: room.shown.with(each(m.hexKeys, undefined)),
        terrain: room.terrain.with(each(m.hexKeys, undefined)),
      };
    case "hex:updated":
      return { ...room, terrain: room.terrain.with(ground(m.changes)) };
    default:
      return room;
  }
}

/** Returns undefined where nobody sees the hex. @param {import("../types.js").Viewers|undefined} viewers */
const seen = (viewers) =>
  viewers && (viewers.everyone !== "hidden" || Object.values(viewers.apart ?? {}).some((t) => t !== "hidden"))
    ? viewers
    : undefined;

/** @template V @param {string} key @param {V} value @returns {[number, number, V]} */
function at(key, value) {
  const { q, r } = parseKey(key);
  return [q, r, value];
}

/** @template V @param {string[]|undefined} keys @param {V} value */
const each = (keys, value) => (keys ?? []).map((key) => at(key, value));

/** Equal grounds are one object, so that 40 000 hexes are cheap. @type {Map<string, import("../types.js").Ground>} */
const interned = new Map();

/** Yields the hexes of runs `[q, r, n]` with what they are made of. @param {{terrain: string, variant?: number, runs: [number, number, number][]}[]} all
 * @returns {Generator<[number, number, import("../types.js").Ground]>} */
function* painted(all) {
  for (const { terrain, variant = 0, runs } of all) {
    const value = groundOf(terrain, variant);
    for (const [q, r, n] of runs) for (let step = 0; step < n; step++) yield [q + step, r, value];
  }
}

/** @param {string} terrain @param {number} variant */
function groundOf(terrain, variant) {
  const id = `${terrain}/${variant}`;
  let value = interned.get(id);
  if (!value) interned.set(id, (value = { terrain, variant }));
  return value;
}

/** @param {{key: string, terrain: string|null, variant?: number}[]|undefined} entries */
const ground = (entries) =>
  (entries ?? []).map((entry) => {
    if (!entry.terrain) return at(entry.key, undefined);
    return at(entry.key, groundOf(entry.terrain, entry.variant ?? 0));
  });
