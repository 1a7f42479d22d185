// @ts-check
/** From hands on the map to commands: strokes of the brush, taps, drags of tokens. A control never changes the view itself. */

import { disc, distance, flood, keyOf, line, parseKey, rectangle, toOffset } from "../model/hex.js";
import { count, targetWords } from "../ui/text.js";
import { complain, speak } from "./notices.js";

/** @typedef {import("../model/hex.js").Hex} Hex */

/** @param {import("./types.js").Table} table @returns {import("../map/input.js").Hands & {apply: (keys: string[], flip?: boolean) => void, shapeAt: (key: string) => string[], hovered: () => string|null}} */
export function createHands(table) {
  const { room, ui, scene, commands } = table;
  /** @type {{keys: Set<string>, start: Hex, last: Hex}|null} */
  let stroke = null;
  /** @type {{token: import("../model/types.js").Token, moved: boolean}|null} */
  let held = null;

  const dm = () => room.get().role === "dm" && !table.readOnly();
  const does = () => {
    const { tool, flip } = ui.get();
    return tool === "terrain" ? "paint" : (tool === "hide") !== flip ? "hide" : "reveal";
  };
  const onMap = (/** @type {{q: number, r: number}} */ { q, r }) => {
    const map = room.get().map;
    if (!map) return false;
    const { col, row } = toOffset(q, r, map.orientation);
    return col >= 0 && row >= 0 && col < map.gridWidth && row < map.gridHeight;
  };
  const keysOf = (/** @type {{q: number, r: number}[]} */ hexes) => hexes.filter(onMap).map((h) => keyOf(h.q, h.r));

  /** Returns the hexes the tool would touch at a hex, without a stroke. */
  const shapeAt = (/** @type {string} */ key) => {
    const at = parseKey(key);
    const { shape, radius } = ui.get();
    if (shape === "fill") {
      const terrain = room.get().terrain;
      const name = terrain.at(at.q, at.r)?.terrain;
      return keysOf(flood(at, (q, r) => onMap({ q, r }) && terrain.at(q, r)?.terrain === name));
    }
    return keysOf(shape === "rect" ? [at] : disc(at, radius));
  };

  /** Sends what the tool in hand does to hexes: one command. */
  function apply(/** @type {string[]} */ keys, flip = false) {
    if (!keys.length || !dm()) return;
    const { targets, tier, terrain } = ui.get();
    const what = flip ? (does() === "hide" ? "reveal" : "hide") : does();
    const sent =
      what === "paint"
        ? commands.paint(keys.map((key) => ({ key, terrain })))
        : what === "hide"
          ? commands.hide(keys, targets)
          : commands.reveal(keys, targets, tier);
    for (const key of keys) scene.overlay.waiting.add(key);
    scene.touch();
    sent
      .then(() => {
        const who = targetWords(targets, room.get().people);
        const staged = room.get().mode === "staged" ? "Staged: " : "";
        speak(
          staged +
            (what === "paint"
              ? `${count(keys.length, "hex")} painted ${terrain}`
              : what === "hide"
                ? `${count(keys.length, "hex")} hidden from ${who}`
                : `${count(keys.length, "hex")} revealed to ${who}`),
        );
      }, complain)
      .finally(() => {
        for (const key of keys) scene.overlay.waiting.delete(key);
        scene.touch();
      });
  }

  const preview = (/** @type {Iterable<string>|null} */ keys) => {
    scene.overlay.brush = keys;
    scene.overlay.brushKind = does();
    scene.touch();
  };
  const grow = (/** @type {Hex} */ hex) => {
    if (!stroke) return;
    const map = room.get().map;
    if (!map) return;
    if (ui.get().shape === "rect") stroke.keys = new Set(keysOf(rectangle(stroke.start, hex, map.orientation)));
    else for (const h of line(stroke.last, hex)) for (const key of shapeAt(keyOf(h.q, h.r))) stroke.keys.add(key);
    stroke.last = hex;
    preview(stroke.keys);
  };

  /** What is chosen already is asked about: fingers have no right button. */
  const choose = (/** @type {string} */ key) => (key === ui.get().selected ? table.ask(key) : table.select(key));
  const mayMove = (/** @type {import("../model/types.js").Token} */ token) =>
    dm() || (token.ownerId === room.get().userId && !table.readOnly());
  const hands = {
    shapeAt,
    apply,
    hovered: () => scene.overlay.hover,
    paints: () => dm() && ui.get().tool !== "look",
    grab(/** @type {number} */ x, /** @type {number} */ y) {
      if (hands.paints()) return false;
      const token = scene.tokenAt(x, y);
      if (!token || !mayMove(token)) return false;
      held = { token, moved: false };
      return true;
    },
    hover(/** @type {number} */ x, /** @type {number|null} */ y) {
      const hex = y === null ? null : scene.hexAt(x, y);
      const key = hex?.inside ? hex.key : null;
      if (key === scene.overlay.hover) return;
      scene.overlay.hover = key;
      if (!stroke) preview(key && hands.paints() ? (ui.get().shape === "fill" ? [key] : shapeAt(key)) : null);
      table.readout();
      scene.touch();
    },
    tap(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (!hex.inside) return table.select(null);
      const token = scene.tokenAt(x, y);
      if (token) table.hold(token.id);
      choose(hex.key);
    },
    twice(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (hex.inside && !hands.paints()) table.ask(hex.key);
    },
    begin(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      stroke = { keys: new Set(), start: hex, last: hex };
      grow(hex);
    },
    stroke(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (!stroke || (hex.q === stroke.last.q && hex.r === stroke.last.r)) return;
      if (ui.get().shape !== "fill") grow(hex);
      scene.overlay.hover = hex.inside ? hex.key : null;
      table.readout();
    },
    finish(/** @type {boolean} */ done) {
      const keys = stroke ? [...stroke.keys] : [];
      stroke = null;
      preview(null);
      if (done) apply(keys);
    },
    drag(/** @type {number} */ x, /** @type {number} */ y) {
      if (!held) return;
      held.moved = true;
      scene.overlay.held = { id: held.token.id, x, y };
      scene.overlay.hover = scene.hexAt(x, y).key;
      table.readout();
      scene.touch();
    },
    drop(/** @type {number} */ x, /** @type {number} */ y, /** @type {boolean} */ done) {
      if (!held) return;
      const { token, moved } = held;
      held = null;
      scene.overlay.held = null;
      scene.touch();
      const hex = scene.hexAt(x, y);
      if (done && !moved) {
        table.hold(token.id);
        return choose(token.hexKey);
      }
      if (done && hex.inside && hex.key !== token.hexKey) commands.moveToken(token.id, hex.key).catch(complain);
    },
    /** Hidden, terrain, all, in turn, for those the brush is for. */
    cycle(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (!dm() || !hex.inside) return;
      const { targets } = ui.get();
      const seen = room.get().viewers.at(hex.q, hex.r);
      const one = targets === "all" ? undefined : targets.playerIds?.[0];
      const now = (one && seen?.apart?.[one]) ?? seen?.everyone ?? "hidden";
      (now === "full"
        ? commands.hide([hex.key], targets)
        : commands.reveal([hex.key], targets, now === "hidden" ? "terrain" : "full")
      ).catch(complain);
    },
    ask(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (hex.inside) table.ask(hex.key);
    },
    /** A long press points, as elsewhere; with a brush in hand it asks. */
    press(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (hands.paints()) hands.ask(x, y);
      else if (hex.inside) table.point(hex.key);
    },
  };
  return hands;
}

/** Returns how far two hexes are apart, in words, or nothing. @param {string|null} a @param {string|null} b */
export function apart(a, b) {
  if (!a || !b || a === b) return "";
  return count(distance(parseKey(a), parseKey(b)), "hex");
}
