// @ts-check
/** The kinds of land that the painter knows, by number; 0 is the unknown. */

/** @typedef {{name: string, glyph: string, wet?: boolean, relief?: number, mottle?: number}} Kind
 *   relief: how strongly light from the north-west shows on its ground; mottle: how far its two colours are mixed */

/** The order is the number: new ones go to the end. @type {Kind[]} */
export const KINDS = [
  { name: "unknown", glyph: "" },
  { name: "open", glyph: "" },
  { name: "water", glyph: "wave", wet: true },
  { name: "coast", glyph: "shingle", relief: 0.25, mottle: 0.5 },
  { name: "plains", glyph: "grass", relief: 0.35, mottle: 0.9 },
  { name: "farmland", glyph: "field", relief: 0.2, mottle: 0.5 },
  { name: "forest", glyph: "tree", relief: 0.5, mottle: 0.8 },
  { name: "jungle", glyph: "palm", relief: 0.5, mottle: 0.8 },
  { name: "hills", glyph: "hill", relief: 0.9, mottle: 0.9 },
  { name: "mountain", glyph: "peak", relief: 1.3, mottle: 0.8 },
  { name: "swamp", glyph: "reed", relief: 0.2, mottle: 1 },
  { name: "desert", glyph: "dune", relief: 0.5, mottle: 0.6 },
  { name: "badlands", glyph: "mesa", relief: 1, mottle: 0.9 },
  { name: "tundra", glyph: "snow", relief: 0.7, mottle: 0.6 },
  { name: "volcanic", glyph: "cone", relief: 1.2, mottle: 0.8 },
  { name: "ruins", glyph: "ruin", relief: 0.4, mottle: 0.8 },
  { name: "town", glyph: "house", relief: 0.3, mottle: 0.6 },
  { name: "other0", glyph: "stone", relief: 0.4, mottle: 0.6 },
  { name: "other1", glyph: "stone", relief: 0.4, mottle: 0.6 },
  { name: "other2", glyph: "stone", relief: 0.4, mottle: 0.6 },
  { name: "other3", glyph: "stone", relief: 0.4, mottle: 0.6 },
  { name: "other4", glyph: "stone", relief: 0.4, mottle: 0.6 },
];

export const UNKNOWN = 0;
export const OPEN = 1;

/** @type {Record<string, string>} */
const ALIASES = {
  grassland: "plains", mountains: "mountain", ocean: "water", lake: "water", river: "water", sea: "water", marsh: "swamp",
  snow: "tundra", volcano: "volcanic", city: "town", village: "town", wasteland: "badlands", beach: "coast", woods: "forest",
};

const BY_NAME = new Map(KINDS.map((kind, number) => [kind.name, number]));

/** Returns the number of a terrain; one that nobody knows gets one of five plain looks by its name. @param {string} terrain */
export function kindOf(terrain) {
  const known = BY_NAME.get(ALIASES[terrain] ?? terrain);
  if (known !== undefined && known > OPEN) return known;
  let sum = 0;
  for (const letter of terrain) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return /** @type {number} */ (BY_NAME.get(`other${sum % 5}`));
}
