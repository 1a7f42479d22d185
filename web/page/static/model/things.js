// @ts-check
/** What lies on a map besides terrain, in words: the kinds of paths, sites and regions. */

/** @typedef {"path"|"site"|"region"|"label"} What */
/** What all of them have; the fields about who knows are there for DMs alone.
 * @typedef {{id: string, kind?: string, name?: string, title?: string, text?: string, hexKey?: string, audience?: any, revealedTo?: string[]}} Thing */

/** @type {[string, string][]} */
export const PATH_KINDS = [
  ["river", "River"],
  ["road", "Road"],
  ["trail", "Trail"],
  ["border", "Border"],
  ["wall", "Wall"],
  ["ferry", "Ferry"],
];
/** Kinds that run along the edges of hexes. */
export const ALONG_EDGES = ["border", "wall"];

/** @type {[string, string][]} */
export const REGION_KINDS = [
  ["realm", "Realm"],
  ["forest", "Forest"],
  ["mountains", "Mountains"],
  ["plains", "Plains"],
  ["swamp", "Swamp"],
  ["desert", "Desert"],
  ["lake", "Lake"],
  ["sea", "Sea"],
  ["island", "Island"],
  ["danger", "Danger"],
  ["other", "Other"],
];

/** The kinds of sites with their names, and other words by which somebody may look for them. @type {[string, string, string?][]} */
export const SITE_KINDS = [
  ["hamlet", "Hamlet", "settlement houses"],
  ["village", "Village", "settlement houses"],
  ["town", "Town", "settlement"],
  ["city", "City", "settlement"],
  ["capital", "Capital", "settlement city"],
  ["castle", "Castle", "fortress stronghold"],
  ["keep", "Keep", "castle stronghold"],
  ["fort", "Fort", "outpost garrison"],
  ["tower", "Tower", "watchtower"],
  ["gate", "Gate", "wall"],
  ["manor", "Manor", "estate house"],
  ["inn", "Inn", "tavern"],
  ["farm", "Farm", "homestead"],
  ["mill", "Mill", "windmill"],
  ["mine", "Mine", "ore dwarves"],
  ["quarry", "Quarry", "stone"],
  ["lumber", "Lumber camp", "wood logging"],
  ["camp", "Camp", "tents bandits"],
  ["port", "Port", "harbour harbor dock anchor"],
  ["lighthouse", "Lighthouse", "beacon"],
  ["bridge", "Bridge", "crossing"],
  ["ford", "Ford", "crossing river"],
  ["temple", "Temple", "church"],
  ["shrine", "Shrine", "altar"],
  ["monastery", "Monastery", "abbey"],
  ["graveyard", "Graveyard", "cemetery undead"],
  ["tomb", "Tomb", "barrow crypt"],
  ["stones", "Standing stones", "circle megalith"],
  ["monument", "Monument", "obelisk statue"],
  ["ruin", "Ruin", "ruins"],
  ["cave", "Cave", "cavern"],
  ["dungeon", "Dungeon", "underground"],
  ["lair", "Monster lair", "dragon skull den"],
  ["portal", "Portal", "rift magic"],
  ["wizard", "Wizard's tower", "mage magic"],
  ["battlefield", "Battlefield", "swords war"],
  ["shipwreck", "Shipwreck", "wreck"],
  ["waterfall", "Waterfall", "falls"],
  ["spring", "Spring", "well water oasis"],
  ["tree", "Great tree", "grove"],
  ["peak", "Peak", "mountain"],
  ["pass", "Pass", "mountain"],
  ["treasure", "Treasure", "chest hoard"],
  ["landmark", "Landmark", "flag"],
];

/** The section of the room in which things of a sort are. @type {Record<What, "paths"|"sites"|"regions"|"labels">} */
export const PART = { path: "paths", site: "sites", region: "regions", label: "labels" };

const KINDS = {
  path: PATH_KINDS,
  site: SITE_KINDS,
  region: REGION_KINDS,
  label: /** @type {[string, string][]} */ ([]),
};

/** Returns the name of a kind. @param {What} what @param {string} [kind] */
export const kindName = (what, kind = "") => KINDS[what].find(([id]) => id === kind)?.[1] ?? kind;

/** Returns what a thing is called: its name, or that of its kind. @param {What} what @param {Thing} thing */
export const thingName = (what, thing) =>
  thing.name || thing.title || thing.text || kindName(what, thing.kind) || "Label";
