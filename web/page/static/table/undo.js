// @ts-check
/** Taking back and doing again: what it was is said, with the way back; other DMs hear of it, too. */

import { complain, toast } from "./notices.js";

const SHOWN_MS = 8000;
/** Staged by a file that was sent besides: asked for again, they would lack it. */
const BY_FILE = /^(token|note):picture/;

/** @typedef {import("../model/types.js").StagedChange} StagedChange */

/** Returns what takes back and does again. @param {Pick<import("./types.js").Table, "room"|"commands">} table */
export function createUndo({ room, commands }) {
  const asked = (/** @type {string} */ type) => commands.pending.get().filter((m) => m.type === type);

  /** Takes a staged change back; players never knew of it. @param {StagedChange} change */
  function unstage(change) {
    const { type, data } = change;
    const again = () => {
      // Live by now, it would be there for everyone to see.
      if (room.get().mode !== "staged") return toast("The table is live again: stage it anew.", { kind: "bad" });
      commands.ask(type, /** @type {Record<string, unknown>} */ (data)).catch(complain);
    };
    const act = data && !BY_FILE.test(type) ? { label: "Put back", run: again } : undefined;
    commands.unstage(change.id).then(() => toast(`Taken back: ${change.description}`, { act, ms: SHOWN_MS }), complain);
  }

  /** Takes back what one did last, staged or not. */
  function undo() {
    // What is being taken back already is not taken back twice by a fast hand.
    const going = new Set(asked("staged:undo").map((m) => m.changeId));
    // Each DM takes back their own.
    const { staged, userId } = room.get();
    const last = staged.filter((c) => c.by === userId && !going.has(c.id)).at(-1);
    if (last) unstage(last);
    else if (!going.size) take(undefined, room.get().history.canUndo);
  }

  /** Takes back one action, whoever did it; without a version one's own last one. @param {number|undefined} version @param {unknown} what in words, if known */
  function take(version, what) {
    commands.undo(version).then(
      () =>
        toast(`Taken back${typeof what === "string" ? `: ${what}` : ""}${left()}`, {
          act: { label: "Redo", run: redo },
          ms: SHOWN_MS,
        }),
      complain,
    );
  }

  function redo() {
    const what = room.get().history.canRedo;
    commands.redo().then(() => toast(`Done again${typeof what === "string" ? `: ${what}` : ""}${left()}`), complain);
  }

  /** Says what stayed as it is, as somebody changed it since. */
  const left = () => {
    const { kept } = room.get().history;
    return kept ? `. Changed since, so left: ${kept}` : "";
  };

  room.subscribe(
    (s) => (s.ready && s.role === "dm" ? s.history.undone : null),
    (undone) => {
      const { userId } = room.get();
      if (!undone || undone.undoneBy === userId) return;
      const whose =
        { [undone.undoneBy]: "", [userId]: " (yours)" }[undone.userId] ?? ` (by ${undone.name || "somebody else"})`;
      toast(`${undone.undoneByName || "Another DM"} took back: ${undone.description}${whose}${left()}`, {
        ms: SHOWN_MS,
      });
    },
  );

  return { undo, redo, unstage, take };
}
