// @ts-check
/** Tokens, by id. */

import { byId } from "./by-id.js";

/** @param {import("../reduce.js").Room} room @param {import("../types.js").Message} m @returns {import("../reduce.js").Room} */
export function reduceTokens(room, m) {
  switch (m.type) {
    case "session:state":
      return { ...room, tokens: byId(m.tokens) };
    case "token:created":
    case "token:updated":
    case "token:moved": {
      const token = m.token ?? m;
      const id = token.id ?? m.tokenId;
      const hexKey = token.hexKey ?? m.toHexKey;
      return {
        ...room,
        tokens: {
          ...room.tokens,
          // A token whose picture was taken away is told without one.
          [id]: { ...room.tokens[id], picture: undefined, ...token, id, ...(hexKey ? { hexKey } : {}) },
        },
      };
    }
    case "token:deleted": {
      const { [m.tokenId ?? m.token?.id]: _, ...tokens } = room.tokens;
      return { ...room, tokens };
    }
    default:
      return room;
  }
}
