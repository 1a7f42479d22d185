// @ts-check
/** Terrains as the page shows them: a name, a colour on paper and a mark, so that none is told by colour alone. */

/** @typedef {{name: string, color: string, ink: string, mark: string}} Terrain */

/** The ten of the map format, and some that imported maps bring. @type {Record<string, Terrain>} */
export const TERRAINS = {
  plains: { name: "Plains", color: "#c9c887", ink: "#8f8a4b", mark: "grass" },
  forest: { name: "Forest", color: "#7fa06b", ink: "#3f5f3a", mark: "trees" },
  hills: { name: "Hills", color: "#bfa877", ink: "#7d653a", mark: "humps" },
  mountain: { name: "Mountain", color: "#a59a92", ink: "#575049", mark: "peaks" },
  water: { name: "Water", color: "#7fb0c4", ink: "#477d96", mark: "waves" },
  coast: { name: "Coast", color: "#ddd0a3", ink: "#a18e55", mark: "shore" },
  swamp: { name: "Swamp", color: "#8a9a7c", ink: "#4c5c48", mark: "reeds" },
  desert: { name: "Desert", color: "#e6cf95", ink: "#b2914f", mark: "dunes" },
  tundra: { name: "Tundra", color: "#dbe0dc", ink: "#8a9791", mark: "flakes" },
  volcanic: { name: "Volcanic", color: "#8f6f68", ink: "#4c2a26", mark: "cone" },
  farmland: { name: "Farmland", color: "#d8c376", ink: "#a08a3c", mark: "furrows" },
  jungle: { name: "Jungle", color: "#649a62", ink: "#2c5636", mark: "palms" },
  badlands: { name: "Badlands", color: "#c79b76", ink: "#864f31", mark: "mesas" },
  ruins: { name: "Ruins", color: "#b9b0a0", ink: "#665c4d", mark: "blocks" },
  town: { name: "Town", color: "#d4b692", ink: "#7d5430", mark: "houses" },
};

/** @type {Record<string, string>} */
const ALIASES = {
  grassland: "plains",
  mountains: "mountain",
  ocean: "water",
  lake: "water",
  river: "water",
  marsh: "swamp",
  snow: "tundra",
  volcano: "volcanic",
  city: "town",
  wasteland: "badlands",
};

const FALLBACK = ["#b7aec0", "#a9bdb4", "#c4b1a4", "#aab4c6", "#c2bf9f"];

/** Returns how a terrain is shown; one nobody knows gets a colour of its own and dots. @param {string} key @returns {Terrain} */
export function terrainOf(key) {
  const known = TERRAINS[key] ?? TERRAINS[ALIASES[key]];
  if (known) return known;
  let sum = 0;
  for (const c of key) sum = (sum * 31 + c.charCodeAt(0)) >>> 0;
  return {
    name: key.charAt(0).toUpperCase() + key.slice(1).replaceAll("_", " "),
    color: FALLBACK[sum % 5],
    ink: "#6b6273",
    mark: "dots",
  };
}

/** The palette of the terrain brush. */
export const PALETTE = [
  "plains",
  "forest",
  "hills",
  "mountain",
  "water",
  "coast",
  "swamp",
  "desert",
  "tundra",
  "volcanic",
];
