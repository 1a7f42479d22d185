// @ts-check
/** The rows of the log: a publish is one, with what it did inside; so are people who come and go one after another. Pure. */

/** @typedef {import("../net/answers.js").RecordedEvent} RecordedEvent */
/** @typedef {{kind: "one", event: RecordedEvent}|{kind: "publish", event: RecordedEvent, did: RecordedEvent[]}|{kind: "people", events: RecordedEvent[]}} Row */

const PEOPLE = ["player_join", "player_leave"];

/** Returns the rows of events; both are newest first. @param {RecordedEvent[]} events @returns {Row[]} */
export function rowsOf(events) {
  /** @type {Row[]} */
  const rows = [];
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i];
    const last = rows.at(-1);
    if (event.type === "broadcast_publish") {
      const end = endOf(events, i);
      rows.push({ kind: "publish", event, did: events.slice(end, i).filter(tells) });
      i = end;
    } else if (PEOPLE.includes(event.type) && last?.kind === "people") last.events.unshift(event);
    else if (PEOPLE.includes(event.type)) rows.push({ kind: "people", events: [event] });
    else rows.push({ kind: "one", event });
  }
  return rows.reverse();
}

/** Returns the versions of events that another one of their command comes before: it is undone as a whole. @param {RecordedEvent[]} events newest first */
export function followersOf(events) {
  const followers = new Set();
  for (let i = events.length - 2; i >= 0; i--) {
    const [event, before] = [events[i], events[i + 1]];
    if (event.commandId && event.commandId === before.commandId && event.createdAt === before.createdAt)
      followers.add(event.version);
  }
  return followers;
}

/** Returns what says of a version whether it is undone, and not done again. @param {RecordedEvent[]} events newest first @returns {(version: number) => boolean} */
export function undoneIn(events) {
  /** By the last of their versions, as an event that does them again names them. @type {Map<number, number>} */
  const undone = new Map();
  for (const { type, payload } of [...events].reverse()) {
    if (type === "history_undo") undone.set(payload.version, payload.after);
    if (type === "history_redo") undone.delete(payload.version);
  }
  return (version) => [...undone].some(([last, after]) => after < version && version <= last);
}

/** Returns the place of the last event of a publish: all its changes are out of the queue then, and perhaps the table is live again.
 * @param {RecordedEvent[]} events @param {number} at the place of the publish itself */
function endOf(events, at) {
  const { payload, createdAt } = events[at];
  const open = new Set(payload.changes ?? []);
  let end = at;
  while (end > 0 && open.size) {
    end--;
    if (events[end].type === "staged_undo") open.delete(events[end].payload.change);
  }
  const next = events[end - 1];
  return next?.type === "broadcast_mode" && next.createdAt === createdAt ? end - 1 : end;
}

/** Whether an event of a publish says more than that a change left the queue. @param {RecordedEvent} event */
const tells = ({ type, payload }) => type !== "staged_undo" || payload.reason === "dropped";
