// @ts-check
/** What the painter of things is told of a room: regions, paths, sites and labels, and of changes only what differs. */

import { piecesOf } from "../model/course.js";
import { SIDE_BY_SIDE } from "./layers/tokens.js";

/** @typedef {import("../model/reduce.js").Room} Room */
/** @typedef {import("./layers/map-objects.js").Part} Part */
/** @typedef {{paths: any[], regions: any[], sites: any[], labels: any[]}} Things */

/** Whether two rooms differ in what this layer draws. @param {Room} now @param {Room} was */
export const objectsChanged = (now, was) =>
  now.paths !== was.paths || now.regions !== was.regions || now.sites !== was.sites || now.labels !== was.labels || now.staged !== was.staged ||
  (now.notes !== was.notes && !alike(drawnNotes(now), drawnNotes(was))) ||
  (marksDiffer(now, was) && hasWords(now) && JSON.stringify(markedIn(now)) !== JSON.stringify(markedIn(was)));

/** @param {Room} now @param {Room} was */
const marksDiffer = (now, was) => now.tokens !== was.tokens || now.notes !== was.notes || now.pins !== was.pins;

/** Whether there are words that could be in the way of marks. @param {Room} room */
const hasWords = ({ sites, regions, notes }) => [sites, regions].some((all) => Object.keys(all).length) || Object.values(notes).some(({ site }) => site);

/** What stands on the map for a note, made once. @type {WeakMap<import("../model/types.js").Note, any>} */
const drawings = new WeakMap();

/** Returns what stands on the map for notes, as sites. @param {Room} room @returns {any[]} */
function drawnNotes({ notes }) {
  const out = [];
  for (const note of Object.values(notes)) {
    if (!note.site) continue;
    let drawing = drawings.get(note);
    if (!drawing) drawings.set(note, (drawing = drawingOf(note)));
    out.push(drawing);
  }
  return out;
}

/** @param {import("../model/types.js").Note} note */
const drawingOf = ({ id, site, title, hexKey, audience }) => ({ id: `note ${id}`, kind: site, title, hexKey, audience });

/** @param {any[]} a @param {any[]} b */
const alike = (a, b) => a.length === b.length && a.every((each, n) => each === b[n]);

/** Returns where marks are drawn above the things, those in one hex once. @param {Room} room @returns {import("./layers/titles.js").Marked} */
function markedIn({ tokens, notes, pins }) {
  const hexesOf = (/** @type {Record<string, {hexKey: string}>} */ all) => [...new Set(Object.values(all).map(({ hexKey }) => hexKey))].sort();
  /** @type {Map<string, number[]>} */
  const names = new Map();
  for (const { hexKey, label } of Object.values(tokens)) names.set(hexKey, [...(names.get(hexKey) ?? []), [...(label ?? "")].length]);
  const standing = [...names].map(([key, long]) => /** @type {[string, number]} */ ([key, long.length > SIDE_BY_SIDE ? 0 : Math.max(...long)]));
  return { tokens: standing.sort(([a], [b]) => Number(a > b) - Number(a < b)), notes: hexesOf(notes), pins: hexesOf(pins) };
}

