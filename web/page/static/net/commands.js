// @ts-check
/** Commands by id: a promise for each, sent again with the same id after the line was lost. */

import { createStore } from "../model/store.js";

export class Refused extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @typedef {import("../model/types.js").Message} Message */
/** @typedef {import("../model/types.js").Targets} Targets */
/** A command on its way. @typedef {{type: string, id: string, [field: string]: unknown}} Sent */

/** Refusals of a moment. */
const AGAIN = ["busy", "unavailable", "rate_limited"];

/** Returns the commands of a line. `write` sends a message and says whether it could.
 * @param {(message: Sent) => boolean} write */
export function createCommands(write) {
  /** In the order given. @type {Map<string, {message: Sent, resolve: (v: Message) => void, reject: (e: Error) => void}>} */
  const open = new Map();
  const pending = createStore(/** @type {Sent[]} */ ([]));
  /** Whether the room asked to wait, and what was asked of it goes again by itself. */
  const held = createStore(false);
  let closed = "";
  const tell = () => pending.set([...open.values()].map((o) => o.message));

  /** @param {string} type @param {Record<string, unknown>} [fields] @returns {Promise<Message>} */
  const ask = (type, fields = {}) =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new Refused("gone", closed));
      const message = { type, id: newId(), ...fields };
      open.set(message.id, { message, resolve, reject });
      tell();
      write(message);
    });

  return {
    ask,
    pending,
    held,
    answered(/** @type {Message} */ answer) {
      const entry = open.get(answer.id);
      if (!entry) return;
      if (answer.type === "error" && AGAIN.includes(answer.code)) {
        // Not done, and may be asked again with the same id.
        held.set(true);
        setTimeout(
          () => open.has(answer.id) && write(entry.message),
          (answer.code === "rate_limited" ? 2000 : 500) + Math.random() * 1000,
        );
        return;
      }
      held.set(false);
      open.delete(answer.id);
      tell();
      if (answer.type === "ack") entry.resolve(answer);
      else entry.reject(new Refused(answer.code, answer.message));
    },
    /** Sends again what is unanswered, in order; an id already carried out is only acknowledged. */
    resend: () => {
      for (const { message } of open.values()) write(message);
    },
    /** Gives up what is unanswered, and refuses what is asked from now on. */
    forget(why = "You left the table.") {
      closed = why;
      for (const { reject } of open.values()) reject(new Refused("gone", why));
      open.clear();
      tell();
    },

    start: () => ask("session:start"),
    pause: () => ask("session:pause"),
    resume: () => ask("session:resume"),
    end: () => ask("session:end"),
    mode: (/** @type {string} */ mode) => ask("broadcast:mode", { mode }),
    publish: ({ stayStaged = false } = {}) => ask("broadcast:publish", stayStaged ? { stayStaged } : {}),
    unstage: (/** @type {string} */ changeId) => ask("staged:undo", { changeId }),
    reveal: (/** @type {string[]|"all"} */ hexKeys, /** @type {Targets} */ targets, tier = "full") =>
      ask("hex:reveal", { hexKeys, targets, ...(tier === "full" ? {} : { tier }) }),
    hide: (/** @type {string[]|"all"} */ hexKeys, /** @type {Targets} */ targets) =>
      ask("hex:hide", { hexKeys, targets }),
    parity: (/** @type {string} */ parity) => ask("map:parity", { parity }),
    paint: (/** @type {{key: string, terrain: string}[]} */ changes) => ask("hex:update", { changes }),
    undo: (/** @type {number|undefined} */ version = undefined) => ask("history:undo", version ? { version } : {}),
    redo: () => ask("history:redo"),
    createToken: (/** @type {Partial<import("../model/types.js").Token>} */ token) => ask("token:create", token),
    updateToken: (/** @type {string} */ tokenId, /** @type {Partial<import("../model/types.js").Token>} */ fields) =>
      ask("token:update", { tokenId, ...fields }),
    deleteToken: (/** @type {string} */ tokenId) => ask("token:delete", { tokenId }),
    moveToken: (/** @type {string} */ tokenId, /** @type {string} */ toHexKey) =>
      ask("token:move", { tokenId, toHexKey }),
    point: (/** @type {string} */ hexKey) => ask("hex:point", { hexKey }),
    leadScreen: (/** @type {string} */ hexKey, /** @type {number} */ across) => ask("screen:lead", { hexKey, across }),
    settings: (/** @type {import("../model/types.js").Settings} */ changed) => ask("settings:set", changed),
    setRule: (/** @type {Omit<import("../model/types.js").Rule, "id"> & {ruleId?: string}} */ rule) =>
      ask("rule:set", rule),
    deleteRule: (/** @type {string} */ ruleId) => ask("rule:delete", { ruleId }),
    setSkill: (
      /** @type {string} */ skill,
      /** @type {number|null} */ modifier,
      /** @type {string|undefined} */ userId = undefined,
    ) => ask("skill:set", { skill, modifier, ...(userId ? { userId } : {}) }),
    setNote: (/** @type {string} */ hexKey, /** @type {object} */ note) => ask("note:set", { hexKey, note }),
    deleteNote: (/** @type {string} */ noteId) => ask("note:delete", { noteId }),
    revealNote: (/** @type {string} */ noteId, /** @type {Targets} */ targets) =>
      ask("note:reveal", { noteId, targets }),
    setPin: (
      /** @type {string} */ hexKey,
      /** @type {string} */ text,
      /** @type {boolean} */ party,
      /** @type {string|undefined} */ pinId = undefined,
    ) => ask("pin:set", { hexKey, text, party, ...(pinId ? { pinId } : {}) }),
    deletePin: (/** @type {string} */ pinId) => ask("pin:delete", { pinId }),
    drawStroke: (/** @type {import("../table/sketch.js").Drawn} */ { hexKey, points, color, party }) =>
      ask("stroke:draw", { hexKey, points, color, party }),
    eraseStrokes: (/** @type {string[]} */ strokeIds) => ask("stroke:erase", { strokeIds }),
    showHandout: (/** @type {string} */ noteId, /** @type {Targets} */ targets) =>
      ask("handout:show", { noteId, targets }),
    hideHandout: (/** @type {string} */ noteId, /** @type {Targets} */ targets) =>
      ask("handout:hide", { noteId, targets }),
    openHandout: (/** @type {string} */ noteId, /** @type {Targets} */ targets) =>
      ask("handout:open", { noteId, targets }),
    setPath: (/** @type {object} */ path) => ask("path:set", { path }),
    deletePath: (/** @type {string} */ pathId) => ask("path:delete", { pathId }),
    revealPath: (/** @type {string} */ pathId, /** @type {Targets} */ targets) =>
      ask("path:reveal", { pathId, targets }),
    setSite: (/** @type {string} */ hexKey, /** @type {object} */ site) => ask("site:set", { hexKey, site }),
    deleteSite: (/** @type {string} */ siteId) => ask("site:delete", { siteId }),
    revealSite: (/** @type {string} */ siteId, /** @type {Targets} */ targets) =>
      ask("site:reveal", { siteId, targets }),
    setRegion: (/** @type {object} */ region) => ask("region:set", { region }),
    deleteRegion: (/** @type {string} */ regionId) => ask("region:delete", { regionId }),
    revealRegion: (/** @type {string} */ regionId, /** @type {Targets} */ targets) =>
      ask("region:reveal", { regionId, targets }),
    setLabel: (/** @type {string} */ hexKey, /** @type {object} */ label) => ask("label:set", { hexKey, label }),
    deleteLabel: (/** @type {string} */ labelId) => ask("label:delete", { labelId }),
    revealLabel: (/** @type {string} */ labelId, /** @type {Targets} */ targets) =>
      ask("label:reveal", { labelId, targets }),
  };
}

/** Returns an id that nothing else has. `randomUUID` needs a secure context; a table in the local network may have none. @returns {string} */
export const newId = () =>
  crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
