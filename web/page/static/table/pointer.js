// @ts-check
/** From hands on the map to commands: strokes of the brush, taps, drags of tokens. A control never changes the view itself. */

import { disc, distance, flood, keyOf, line, parseKey, rectangle, toOffset } from "../model/hex.js";
import { enclosed, laid, pieceOf } from "../model/pieces.js";
import { count, distanceWords, targetWords } from "../ui/text.js";
import { complain, speak } from "./notices.js";

/** @typedef {import("../model/hex.js").Hex} Hex */
/** @typedef {import("./types.js").Does} Does */
/** What a hand is about to do. @typedef {{what: Does} & Pick<import("./types.js").Controls, "targets"|"tier"|"terrain"|"shape">} Intent */

/** @param {import("./types.js").Table} table @returns {import("../map/input.js").Hands & {apply: (keys: string[], turned?: boolean) => void, shapeAt: (key: string) => string[], hovered: () => string|null}} */
export function createHands(table) {
  const { room, ui, scene, commands } = table;
  /** @type {{keys: Set<string>, start: Hex, last: Hex, trail: Hex[], how: Intent}|null} */
  let stroke = null;
  /** @type {{token: import("../model/types.js").Token, moved: boolean, touch: boolean}|null} */
  let held = null;

  const dm = () => room.get().role === "dm" && !table.readOnly();
  /** What the tool in hand does; Shift turns revealing into hiding, and back. @returns {Does} */
  const does = (turned = ui.get().flip) => {
    const { tool, paints } = ui.get();
    if (tool === "terrain") return paints;
    return (tool === "hide") !== turned ? "hide" : "reveal";
  };
  /** What the hand would do now: a stroke does to its end what it did when it began. @returns {Intent} */
  const intent = (what = does()) => {
    const { targets, tier, terrain, shape } = ui.get();
    return { what, targets, tier, terrain, shape };
  };
  const onMap = (/** @type {{q: number, r: number}} */ { q, r }) => {
    const map = room.get().map;
    if (!map) return false;
    const { col, row } = toOffset(q, r, map.orientation, map.parity);
    return col >= 0 && row >= 0 && col < map.gridWidth && row < map.gridHeight;
  };
  const keysOf = (/** @type {{q: number, r: number}[]} */ hexes) => hexes.filter(onMap).map((h) => keyOf(h.q, h.r));

  /** Returns the hexes the tool would touch at a hex, without a stroke. */
  const shapeAt = (/** @type {string} */ key) => {
    const at = parseKey(key);
    const { shape, radius } = ui.get();
    if (does() === "paste") return keysOf(laid(ui.get().piece, at));
    if (shape === "fill") {
      const terrain = room.get().terrain;
      const name = terrain.at(at.q, at.r)?.terrain;
      return keysOf(flood(at, (q, r) => onMap({ q, r }) && terrain.at(q, r)?.terrain === name));
    }
    return keysOf(shape === "brush" ? disc(at, radius) : [at]);
  };

  /** Keeps the terrain of hexes, to be laid down elsewhere. @param {string[]} keys */
  function copy(keys) {
    const { terrain } = room.get();
    const piece = pieceOf(keys, (q, r) => terrain.at(q, r)?.terrain);
    if (!piece.length) return complain(new Error("There is no terrain to copy there."));
    ui.update({ piece, paints: "paste" });
    speak(`${count(piece.length, "hex")} copied. Choose where they go.`);
  }

  /** Sends what is intended for hexes: one command. @param {string[]} keys @param {Intent} how @param {Hex} at where the hand is */
  function send(keys, { what, targets, tier, terrain }, at) {
    if (!keys.length || !dm()) return;
    if (what === "copy") return copy(keys);
    const piece = () => laid(ui.get().piece, at).filter(onMap);
    const ask = {
      paste: () => commands.paint(piece().map((each) => ({ key: keyOf(each.q, each.r), terrain: each.terrain }))),
      paint: () => commands.paint(keys.map((key) => ({ key, terrain }))),
      hide: () => commands.hide(keys, targets),
      reveal: () => commands.reveal(keys, targets, tier),
    };
    const done = () => {
      const who = targetWords(targets, room.get().people);
      const words = {
        paste: "painted as copied",
        paint: `painted ${terrain}`,
        hide: `hidden from ${who}`,
        reveal: `revealed to ${who}`,
      };
      const staged = room.get().mode === "staged" ? "Staged: " : "";
      speak(`${staged}${count(keys.length, "hex")} ${words[what]}`);
    };
    for (const key of keys) scene.overlay.waiting.add(key);
    scene.touch();
    ask[what]()
      .then(done, complain)
      .finally(() => {
        for (const key of keys) scene.overlay.waiting.delete(key);
        scene.touch();
      });
  }

  const preview = (/** @type {Iterable<string>|null} */ keys) => {
    scene.overlay.brush = keys;
    scene.overlay.brushKind = stroke?.how.what ?? does();
    scene.touch();
  };
  const grow = (/** @type {Hex} */ hex) => {
    if (!stroke) return;
    const map = room.get().map;
    if (!map) return;
    stroke.trail.push(...line(stroke.last, hex).slice(stroke.trail.length ? 1 : 0));
    if (stroke.how.what === "paste") stroke.keys = new Set(shapeAt(keyOf(hex.q, hex.r)));
    else if (stroke.how.shape === "lasso") stroke.keys = new Set(keysOf(enclosed(stroke.trail, map.orientation)));
    else if (stroke.how.shape === "rect")
      stroke.keys = new Set(keysOf(rectangle(stroke.start, hex, map.orientation, map.parity)));
    else for (const h of line(stroke.last, hex)) for (const key of shapeAt(keyOf(h.q, h.r))) stroke.keys.add(key);
    stroke.last = hex;
    preview(stroke.keys);
  };

  /** What is chosen already is asked about: fingers have no right button. */
  const choose = (/** @type {string} */ key) => (key === ui.get().selected ? table.ask(key) : table.select(key));
  const hands = {
    shapeAt,
    /** Does to hexes what the tool in hand does; `turned` by Shift. @param {string[]} keys */
    apply: (keys, turned = false) => send(keys, intent(does(turned)), parseKey(ui.get().selected ?? keys[0] ?? "0,0")),
    hovered: () => scene.overlay.hover,
    paints: () => dm() && ui.get().tool !== "look",
    grab(/** @type {number} */ x, /** @type {number} */ y, pointer = "mouse") {
      if (hands.paints()) return false;
      const token = scene.tokenAt(x, y);
      if (!token || !table.carry.mayMove(token)) return false;
      held = { token, moved: false, touch: pointer === "touch" };
      return true;
    },
    hover(/** @type {number} */ x, /** @type {number|null} */ y) {
      const hex = y === null ? null : scene.hexAt(x, y);
      const key = hex?.inside ? hex.key : null;
      if (key === scene.overlay.hover) return;
      scene.overlay.hover = key;
      if (key) table.carry.over(key);
      if (!stroke)
        preview(
          key && hands.paints() ? (ui.get().shape === "fill" && does() !== "paste" ? [key] : shapeAt(key)) : null,
        );
      table.readout();
      scene.touch();
    },
    tap(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (!hex.inside) return table.select(null);
      if (table.carry.drop(hex.key)) return table.select(hex.key);
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
      stroke = { keys: new Set(), start: hex, last: hex, trail: [], how: intent() };
      ui.update({ stroke: stroke.how.what });
      grow(hex);
    },
    stroke(/** @type {number} */ x, /** @type {number} */ y) {
      const hex = scene.hexAt(x, y);
      if (!stroke || (hex.q === stroke.last.q && hex.r === stroke.last.r)) return;
      if (stroke.how.shape !== "fill" || stroke.how.what === "paste") grow(hex);
      scene.overlay.hover = hex.inside ? hex.key : null;
      table.readout();
    },
    finish(/** @type {boolean} */ done) {
      const ended = stroke;
      stroke = null;
      ui.update({ stroke: null });
      preview(null);
      if (done && ended) send([...ended.keys], ended.how, ended.last);
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
      const { token, moved, touch } = held;
      held = null;
      scene.overlay.held = null;
      scene.touch();
      const hex = scene.hexAt(x, y);
      if (done && !moved) {
        if (table.carry.drop(token.hexKey)) return choose(token.hexKey);
        table.hold(token.id);
        choose(token.hexKey);
        // Fingers need not drag: the next tap says where it goes.
        if (touch) table.carry.pick(token);
        return;
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

/** Returns how far two hexes are apart, in words, or nothing. @param {string|null} a @param {string|null} b @param {import("../model/types.js").Settings} settings */
export function apart(a, b, settings) {
  if (!a || !b || a === b) return "";
  return distanceWords(distance(parseKey(a), parseKey(b)), settings);
}
