// @ts-check
/** Notes on hexes, the handouts that were shown, and the pins and strokes of players, by id. */

import { byId } from "./by-id.js";

/** @param {import("../reduce.js").Room} room @param {import("../types.js").Message} m @returns {import("../reduce.js").Room} */
export function reduceNotes(room, m) {
  switch (m.type) {
    case "session:state":
      return {
        ...room,
        notes: byId(m.notes),
        handouts: byId(m.handouts),
        pins: byId(m.pins),
        strokes: byId(m.strokes),
      };
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
    case "pin:changed":
      return { ...room, pins: { ...room.pins, [m.pin.id]: m.pin } };
    case "pin:removed": {
      const { [m.pinId]: _, ...pins } = room.pins;
      return { ...room, pins };
    }
    case "stroke:drawn":
      return { ...room, strokes: { ...room.strokes, [m.stroke.id]: m.stroke } };
    case "stroke:erased": {
      const strokes = { ...room.strokes };
      for (const id of m.strokeIds) delete strokes[id];
      return { ...room, strokes };
    }
    default:
      return room;
  }
}
