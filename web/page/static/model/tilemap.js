// @ts-check
/** A persistent map from hexes to values in tiles of 16 × 16: a change copies the tiles it touches,
 * and two states are compared by the identity of their tiles. */

/** @template V */
export class TileMap {
  /** @param {Map<number, (V|undefined)[]>} tiles @param {number} size */
  constructor(tiles = new Map(), size = 0) {
    this.tiles = tiles;
    this.size = size;
  }

  /** @param {number} q @param {number} r @returns {V|undefined} */
  at(q, r) {
    return this.tiles.get(tileId(q, r))?.[(q & 15) | ((r & 15) << 4)];
  }

  /** Returns the map with some hexes changed; undefined removes one. @param {Iterable<[number, number, V|undefined]>} changes @returns {TileMap<V>} */
  with(changes) {
    const tiles = new Map(this.tiles);
    const own = new Set();
    let { size } = this;
    for (const [q, r, value] of changes) {
      const id = tileId(q, r);
      if (!own.has(id)) {
        own.add(id);
        tiles.set(id, (tiles.get(id) ?? []).slice());
      }
      const tile = /** @type {(V|undefined)[]} */ (tiles.get(id));
      const at = (q & 15) | ((r & 15) << 4);
      size += Number(value !== undefined) - Number(tile[at] !== undefined);
      tile[at] = value;
    }
    return own.size ? new TileMap(tiles, size) : this;
  }

  /** Calls `visit` for every hex with its value: for all of a large map, where a generator takes several times as long.
   * @param {(q: number, r: number, value: V) => void} visit */
  each(visit) {
    for (const [id, tile] of this.tiles) {
      const [q0, r0] = tileOrigin(id);
      for (let i = 0; i < tile.length; i++) {
        const value = tile[i];
        if (value !== undefined) visit(q0 + (i & 15), r0 + (i >> 4), value);
      }
    }
  }

  /** Yields every hex with its value. @returns {Generator<[number, number, V]>} */
  *[Symbol.iterator]() {
    for (const [id, tile] of this.tiles) {
      const [q0, r0] = tileOrigin(id);
      for (let i = 0; i < tile.length; i++) {
        const value = tile[i];
        if (value !== undefined) yield [q0 + (i & 15), r0 + (i >> 4), value];
      }
    }
  }
}

const HALF = 1 << 20;

/** @param {number} q @param {number} r */
const tileId = (q, r) => ((q >> 4) + HALF) * 2 * HALF + (r >> 4) + HALF;

/** Returns the first hex of a tile. @param {number} id @returns {[number, number]} */
export const tileOrigin = (id) => [(Math.floor(id / (2 * HALF)) - HALF) << 4, ((id % (2 * HALF)) - HALF) << 4];

/** Returns the tiles in which two maps differ. @param {TileMap<unknown>} a @param {TileMap<unknown>} b @returns {Set<number>} */
export function changedTiles(a, b) {
  const out = new Set();
  if (a === b) return out;
  for (const [id, tile] of b.tiles) if (a.tiles.get(id) !== tile) out.add(id);
  for (const id of a.tiles.keys()) if (!b.tiles.has(id)) out.add(id);
  return out;
}

/** Returns, for each tile in which two maps differ, the span [q0, r0, q1, r1] of the hexes that do. @param {TileMap<unknown>} a @param {TileMap<unknown>} b
 * @returns {[number, number, number, number][]} */
export function changedSpans(a, b) {
  /** @type {[number, number, number, number][]} */
  const out = [];
  for (const id of changedTiles(a, b)) {
    const [was, now] = [a.tiles.get(id) ?? [], b.tiles.get(id) ?? []];
    let [q0, r0, q1, r1] = [16, 16, -1, -1];
    for (let i = 0; i < 256; i++) {
      if (was[i] === now[i]) continue;
      const [q, r] = [i & 15, i >> 4];
      [q0, r0, q1, r1] = [Math.min(q0, q), Math.min(r0, r), Math.max(q1, q), Math.max(r1, r)];
    }
    const [q, r] = tileOrigin(id);
    if (q1 >= 0) out.push([q + q0, r + r0, q + q1, r + r1]);
  }
  return out;
}
