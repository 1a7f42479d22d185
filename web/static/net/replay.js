// @ts-check
/** A past session as a room: the same messages from the record, with a place in time to go to. */

import { EMPTY, reduce } from "../core/reduce.js";
import { createStore } from "../core/store.js";
import { openSocket, socketUrl } from "./socket.js";

/** @typedef {{version: number, at: string, index: number, count: number, caption: string, playing: boolean, speed: number}} Position */

/** Opens a replay. @param {{sessionId: string, from?: number, as?: string, force?: boolean, heard?: (m: any, room: any, was: any) => void}} opts */
export function openReplay({ sessionId, from, as, force, heard = () => {} }) {
  const room = createStore(EMPTY);
  const timeline = createStore(/** @type {any} */ ({ from: 0, to: 0, marks: [] }));
  const position = createStore(/** @type {Position|null} */ (null));
  const line = createStore(/** @type {any} */ ({ phase: "connecting", tries: 0, retryAt: 0, code: 0, reason: "" }));
  const socket = openSocket({
    url: () => socketUrl("/ws/replay", { sessionId, as, from: position.get()?.version ?? from, paused: from === undefined ? undefined : 1, force: force ? 1 : undefined }),
    cursor: () => ({ resume: "", after: 0 }),
    changed: (next) => line.set(next),
    hear(message) {
      if (message.type === "replay:timeline") return timeline.set(message);
      if (message.type === "replay:position") return position.set(message);
      const was = room.get();
      room.set(reduce(was, as && message.type === "connected" ? { ...message, userId: as, role: "player" } : message));
      heard(message, room.get(), was);
    },
  });
  const say = (/** @type {string} */ verb, fields = {}) => socket.send({ type: `replay:${verb}`, ...fields });
  return {
    room, timeline, position, line,
    seek: (/** @type {number} */ version) => say("seek", { version }),
    play: () => say("play"),
    pause: () => say("pause"),
    speed: (/** @type {number} */ speed) => say("speed", { speed }),
    step: (/** @type {1|-1} */ by) => say("step", { by }),
    close: () => socket.close(),
    retry: socket.retry,
  };
}
