// @ts-check
/** The rows of the log. */

import { followersOf, rowsOf, undoneIn } from "/static/history/log-rows.js";
import { check, equal } from "./check.js";

let version = 0;
const event = (/** @type {string} */ type, payload = {}, createdAt = "a") => ({
  version: ++version,
  type,
  createdAt,
  userId: null,
  payload,
});
/** @param {import("/static/history/log-rows.js").Row[]} rows */
const shape = (rows) =>
  rows.map((row) =>
    row.kind === "one" ? row.event.type : row.kind === "publish" ? row.did.map((e) => e.type) : row.events.length,
  );

check("a publish is one row with what it did inside, and the mode that came of it", () => {
  const events = [
    event("change_staged"),
    event("broadcast_publish", { changes: [1, 2] }),
    event("hex_reveal"),
    event("staged_undo", { change: 1, reason: "published" }),
    event("staged_undo", { change: 2, reason: "dropped" }),
    event("broadcast_mode"),
    event("broadcast_mode", {}, "b"),
  ].reverse();
  equal(shape(rowsOf(events)), ["broadcast_mode", ["broadcast_mode", "staged_undo", "hex_reveal"], "change_staged"]);
});

check("people who come and go one after another are one row", () => {
  const events = ["player_join", "player_leave", "hex_hide", "player_join"].map((type) => event(type)).reverse();
  equal(shape(rowsOf(events)), [1, "hex_hide", 2]);
});

check("a publish whose end is not there yet is shown as far as it goes", () => {
  const events = [event("broadcast_publish", { changes: [7] }), event("hex_reveal")].reverse();
  equal(shape(rowsOf(events)), [["hex_reveal"]]);
});

check("events of one command are undone with the first of them", () => {
  const of = (/** @type {string} */ commandId, createdAt = "a") => ({
    ...event("hex_reveal", {}, createdAt),
    commandId,
  });
  const [first, second, later, other] = [of("one"), of("one"), of("one", "b"), of("two", "b")];
  equal(
    [...followersOf([first, second, later, other, event("hex_hide"), event("hex_hide")].reverse())],
    [second.version],
  );
});

check("an event is taken back with all of its action, until that is done again", () => {
  const undo = event("history_undo", { after: 2, version: 5 });
  const redo = event("history_redo", { version: 5 });
  const of = (/** @type {any[]} */ ...events) => [2, 3, 5, 6].map(undoneIn(events.reverse()));
  equal(of(undo), [false, true, true, false]);
  equal(of(undo, redo), [false, false, false, false]);
  equal(of(undo, redo, undo), [false, true, true, false]);
});
