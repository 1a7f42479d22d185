// @ts-check
/** Where the names of regions stand: not on each other, and not on what is drawn in a hex. As on the server's pictures. */

/** @typedef {{x: number, y: number}} Point */
/** A rectangle around a point. @typedef {{x: number, y: number, wide: number, high: number}} Box */

/** How wide a letter is, in its own height; in most fonts it is less. */
const LETTER = 0.68;
/** Places that are tried for a name at most. */
const TRIED = 80;

/** Returns what a text of a height takes. @param {string} text @param {Point} at @param {number} size @returns {Box} */
export const wordsBox = (text, { x, y }, size) => ({ x, y, wide: LETTER * size * [...text].length, high: 1.15 * size });

/** Returns the area that both cover. @param {Box} a @param {Box} b */
function overlap(a, b) {
  const across = (a.wide + b.wide) / 2 - Math.abs(a.x - b.x);
  const down = (a.high + b.high) / 2 - Math.abs(a.y - b.y);
  return across > 0 && down > 0 ? across * down : 0;
}

/** Returns what keeps in mind which places are taken. @param {number} cell in the same measure as the boxes */
export function createTaken(cell) {
  /** @type {Map<string, Set<Box>>} */
  const cells = new Map();

  /** @param {Box} box @param {(id: string) => void} visit */
  function each(box, visit) {
    const [x1, y1] = [Math.floor((box.x + box.wide / 2) / cell), Math.floor((box.y + box.high / 2) / cell)];
    for (let x = Math.floor((box.x - box.wide / 2) / cell); x <= x1; x++)
      for (let y = Math.floor((box.y - box.high / 2) / cell); y <= y1; y++) visit(`${x},${y}`);
  }
  const add = (/** @type {Box} */ box) => each(box, (id) => (cells.get(id) ?? cells.set(id, new Set()).get(id))?.add(box));
  const covered = (/** @type {Box} */ box) => {
    /** @type {Set<Box>} */
    const there = new Set();
    each(box, (id) => cells.get(id)?.forEach((other) => there.add(other)));
    return [...there].reduce((sum, other) => sum + overlap(box, other), 0);
  };

  return {
    add,
    /** Returns the first box that is free, else the one of which least is taken, and takes it; null if more than `most` of that one is taken, 1 being
     * all of it. @param {Box[]} boxes @param {number} [most] @returns {Box|null} */
    best(boxes, most = Infinity) {
      /** @type {Box|null} */
      let found = null;
      let least = Infinity;
      for (const box of boxes) {
        const much = covered(box);
        if (much < least) [found, least] = [box, much];
        if (!much) break;
      }
      if (!found || least > most * found.wide * found.high) return null;
      add(found);
      return found;
    },
  };
}

/** Returns where the name of a region may stand besides its middle: its hexes from there outwards.
 * @param {Point[]} centres of its hexes @param {Point} middle @returns {Point[]} */
export function placesWithin(centres, middle) {
  // Sideways a name looks as if it were of the whole region more than above or below.
  const far = (/** @type {Point} */ p) => (p.x - middle.x) ** 2 + 2 * (p.y - middle.y) ** 2;
  const all = centres.map((at) => ({ at, away: far(at) }));
  all.sort((a, b) => a.away - b.away);
  return all.slice(0, TRIED).map(({ at }) => at);
}
