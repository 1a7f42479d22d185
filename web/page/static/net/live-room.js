// @ts-check
/** A live room: the socket, the fold of its messages in a store, and the commands still unanswered. */

import { createStore } from "../model/store.js";
import { EMPTY, reduce } from "../model/reduce.js";
import { createCommands } from "./commands.js";
import { openSocket, socketUrl } from "./socket.js";
import { address } from "./address.js";

/** @typedef {import("../model/store.js").Store<import("../model/reduce.js").Room>} RoomStore */

/** Hears a message, with the room before and after it.
 * @typedef {(m: import("../model/types.js").Message, now: import("../model/reduce.js").Room, was: import("../model/reduce.js").Room) => void} Heard */

/** Follows a campaign, as oneself or, read-only, as a player.
 * @param {{campaignId: string, as?: string, heard?: Heard}} opts */
export function followRoom({ campaignId, as, heard = () => {} }) {
  const room = createStore(EMPTY);
  const line = createStore(
    /** @type {import("./socket.js").Line} */ ({ phase: "connecting", tries: 0, retryAt: 0, code: 0, reason: "" }),
  );
  const commands = createCommands((message) => socket.send(message));
  const socket = openSocket({
    url: (at) => socketUrl(address("/ws"), { campaignId, as, staged: "delta", terrain: "runs", ...(at ?? {}) }),
    cursor: () => ({ resume: room.get().resume, after: room.get().seq }),
    changed(next) {
      line.set(next);
      if (next.phase === "closed")
        commands.forget(
          next.code === 4001
            ? "You are signed out. Sign in again in another window and come back; what you wrote here stays until then."
            : next.reason,
        );
    },
    hear(message) {
      if (message.type === "ack" || (message.type === "error" && message.id)) {
        commands.answered(message);
        return;
      }
      const was = room.get();
      // The line is the DM's own; what comes over it is the player's.
      room.set(reduce(was, as && message.type === "connected" ? { ...message, userId: as, role: "player" } : message));
      if (message.type === "connected") commands.resend();
      heard(message, room.get(), was);
    },
  });
  return {
    room,
    line,
    commands,
    close: () => {
      commands.forget();
      socket.close();
    },
    retry: socket.retry,
  };
}
