// @ts-check
/** Terrain, and what of it is shown: to this viewer (`shown`), and, for a DM, to whom else (`viewers`). */

import { parseKey } from "../hex.js";
import { TileMap } from "../tilemap.js";

/** @typedef {import("../reduce.js").Room} Room */

/** @param {Room} room @param {any} m @returns {Room} */
export function reduceHexes(room, m) {
  switch (m.type) {
    case "session:state":
      return {
        ...room,
        terrain: new TileMap().with(ground(m.terrain)),
        shown: new TileMap()
          .with(each(m.revealedHexes, "full"))
          .with((m.tiers ?? []).map((/** @type {any} */ t) => at(t.key, t.tier))),
        viewers: new TileMap().with((m.reveals ?? []).map((/** @type {any} */ t) => at(t.key, t.viewers))),
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

/** Returns undefined where nobody sees the hex. @param {any} viewers */
const seen = (viewers) =>
  viewers && (viewers.everyone !== "hidden" || Object.values(viewers.apart ?? {}).some((t) => t !== "hidden"))
    ? viewers
    : undefined;

/** @param {string} key @param {any} value @returns {[number, number, any]} */
function at(key, value) {
  const { q, r } = parseKey(key);
  return [q, r, value];
}

/** @param {string[]|undefined} keys @param {any} value */
const each = (keys, value) => (keys ?? []).map((key) => at(key, value));

/** Equal grounds are one object, so that 40 000 hexes are cheap. @type {Map<string, any>} */
const interned = new Map();

/** @param {any[]|undefined} entries */
const ground = (entries) =>
  (entries ?? []).map((entry) => {
    if (!entry.terrain) return at(entry.key, undefined);
    const id = `${entry.terrain}/${entry.variant ?? 0}`;
    let value = interned.get(id);
    if (!value) interned.set(id, (value = { terrain: entry.terrain, variant: entry.variant ?? 0 }));
    return at(entry.key, value);
  });
