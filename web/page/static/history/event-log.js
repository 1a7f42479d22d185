// @ts-check
/** What happened, newest first, from the record; it follows live. DMs only. */

import { button, fill, h } from "../ui/elements.js";
import { createStore } from "../model/store.js";
import { dayOf } from "../ui/time.js";
import { count, list, nameOf } from "../ui/text.js";
import { get } from "../net/api.js";
import { followersOf, rowsOf, undoneIn } from "./log-rows.js";
import { complain } from "../table/notices.js";

/** @typedef {import("../net/answers.js").RecordedEvent} RecordedEvent */

const PAGE = 100;

/** Returns the log of a table: a follower of the record, made when it is first asked for. @param {import("../table/types.js").Table} table @returns {ReturnType<typeof createLog>} */
export function logOf(table) {
  const log = logs.get(table) ?? createLog(table);
  logs.set(table, log);
  return log;
}

/** @type {WeakMap<import("../table/types.js").Table, ReturnType<typeof createLog>>} */
const logs = new WeakMap();

/** Returns a follower of the record: the events known so far, newest first. @param {import("../table/types.js").Table} table */
function createLog({ campaignId, room }) {
  const events = createStore(/** @type {import("../net/answers.js").RecordedEvent[]} */ ([]));
  const path = (/** @type {number} */ after, /** @type {number} */ limit) =>
    `campaigns/${campaignId}/events?after=${after}&limit=${limit}`;
  let first = 0;
  let busy = false;
  let again = false;
  let opened = false;
  let timer = 0;

  /** Returns the newest version: doubling, then halving, a page of one each. */
  async function head() {
    let [low, high] = [0, 64];
    while ((await get(path(high, 1))).events.length) [low, high] = [high, high * 4];
    while (high - low > 32) {
      const middle = (low + high) >> 1;
      if ((await get(path(middle, 1))).events.length) low = middle;
      else high = middle;
    }
    return high;
  }

  async function follow() {
    if (busy) return void (again = true);
    busy = true;
    try {
      if (!opened) {
        first = Math.max(0, (await head()) - PAGE);
        opened = true;
      }
      for (;;) {
        const after = events.get()[0]?.version ?? first;
        const page = (await get(path(after, 500))).events;
        if (page.length) events.set([...page.reverse(), ...events.get()].slice(0, 4000));
        if (page.length < 500) break;
      }
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      await follow();
    }
  }
  follow().catch(complain);
  // What is new is read a moment later, once for many messages.
  room.subscribe(
    (s) => s.seq,
    (/** @type {number} */ _, /** @type {number|undefined} */ was) => {
      if (was !== undefined)
        timer ||= setTimeout(() => {
          timer = 0;
          follow().catch(() => {});
        }, 200);
    },
  );
  return {
    events,
    more: async () => {
      const from = Math.max(0, first - PAGE);
      if (from === first) return;
      const older = (await get(path(from, first - from))).events.reverse();
      first = from;
      events.set([...events.get(), ...older]);
    },
    hasMore: () => opened && first > 0,
  };
}

/** Whether a payload's hexes, runs `[q, r, n]`, hold a hex. @param {{hexes?: [number, number, number][], [name: string]: unknown}} payload @param {number} q @param {number} r */
export function touches(payload, q, r) {
  for (const runs of [payload?.hexes, payload?.was, payload?.changes])
    if (Array.isArray(runs) && runs.some((x) => Array.isArray(x) && x[1] === r && q >= x[0] && q < x[0] + (x[2] ?? 1)))
      return true;
  return false;
}

/** What can be taken back by itself. */
const UNDOABLE = /^(hex|token|note|path|site|region|label)_/;

/** @param {import("../table/types.js").Table} table */
export function eventLog(table) {
  const { room } = table;
  const log = logOf(table);
  const node = h(".log");
  /** Groups that are open, by their version: the log is drawn anew as it grows. @type {Set<number>} */
  const open = new Set();
  const plain = (/** @type {string} */ type) => type.replaceAll("_", " ");
  const when = (/** @type {RecordedEvent} */ e) =>
    h("time", { dateTime: e.createdAt, title: new Date(e.createdAt).toLocaleString() }, dayOf(e.createdAt));
  const who = (/** @type {RecordedEvent} */ e) => nameOf(room.get().people, e.userId ?? "", "");
  /** Says who did it, where the words do not. @param {RecordedEvent} e @param {string} words */
  const by = (e, words) => {
    const name = who(e);
    return name && !words.includes(name) && h("span.dim.small", ` · ${name}`);
  };
  const words = (/** @type {RecordedEvent} */ e) => e.caption ?? plain(e.type);
  const undoOf = (/** @type {RecordedEvent} */ e, /** @type {string} */ what) =>
    button(
      `Undo: ${what}`,
      { class: "btn ghost square small undo", title: "Undo this", onclick: () => table.take(e.version, what) },
      "undo",
      true,
    );
  /** Versions of events that are undone with an earlier one. @type {Set<number>} */
  let followers = new Set();
  /** @type {(version: number) => boolean} */
  let undone = () => false;
  /** Returns the button that takes it back, or that it is taken back. @param {RecordedEvent} e @param {string} what */
  const way = (e, what) => (undone(e.version) ? h("span.dim.small", "taken back") : undoOf(e, what));
  const one = (/** @type {RecordedEvent} */ e, undoes = UNDOABLE.test(e.type) && !followers.has(e.version)) =>
    h(
      "li.entry",
      { data: { type: e.type } },
      when(e),
      h("span.grow", words(e), by(e, words(e))),
      undoes && way(e, words(e)),
    );
  // What is undone is all that one command did, so what is inside a group is not undone by itself.
  const group = (
    /** @type {RecordedEvent} */ e,
    /** @type {string} */ title,
    /** @type {RecordedEvent[]} */ inside,
    undoes = false,
  ) => {
    const list = h("ol.plainlist", ...inside.map((each) => one(each, false)));
    const details = h("details.grow", h("summary", title, by(e, title)), list);
    details.open = open.has(e.version);
    details.addEventListener("toggle", () => (details.open ? open.add(e.version) : open.delete(e.version)));
    return h("li.entry", { data: { type: e.type } }, when(e), details, undoes && way(e, title));
  };
  const draw = () => {
    const events = log.events.get();
    followers = followersOf(events);
    undone = undoneIn(events);
    fill(
      node,
      events.length === 0 && h("p.empty", "Nothing has happened yet. All that does is kept here, for good."),
      h(
        "ol.plainlist",
        rowsOf(events).map((row) => {
          if (row.kind === "publish")
            return group(
              row.event,
              `Published ${count((row.event.payload.changes ?? []).length, "change")}`,
              row.did,
              true,
            );
          if (row.kind === "one" || row.events.length === 1) return one(row.kind === "one" ? row.event : row.events[0]);
          const names = [...new Set(row.events.map(who).filter(Boolean))];
          return group(row.events[row.events.length - 1], `${list(names) || "People"} came or went`, row.events);
        }),
      ),
      log.hasMore() && button("Earlier", { class: "btn small", onclick: () => log.more().catch(complain) }),
    );
  };
  log.events.subscribe((s) => s, draw);
  return node;
}
