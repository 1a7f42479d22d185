// @ts-check
/** Says when changes reach players at once, or no longer do, and this DM did not switch it. */

import { count } from "../ui/text.js";
import { complain, toast } from "./notices.js";

const WORDS = {
  immediate: "Live: players see each change at once.",
  staged: "Staging: players see nothing until you publish.",
};

/** Watches the mode of the room for a DM. Going live by publishing, by undo or by another DM puts the brush down.
 * @param {import("./types.js").Table} table */
export function watchMode({ room, ui, commands }) {
  room.subscribe(
    (s) => (s.ready && s.role === "dm" ? s.mode : null),
    (mode, was) => {
      if (!mode || !was) return;
      const chosen = commands.pending.get().some((m) => m.type === "broadcast:mode" && m.mode === mode);
      if (chosen) return;
      if (mode === "immediate") ui.update({ tool: "look" });
      const published = commands.pending.get().some((m) => m.type === "broadcast:publish");
      // The queue is told after the mode: what is there now is what was published.
      const first = published ? `Published ${count(room.get().staged.length, "change")}. ` : "";
      const act = { label: "Stage again", run: () => commands.mode("staged").catch(complain) };
      toast(`${first}${WORDS[/** @type {keyof typeof WORDS} */ (mode)]}`, {
        kind: published ? "good" : undefined,
        act: mode === "immediate" ? act : undefined,
        ms: 9000,
      });
    },
  );
}
