// @ts-check
/** The state of a room as one viewer knows it: a fold of the messages of the server and of nothing else. */

import { reduceHexes } from "./reduce/hexes.js";
import { reduceMapObjects } from "./reduce/map-objects.js";
import { reduceNotes } from "./reduce/notes.js";
import { reducePeople } from "./reduce/people.js";
import { reduceSession } from "./reduce/session.js";
import { reduceRules } from "./reduce/rules.js";
import { reduceTokens } from "./reduce/tokens.js";
import { toOffset } from "./hex.js";
import { TileMap } from "./tilemap.js";

/** @typedef {import("./types.js").MapInfo} MapInfo */
/** @typedef {import("./types.js").Ground} Ground */
/** @typedef {import("./types.js").Viewers} Viewers */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {{
 *   ready: boolean, userId: string, role: import("./types.js").Role|"", status: "waiting"|"active"|"paused"|"ended", sessionId: string|null,
 *   mode: "immediate"|"staged", preparing: boolean, staged: import("./types.js").StagedChange[], dropped: import("./types.js").DroppedChange[],
 *   history: import("./types.js").History, settings: import("./types.js").Settings, people: import("./types.js").Person[], map: MapInfo|null,
 *   picture: import("../map/layers/backdrop.js").Picture|null, terrain: TileMap<Ground>, shown: TileMap<import("./types.js").Tier>, viewers: TileMap<Viewers>,
 *   tokens: Record<string, import("./types.js").Token>, notes: Record<string, import("./types.js").Note>, handouts: Record<string, import("./types.js").Handout>, pins: Record<string, import("./types.js").Pin>, strokes: Record<string, import("./types.js").Stroke>, hints: Record<string, string[]>,
 *   rules: Record<string, import("./types.js").Rule>, skills: Record<string, Record<string, number>>, rolls: import("./types.js").Roll[],
 *   paths: Record<string, import("./reduce/map-objects.js").Path>, regions: Record<string, import("./reduce/map-objects.js").Region>,
 *   sites: Record<string, any>, labels: Record<string, any>, seq: number, resume: string}} Room */

/** @type {Room} */
export const EMPTY = {
  ready: false,
  userId: "",
  role: "",
  status: "waiting",
  sessionId: null,
  mode: "immediate",
  preparing: false,
  staged: [],
  dropped: [],
  history: { canUndo: null, canRedo: null },
  settings: {},
  people: [],
  map: null,
  picture: null,
  terrain: new TileMap(),
  shown: new TileMap(),
  viewers: new TileMap(),
  tokens: {},
  notes: {},
  handouts: {},
  pins: {},
  strokes: {},
  paths: {},
  regions: {},
  sites: {},
  labels: {},
  hints: {},
  rules: {},
  skills: {},
  rolls: [],
  seq: 0,
  resume: "",
};

const PARTS = [reduceSession, reducePeople, reduceHexes, reduceTokens, reduceNotes, reduceMapObjects, reduceRules];

/** Returns the room after a message. One that is not known changes nothing but `seq`.
 * @param {Room} room @param {Message} message @returns {Room} */
export function reduce(room, message) {
  const was = room;
  for (const part of PARTS) room = part(room, message);
  if (room.map && (room.map !== was.map || room.shown !== was.shown)) room = measured(room);
  return typeof message.seq === "number" && message.type !== "ack" && message.seq !== room.seq
    ? { ...room, seq: message.seq }
    : room;
}

/** Returns the room with a grid as far as it is known, where the DM keeps the extent of the map to themself. @param {Room} room @returns {Room} */
function measured(room) {
  const map = /** @type {MapInfo} */ (room.map);
  if (map.gridWidth !== undefined && !map.measured) return room;
  let [gridWidth, gridHeight] = [1, 1];
  for (const [q, r] of room.shown) {
    const { col, row } = toOffset(q, r, map.orientation, map.parity);
    [gridWidth, gridHeight] = [Math.max(gridWidth, col + 1), Math.max(gridHeight, row + 1)];
  }
  return gridWidth === map.gridWidth && gridHeight === map.gridHeight
    ? room
    : { ...room, map: { ...map, gridWidth, gridHeight, measured: true } };
}

/** Returns the room of a player who sees this land, what lies on it and nothing else. @param {MapInfo} map @param {({key: string} & Ground)[]} terrain
 * @param {Record<string, any[]>} [things] paths, sites, regions and labels as in a file of ours @returns {Room} */
export const seenRoom = (map, terrain, things = {}) =>
  reduce(reduce(EMPTY, { type: "connected", userId: "", role: "player" }), {
    type: "session:state",
    status: "active",
    connectedPlayers: [],
    map,
    revealedHexes: [],
    terrain,
    ...Object.fromEntries(
      Object.entries(things).map(([what, all]) => [what, all.map((thing, n) => ({ ...thing, id: `${n}` }))]),
    ),
  });
