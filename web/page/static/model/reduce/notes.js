// @ts-check
/** Notes on hexes and the handouts that were shown, by id. */

import { byId } from "./by-id.js";

/** @param {import("../reduce.js").Room} room @param {import("../types.js").Message} m @returns {import("../reduce.js").Room} */
export function reduceNotes(room, m) {
  switch (m.type) {
    case "session:state":
      return { ...room, notes: byId(m.notes), handouts: byId(m.handouts) };
    case "note:changed": {
      const note = m.note ?? m;
      return { ...room, notes: { ...room.notes, [note.id]: note } };
    }
    case "note:removed": {
      const { [m.noteId ?? m.note?.id]: _, ...notes } = room.notes;
      return { ...room, notes };
    }
    case "handout:changed":
      return { ...room, handouts: { ...room.handouts, [m.handout.id]: m.handout } };
    case "handout:removed": {
      const { [m.handoutId]: _, ...handouts } = room.handouts;
      return { ...room, handouts };
    }
    default:
      return room;
  }
}