/** Returns what lies on the map, and after it what staged changes will lay there. @param {Room} room @returns {Things} */
export function thingsOf(room) {
  const { paths, regions, sites, labels, notes, staged, role } = room;
  const out = { paths: Object.values(paths), regions: Object.values(regions), sites: [...Object.values(sites), ...drawnNotes(room)], labels: Object.values(labels) };
  if (role !== "dm") return out;
  /** Changes of one thing build on each other. @type {Map<string, any>} */
  const ghosts = new Map();
  for (const { type, data = {} } of /** @type {{type: string, data?: any}[]} */ (staged)) {
    const [what] = type.split(":");
    if (type === "note:set") {
      const { id = "", site, title, audience } = data.note ?? {};
      const kind = site === undefined ? notes[id]?.site : site;
      if (kind && kind !== "none") ghosts.set(`note ${id}`, { ...drawingOf({ ...notes[id], id, site: kind, title, hexKey: data.hexKey, audience }), ghost: "sites" });
      continue;
    }
    if (type !== `${what}:set` || !["path", "region", "site", "label"].includes(what)) continue;
    const told = Object.fromEntries(Object.entries(data[what] ?? {}).filter(([, value]) => value !== null));
    const of = ghosts.get(`${what} ${told.id}`) ?? /** @type {any} */ ({ path: paths, region: regions, site: sites, label: labels })[what][told.id];
    const ghost = { ...of, ...told, ghost: `${what}s` };
    if (data.hexKey) ghost.hexKey = data.hexKey;
    if (what === "path" && ghost.points) ghost.pieces = piecesOf(ghost.points, Boolean(ghost.along));
    if (what === "region") ghost.hexes = hexesAfter(of?.hexes, told);
    ghosts.set(`${what} ${told.id}`, ghost);
  }
  for (const ghost of ghosts.values()) {
    if (ghost.pieces || ghost.hexes?.size || ghost.hexKey) /** @type {any} */ (out)[ghost.ghost].push(ghost);
  }
  return out;
}

/** Returns the hexes of a region after a staged stroke. @param {Set<string>|undefined} had @param {{hexKeys?: string[], add?: string[], remove?: string[]}} told @returns {Set<string>} */
function hexesAfter(had = new Set(), { hexKeys, add = [], remove = [] }) {
  const hexes = new Set([...(hexKeys ?? had), ...add]);
  for (const key of remove) hexes.delete(key);
  return hexes;
}

/** Returns a feed: what it was called with last is what the painter knows. */
export function createThingsFeed() {
  /** @type {Map<string, any>} */
  let told = new Map();
  let frame = "";
  let begun = false;

  return {
    /** Returns what to tell the painter, or null where nothing ever lay on this map. @param {Room} room @returns {import("./layers/map-objects.js").Told|null} */
    next(room) {
      const { orientation, hexSize } = /** @type {NonNullable<Room["map"]>} */ (room.map);
      const anew = frame !== `${orientation} ${hexSize}`;
      if (anew) told = new Map();
      const now = new Map();
      /** @type {[Part, string, any][]} */
      const put = [];
      for (const [part, all] of /** @type {[Part, any[]][]} */ (Object.entries(thingsOf(room))))
        for (const thing of all) {
          const id = `${thing.ghost ? "staged " : ""}${thing.id}`;
          now.set(`${part} ${id}`, thing);
          if (told.get(`${part} ${id}`) !== thing) put.push([part, id, drawnOf(thing)]);
        }
      /** @type {[Part, string][]} */
      const gone = [];
      for (const name of told.keys()) if (!now.has(name)) gone.push(/** @type {[Part, string]} */ (split(name)));
      if (!now.size && !begun) return null;
      begun = true;
      told = now;
      frame = `${orientation} ${hexSize}`;
      return { frame: { orientation, hexSize }, anew, gone, put, marked: markedIn(room) };
    },
    /** The painter is to begin anew. */
    forget() {
      frame = "";
    },
  };
}

/** @param {string} name */
const split = (name) => [name.slice(0, name.indexOf(" ")), name.slice(name.indexOf(" ") + 1)];

/** Returns of a thing what is drawn. The pieces of a whole path are made where it is drawn. @param {any} thing */
function drawnOf(thing) {
  const { kind, name, title, text, color, hexKey, points, along, x, y, size, angle, audience, ghost } = thing;
  const course = points ? { points: points.join(" "), along } : { pieces: thing.pieces };
  // Few long texts cross to the painter in a fraction of the time of many short ones.
  const hexes = thing.hexes && [...thing.hexes].join(" ");
  return { kind, name, title, text, color, hexKey, hexes, ...course, x, y, size, angle, dmOnly: audience === "dm", ghost: Boolean(ghost) };
}
