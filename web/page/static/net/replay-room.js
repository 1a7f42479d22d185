// @ts-check
/** A past session as a room: the same messages from the record, with a place in time to go to. */

import { EMPTY, reduce } from "../model/reduce.js";
import { createStore } from "../model/store.js";
import { openSocket, socketUrl } from "./socket.js";
import { address } from "./address.js";

/** @typedef {{from: number, to: number, marks: {version: number, kind: string, caption: string, at: string}[]}} Timeline */
/** @typedef {ReturnType<typeof openReplay>} Replay */
/** @typedef {{version: number, at: string, index: number, count: number, caption: string, playing: boolean, speed: number}} Position */
/** Gives a tile of a picture as the viewer saw it then; without a blob where there is none, or it is the one of that key.
 * @typedef {(picture: string, tile: {level: number, col: number, row: number, key: string}) => Promise<{blob: Blob|null, key: string}>} PastTile */

/** Opens a replay, which stands still where it starts at a version or a time. @param {{sessionId: string, start?: number|string, as?: string, force?: boolean, heard?: import("./live-room.js").Heard}} opts */
export function openReplay({ sessionId, start, as, force, heard = () => {} }) {
  const room = createStore(EMPTY);
  const timeline = createStore(/** @type {Timeline} */ ({ from: 0, to: 0, marks: [] }));
  const position = createStore(/** @type {Position|null} */ (null));
  const line = createStore(
    /** @type {import("./socket.js").Line} */ ({ phase: "connecting", tries: 0, retryAt: 0, code: 0, reason: "" }),
  );
  /** Who waits for a tile or an image, by the id of the question. @type {Map<string, {resolve: (found: {blob: Blob|null, key: string}) => void, reject: (why: Error) => void}>} */
  const waiting = new Map();
  let asked = 0;
  const giveUp = () => {
    for (const { reject } of waiting.values()) reject(new Error("the line is lost"));
    waiting.clear();
  };
  // Versions are a viewer's own, and times are everybody's.
  const place = () => {
    const stands = position.get()?.version ?? start;
    return typeof stands === "string" ? { at: stands } : { from: stands };
  };
  const socket = openSocket({
    url: () =>
      socketUrl(address("/ws/replay"), {
        sessionId,
        as,
        ...place(),
        paused: start === undefined ? undefined : 1,
        force: force ? 1 : undefined,
      }),
    cursor: () => ({ resume: "", after: 0 }),
    changed(next) {
      if (next.phase !== "open") giveUp();
      line.set(next);
    },
    hear(message) {
      if (message.type === "replay:timeline")
        return timeline.set(/** @type {Timeline} */ (/** @type {unknown} */ (message)));
      if (message.type === "replay:position")
        return position.set(/** @type {Position} */ (/** @type {unknown} */ (message)));
      if (waiting.has(message.id)) {
        waiting.get(message.id)?.resolve({
          blob: message.webp ? new Blob([bytesOf(message.webp)], { type: "image/webp" }) : null,
          key: message.key ?? "",
        });
        return waiting.delete(message.id);
      }
      const was = room.get();
      room.set(reduce(was, as && message.type === "connected" ? { ...message, userId: as, role: "player" } : message));
      heard(message, room.get(), was);
    },
  });
  const say = (/** @type {string} */ verb, fields = {}) => socket.send({ type: `replay:${verb}`, ...fields });
  /** @param {string} verb @param {object} fields @returns {Promise<{blob: Blob|null, key: string}>} */
  const question = (verb, fields) =>
    new Promise((resolve, reject) => {
      const id = `${verb}-${++asked}`;
      waiting.set(id, { resolve, reject });
      if (!say(verb, { id, ...fields })) giveUp();
    });
  return {
    room,
    timeline,
    position,
    line,
    seek: (/** @type {number} */ version) => say("seek", { version }),
    play: () => say("play"),
    pause: () => say("pause"),
    speed: (/** @type {number} */ speed) => say("speed", { speed }),
    step: (/** @type {1|-1} */ by) => say("step", { by }),
    /** @type {PastTile} */
    tile: (picture, { level, col, row, key }) => question("tile", { picture, level, column: col, row, has: key }),
    /** @type {import("../map/faces.js").PastImage} */
    image: (image) => question("image", { image }).then(({ blob }) => blob),
    close() {
      socket.close();
      giveUp();
    },
    retry: socket.retry,
  };
}

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
