// @ts-check
/** The state of a room as one viewer knows it: a fold of the messages of the server and of nothing else. */

import { reduceHexes } from "./reduce/hexes.js";
import { reduceNotes } from "./reduce/notes.js";
import { reducePeople } from "./reduce/people.js";
import { reduceSession } from "./reduce/session.js";
import { reduceTokens } from "./reduce/tokens.js";
import { TileMap } from "./tilemap.js";

/** @typedef {{userId: string, name: string, role: string, online: boolean}} Person */
/** @typedef {{terrain: string, variant?: number}} Ground */
/** @typedef {{everyone: string, apart: Record<string, string>}} Viewers */
/** @typedef {{gridWidth: number, gridHeight: number, hexSize: number, orientation: "flat"|"pointy", name: string}} MapInfo */
/** @typedef {{
 *   ready: boolean, userId: string, role: string, status: string, sessionId: string|null, mode: string, preparing: boolean,
 *   staged: any[], dropped: any[], history: {canUndo: any, canRedo: any}, settings: Record<string, any>,
 *   people: Person[], map: MapInfo|null, terrain: TileMap<Ground>, shown: TileMap<string>, viewers: TileMap<Viewers>,
 *   tokens: Record<string, any>, notes: Record<string, any>, seq: number, resume: string}} Room */

/** @type {Room} */
export const EMPTY = {
  ready: false, userId: "", role: "", status: "waiting", sessionId: null, mode: "immediate", preparing: false,
  staged: [], dropped: [], history: { canUndo: null, canRedo: null }, settings: {}, people: [], map: null,
  terrain: new TileMap(), shown: new TileMap(), viewers: new TileMap(), tokens: {}, notes: {}, seq: 0, resume: "",
};

const PARTS = [reduceSession, reducePeople, reduceHexes, reduceTokens, reduceNotes];

/** Returns the room after a message. One that is not known changes nothing but `seq`.
 * @param {Room} room @param {any} message @returns {Room} */
export function reduce(room, message) {
  for (const part of PARTS) room = part(room, message);
  return typeof message.seq === "number" && message.type !== "ack" && message.seq !== room.seq ? { ...room, seq: message.seq } : room;
}
