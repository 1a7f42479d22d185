// @ts-check
/**
 * What lies on the map besides terrain, by id.
 *
 * A DM is sent whole paths and regions, a player what of them lies in hexes that they see. Both are kept alike: a path
 * as `pieces` by hex key (see `../course.js`), a region as `hexes`, a set of hex keys.
 */

import { piecesOf } from "../course.js";
import { keyOf } from "../hex.js";
import { byId } from "./by-id.js";

/** @typedef {import("../course.js").Piece} Piece */
/** @typedef {{id: string, kind: string, name: string, along: boolean, pieces: Record<string, Piece>, points?: string[], audience?: any, revealedTo?: string[]}} Path */
/** @typedef {{id: string, name: string, kind: string, color: string, hexes: Set<string>, audience?: any, revealedTo?: string[]}} Region */

/** @param {import("../reduce.js").Room} room @param {any} m @returns {import("../reduce.js").Room} */
export function reduceMapObjects(room, m) {
  switch (m.type) {
    case "session:state":
      return {
        ...room,
        paths: eachOf(m.paths, withPath),
        regions: eachOf(m.regions, withRegion),
        sites: byId(m.sites),
        labels: byId(m.labels),
      };
    case "path:changed":
      return { ...room, paths: withPath(room.paths, m.path) };
    case "path:removed":
      return { ...room, paths: without(room.paths, m.pathId) };
    case "region:changed":
      return { ...room, regions: withRegion(room.regions, m.region) };
    case "region:removed":
      return { ...room, regions: without(room.regions, m.regionId) };
    case "site:changed":
      return { ...room, sites: { ...room.sites, [m.site.id]: m.site } };
    case "site:removed":
      return { ...room, sites: without(room.sites, m.siteId) };
    case "label:changed":
      return { ...room, labels: { ...room.labels, [m.label.id]: m.label } };
    case "label:removed":
      return { ...room, labels: without(room.labels, m.labelId) };
    default:
      return room;
  }
}

/** Returns things one by one; to copy all for each more would take seconds for thousands. @template T @param {any[]|undefined} all
 * @param {(none: Record<string, T>, told: any) => Record<string, T>} made @returns {Record<string, T>} */
function eachOf(all = [], made) {
  /** @type {Record<string, T>} */
  const out = {};
  for (const told of all) Object.assign(out, made({}, told));
  return out;
}

/** @param {Record<string, Path>} paths @param {any} told @returns {Record<string, Path>} */
function withPath(paths, told) {
  if (told.points) return { ...paths, [told.id]: new WholePath(told) };
  const { pieces: shown = [], gone = [], ...fields } = told;
  const pieces = { ...paths[told.id]?.pieces };
  for (const key of gone) delete pieces[key];
  for (const { hexKey, ...piece } of shown) pieces[hexKey] = piece;
  if (!Object.keys(pieces).length) return without(paths, told.id);
  return { ...paths, [told.id]: { ...paths[told.id], ...fields, pieces } };
}

/** A path as DMs are sent it. Its pieces are made when somebody first looks for them: the painter has its own. @implements {Path} */
class WholePath {
  /** @type {Record<string, Piece>|null} */
  #pieces = null;
  id = "";
  kind = "";
  name = "";
  along = false;
  /** @type {string[]} */
  points = [];

  /** @param {any} told */
  constructor(told) {
    Object.assign(this, told);
  }

  get pieces() {
    this.#pieces ??= piecesOf(this.points, this.along);
    return this.#pieces;
  }
}

/** @param {Record<string, Region>} regions @param {any} told @returns {Record<string, Region>} */
function withRegion(regions, told) {
  const { hexes: shown = [], gone = [], ...fields } = told;
  const whole = told.audience !== undefined;
  const hexes = new Set(whole ? [] : regions[told.id]?.hexes);
  for (const key of keysOf(gone)) hexes.delete(key);
  for (const key of keysOf(shown)) hexes.add(key);
  if (!hexes.size) return without(regions, told.id);
  return { ...regions, [told.id]: { ...regions[told.id], ...fields, hexes } };
}

/** Yields the keys of the hexes of runs `[q, r, n]`. @param {[number, number, number][]} runs @returns {Generator<string>} */
function* keysOf(runs) {
  for (const [q, r, n] of runs) for (let step = 0; step < n; step += 1) yield keyOf(q + step, r);
}

/** @template T @param {Record<string, T>} of @param {string} id @returns {Record<string, T>} */
function without(of, id) {
  const { [id]: _, ...others } = of;
  return others;
}
