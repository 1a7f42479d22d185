// @ts-check
/** Status, mode, staging, history and settings. */

/** @param {import("../reduce.js").Room} room @param {import("../types.js").Message} m @returns {import("../reduce.js").Room} */
export function reduceSession(room, m) {
  switch (m.type) {
    case "connected":
      return { ...room, userId: m.userId, role: m.role };
    case "session:state":
      return {
        ...room,
        ready: true,
        status: m.status,
        sessionId: m.sessionId ?? null,
        mode: m.broadcastMode ?? "immediate",
        preparing: Boolean(m.preparing),
        resume: m.resume ?? "",
        map: m.map ?? null,
        picture: m.picture ?? null,
        role: m.role ?? room.role,
        staged: m.staged?.changes ?? [],
        dropped: m.staged?.dropped ?? [],
        history: historyOf(m.history),
        settings: m.settings ?? {},
      };
    case "session:statusChanged":
      return { ...room, status: m.status, sessionId: m.sessionId ?? null };
    case "broadcast:modeChanged":
      return { ...room, mode: m.mode };
    case "dm:preparing":
      return { ...room, preparing: Boolean(m.preparing) };
    case "staged:updated": {
      const left = room.staged.filter((/** @type {any} */ change) => !m.removed.includes(change.id));
      // An undo puts changes back to where they were.
      const staged = [...left, ...m.added].sort((one, other) => Number(one.id) - Number(other.id));
      return { ...room, staged, dropped: m.dropped ?? [] };
    }
    case "staged:changes":
      return { ...room, staged: m.changes ?? [], dropped: m.dropped ?? [] };
    case "history:changed":
      return { ...room, history: historyOf(m) };
    case "settings:changed":
      return { ...room, settings: { ...room.settings, ...(m.settings ?? {}) } };
    case "map:changed":
      return m.map === undefined ? room : { ...room, map: m.map };
    case "picture:changed":
      return { ...room, picture: m.picture ?? null };
    default:
      return room;
  }
}

/** @param {import("../types.js").Message|{canUndo?: string|boolean|null, canRedo?: string|boolean|null, newest?: import("../types.js").Action|null, kept?: string, undone?: import("../types.js").History["undone"]}|undefined} m @returns {import("../types.js").History} */
const historyOf = (m) => ({
  canUndo: m?.canUndo || null,
  canRedo: m?.canRedo || null,
  newest: m?.newest ?? null,
  kept: m?.kept ?? "",
  undone: m?.undone ?? null,
});
