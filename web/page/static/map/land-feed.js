// @ts-check
/** What the painter is told of a room: of each hex that this viewer knows, its kind, who knows it, and what waits for it. */

import { parseKey } from "../model/hex.js";

/** As in painter/land.js; the painter is no part of the page's own script. */
const OPEN = 1;
const [NOBODY, SOME, AFAR, FULL] = [0, 1, 2, 3];
const [NONE, REVEAL, HIDE, TERRAIN] = [0, 1, 2, 3];

/** @typedef {import("../model/reduce.js").Room} Room */
/** @typedef {Map<string, {ghost: number, terrain?: string}>} Ghosts */

/** Returns what a DM's staged changes will do to hexes, later ones over earlier ones. @param {Room} room @returns {Ghosts} */
export function ghostsOf(room) {
  /** @type {Ghosts} */
  const out = new Map();
  if (room.role !== "dm") return out;
  for (const { type, data = {} } of room.staged) {
    const ghost = { "hex:reveal": REVEAL, "hex:hide": HIDE }[/** @type {string} */ (type)];
    if (ghost && Array.isArray(data.hexKeys))
      for (const key of data.hexKeys) {
        const was = out.get(key);
        out.set(key, was?.terrain ? was : { ghost });
      }
    if (type === "hex:update") for (const { key, terrain } of data.changes ?? []) if (terrain) out.set(key, { ghost: TERRAIN, terrain });
  }
  return out;
}

/** Returns six numbers a hex (LandHex) for those asked for: unknown ones have kind 0, known ones without terrain 1, others the number of their terrain. @param {Room} room @param {Ghosts} ghosts @param {[number, number][]} hexes
 * @param {(terrain: string) => number} numberOf from 2 on */
export function landOf(room, ghosts, hexes, numberOf) {
  const out = new Int32Array(6 * hexes.length);
  hexes.forEach(([q, r], n) => putHex(out, 6 * n, room, ghosts, q, r, numberOf));
  return out;
}

/** Returns the same for all that a room knows. @param {Room} room @param {Ghosts} ghosts @param {(terrain: string) => number} numberOf */
export function allLandOf(room, ghosts, numberOf) {
  const { terrain, shown } = room;
  const out = new Int32Array(6 * (terrain.size + shown.size));
  let to = 0;
  const put = (/** @type {number} */ q, /** @type {number} */ r) => {
    putHex(out, to, room, ghosts, q, r, numberOf);
    to += 6;
  };
  terrain.each(put);
  shown.each((q, r) => terrain.at(q, r) ?? put(q, r));
  return out.slice(0, to);
}

/** @param {Int32Array} out @param {number} to where in it @param {Room} room @param {Ghosts} ghosts @param {number} q @param {number} r @param {(terrain: string) => number} numberOf */
function putHex(out, to, { terrain, shown, viewers, role }, ghosts, q, r, numberOf) {
  const dm = role === "dm";
  const ground = terrain.at(q, r);
  const ghost = ghosts.size ? ghosts.get(`${q},${r}`) : undefined;
  const tier = shown.at(q, r);
  const known = ground || (!dm && tier);
  out[to] = q;
  out[to + 1] = r;
  if (!known && !ghost?.terrain) return;
  const name = ghost?.terrain ?? ground?.terrain;
  out[to + 2] = name ? numberOf(name) : OPEN;
  if (dm) out[to + 3] = seenBy(viewers.at(q, r));
  else out[to + 3] = tier === "terrain" ? AFAR : FULL;
  out[to + 4] = ghost?.ghost ?? NONE;
  out[to + 5] = ground?.variant ?? 0;
}

/** @param {import("../model/reduce.js").Viewers|undefined} seen */
function seenBy(seen) {
  if (!seen) return NOBODY;
  if (seen.everyone !== "full") return SOME;
  for (const user in seen.apart) if (seen.apart[user] !== "full") return SOME;
  return FULL;
}

/** Returns the hexes in which two sets of ghosts differ. @param {Ghosts} was @param {Ghosts} now @returns {[number, number][]} */
export function changedGhosts(was, now) {
  /** @type {[number, number][]} */
  const out = [];
  const put = (/** @type {string} */ key) => {
    const { q, r } = parseKey(key);
    out.push([q, r]);
  };
  for (const [key, { ghost, terrain }] of now) {
    const old = was.get(key);
    if (old?.ghost !== ghost || old?.terrain !== terrain) put(key);
  }
  for (const key of was.keys()) if (!now.has(key)) put(key);
  return out;
}
