// @ts-check
/** Commands by id: kept while the line is away, sent once. */

import { createCommands, Refused } from "/static/net/commands.js";
import { check, equal, that } from "./check.js";

/** Returns a line that may be cut, and what went over it. */
function lineOf() {
  /** @type {any[]} */
  const sent = [];
  const line = { up: true };
  return { line, sent, commands: createCommands((m) => line.up && Boolean(sent.push(m))) };
}

check("a command is done when it is acknowledged", async () => {
  const { sent, commands } = lineOf();
  const done = commands.reveal(["0,0"], "all");
  equal(
    [sent[0].type, sent[0].hexKeys, sent[0].tier, commands.pending.get().length],
    ["hex:reveal", ["0,0"], undefined, 1],
  );
  commands.answered({ type: "ack", id: sent[0].id, seq: 1 });
  await done;
  equal(commands.pending.get(), []);
});

check("a refusal says why", async () => {
  const { sent, commands } = lineOf();
  const done = commands.start();
  commands.answered({ type: "error", id: sent[0].id, code: "invalid_state", message: "a session is active" });
  const error = await done.catch((/** @type {any} */ e) => e);
  that(error instanceof Refused);
  equal([error.code, error.message], ["invalid_state", "a session is active"]);
});

check("what was asked while the line was away goes out with the same ids, in order", () => {
  const { line, sent, commands } = lineOf();
  commands.start();
  line.up = false;
  commands.reveal(["0,0"], "all");
  commands.hide(["0,0"], "all");
  line.up = true;
  const first = sent[0].id;
  commands.resend();
  equal(
    sent.map((m) => m.type),
    ["session:start", "session:start", "hex:reveal", "hex:hide"],
  );
  equal(sent[1].id, first);
  equal(new Set(sent.map((m) => m.id)).size, 3);
});
