// @ts-check
/** The marks of notes, and small repeatable chances. */

/** Returns a small repeatable chance. @param {number} seed */
export function chanceOf(seed) {
  let s = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    s ^= s << 13; s >>>= 0; s ^= s >>> 17; s ^= s << 5; s >>>= 0;
    return s / 4_294_967_296;
  };
}

const NOTE_PATHS = {
  encounter: "M-4-4 4 4M4-4-4 4M-4 1-1 4M4 1 1 4", lore: "M-4-4H1C3-4 4-3 4-1V4H-2C-3 4-4 3-4 2ZM-1-1H2M-1 1H2",
  dungeon: "M-4 4V-1A4 4 0 0 1 4-1V4ZM-1 4V0A1 1 0 0 1 1 0V4", town: "M-4 4V-1L0-4 4-1V4ZM-1 4V1H1V4",
  poi: "M0-4 1-1 4-1 2 1 3 4 0 2-3 4-2 1-4-1-1-1Z",
};

/** Returns the drawing of a kind of note, about 8 units wide. @param {string} kind */
export const noteShape = (kind) => new Path2D(/** @type {any} */ (NOTE_PATHS)[kind] ?? NOTE_PATHS.poi);
