// @ts-check
/** The keys, for those who ask; and other keys for those who want them. */

import { keyOfPress, shownKey, takenBy } from "../model/keys.js";
import { ownKeys } from "../table/shortcuts.js";
import { openDialog } from "../ui/dialogs.js";
import { button, fill, h, on } from "../ui/elements.js";

/** What has a key that can be changed is named by its intent, the rest by its keys. @typedef {{intent: string, does: string}|{keys: string, does: string}} Row */

/** @type {Row[]} */
const ALL = [
  { keys: "Drag, Space or Alt + drag", does: "Move the map" },
  { keys: "Wheel", does: "Zoom" },
  { intent: "zoom-in", does: "Zoom in" },
  { intent: "zoom-out", does: "Zoom out" },
  { intent: "fit", does: "The whole map" },
  { intent: "goto", does: "Go to a hex by its label" },
  { intent: "grid-focus", does: "Onto the map, for the arrow keys" },
  { keys: "Arrow keys", does: "From hex to hex" },
  { intent: "carry", does: "Pick up the token on the hex; arrow keys and Enter put it elsewhere" },
  { keys: "Alt + arrow keys", does: "Move your token" },
  { intent: "measure", does: "Measure from hex to hex" },
  { intent: "sketch", does: "Draw by hand on your own map (players)" },
  { keys: "Shift+F10, right click, second tap", does: "What is here" },
  { intent: "point", does: "Point at the hex, as a long press does" },
  { intent: "labels", does: "Labels on or off" },
  { intent: "help", does: "This list" },
  { keys: "Esc", does: "Close, let go, look around" },
];
/** @type {Row[]} */
const DM = [
  { intent: "tool:reveal", does: "Reveal" },
  { intent: "tool:hide", does: "Hide" },
  { intent: "tool:terrain", does: "Terrain" },
  { intent: "draw", does: "Draw paths; again: sites, regions, labels" },
  { keys: "Hold Shift", does: "Reveal and hide change places" },
  { intent: "smaller", does: "Smaller brush" },
  { intent: "larger", does: "Larger brush" },
  { intent: "tier:terrain", does: "Reveal terrain only" },
  { intent: "tier:full", does: "Reveal all" },
  { intent: "tier:hidden", does: "Hide, beside the two" },
  { keys: "Space + click", does: "Hidden, terrain, all, in turn" },
  { intent: "mode", does: "Live or staged" },
  { intent: "publish", does: "Publish" },
  { keys: "Ctrl+S", does: "Publish, too" },
  { intent: "unstage", does: "Take back the last staged change" },
  { keys: "Ctrl+Z, Ctrl+Shift+Z", does: "Undo, redo" },
  { intent: "note", does: "Write a note on the hex" },
  { keys: "Enter, Backspace, Esc", does: "Finish a path, take its last point back, give it up" },
  { keys: "Delete", does: "Delete what is chosen on the map" },
  { intent: "token", does: "Put a token on the hex" },
  { intent: "view-as", does: "See what a player sees" },
];
const WORDS = Object.fromEntries([...DM, ...ALL].flatMap((row) => ("intent" in row ? [[row.intent, row.does]] : [])));
const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"];

/** @param {import("../table/types.js").Table} table */
export function open({ room }) {
  const dm = room.get().role === "dm";
  const said = h("p.dim", { role: "status" });
  const idle = "Choose a key to give it another one. What you choose is kept in this browser.";
  const reset = button("Usual keys again", { onclick: () => changed({}, "All keys are the usual ones.") });
  /** @type {(() => void)[]} */
  const redraws = [() => (reset.hidden = !Object.keys(ownKeys.get()).length)];

  /** @param {import("../model/keys.js").OwnKeys} keys @param {string} words */
  function changed(keys, words) {
    ownKeys.set(keys);
    for (const redraw of redraws) redraw();
    fill(said, words);
  }

  /** The button of an intent's key: pressed, it takes the next key that is. @param {string} intent */
  function keyButton(intent) {
    const does = WORDS[intent];
    const node = h("button.keycap", { onclick: () => listen() });
    let listening = false;
    /** The key of another intent, which is taken from there if it is pressed again. */
    let asked = "";
    const draw = () => {
      const key = shownKey(intent, ownKeys.get());
      node.textContent = listening ? "Press a key" : key || "none";
      node.setAttribute("aria-label", listening ? `Press a key for: ${does}` : `${does}: ${key || "no key"}. Change`);
    };
    const listen = () => {
      listening = true;
      asked = "";
      draw();
      fill(said, `Press the key for: ${does}. Escape leaves it as it is, Delete leaves it without one.`);
    };
    const stop = (words = idle) => {
      listening = false;
      draw();
      fill(said, words);
    };
    on(node, "blur", () => listening && stop());
    on(node, "keydown", (e) => {
      if (!listening || e.key === "Tab" || MODIFIERS.includes(e.key)) return;
      e.preventDefault();
      e.stopPropagation();
      if (e.key === "Escape") return stop();
      const none = e.key === "Delete" || e.key === "Backspace";
      const key = none ? "" : keyOfPress(e);
      if (!key && !none)
        return fill(
          said,
          "This key is not free. Choose a letter, a digit, a sign or a function key, alone or with Alt.",
        );
      const other = key && takenBy(key, ownKeys.get());
      if (other && other !== intent && asked !== key) {
        asked = key;
        return fill(said, `This key is taken, for: ${WORDS[other]}. Press it again to take it from there.`);
      }
      stop();
      const keys = { ...ownKeys.get(), [intent]: key };
      if (other && other !== intent) keys[other] = "";
      const words = other && other !== intent ? ` ${WORDS[other]} has no key now.` : "";
      changed(keys, `${does}: ${shownKey(intent, keys) || "no key"}.${words}`);
    });
    redraws.push(draw);
    draw();
    return node;
  }

  const list = (/** @type {Row[]} */ rows) =>
    h(
      "dl.keys",
      rows.map((row) =>
        h(
          "div",
          h("dt", "intent" in row ? keyButton(row.intent) : row.keys.split(", ").map((keys) => h("kbd", keys))),
          h("dd", row.does),
        ),
      ),
    );
  const dialog = openDialog(
    "Keys",
    h(".row", said, h("span.grow"), reset),
    dm && h("h3", "For the DM"),
    dm && list(DM),
    dm && h("h3", "For everyone"),
    list(ALL),
  );
  changed(ownKeys.get(), idle);
  dialog.classList.add("middling");
}
