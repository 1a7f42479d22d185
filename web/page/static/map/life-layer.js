// @ts-check
/** What lives above the ground: the hand's marks, strokes, pins, tokens, ruler, compass and scale. Drawn with each frame in which one of them changes. */

import { corners, spotOfKey } from "../model/hex.js";
import { toScreen } from "./camera.js";
import { drawFurniture } from "./layers/furniture.js";
import { drawSelection } from "./layers/selection.js";
import { drawStrokes } from "./layers/strokes.js";
import { drawFlag, drawPin, drawToken, standings, tokensOf } from "./layers/tokens.js";

/** @typedef {import("../model/reduce.js").Room} Room */
/** Where a token is drawn, on the way to where it is. @typedef {{x: number, y: number, fromX: number, fromY: number, at: number, key: string}} Step */
/** What a frame is drawn with; `calm` where nothing is to move, `furniture` where there is a frame around the map.
 * @typedef {{overlay: import("./scene.js").Overlay, camera: import("./camera.js").Camera, size: {w: number, h: number}, look: import("./theme.js").Look, calm: boolean,
 *   waves: ReturnType<typeof import("./waves.js").createWaves>, steps: Map<string, Step>, face: (image?: string|null) => CanvasImageSource|null, furniture: boolean}} Frame */

/** Returns whether something still moves. @param {CanvasRenderingContext2D} life in CSS pixels @param {Room} state @param {number} time @param {Frame} frame */
export function drawLife(life, state, time, { overlay, camera, size, look, calm, waves, steps, face, furniture }) {
  const map = /** @type {NonNullable<Room["map"]>} */ (state.map);
  const px = map.hexSize * camera.scale;
  const place = (/** @type {string} */ key) => {
    const p = spotOfKey(map, key);
    return toScreen(camera, size, p.x, p.y);
  };
  const inside = (/** @type {{x: number, y: number}} */ p, margin = px * 2) => p.x > -margin && p.y > -margin && p.x < size.w + margin && p.y < size.h + margin;
  let moving = waves.any();
  if (moving) waves.rim(life, time, { place, shape: corners(map.orientation, px), lamp: look.lamp, size: map.hexSize, screen: (x, y) => toScreen(camera, size, x, y), scale: camera.scale });
  overlay.paint?.(life, { place, inside, shape: corners(map.orientation, px), px });
  moving = drawSelection(life, overlay, { place, inside, shape: corners(map.orientation, px), px, time, look, calm }) || moving;
  overlay.draft?.(life, { screen: (x, y) => toScreen(camera, size, x, y), scale: camera.scale, px, look });
  drawStrokes(life, state.strokes, { place, px, size });
  /** @type {Map<string, any[]>} */
  const pins = new Map();
  for (const note of Object.values(state.notes)) {
    const group = pins.get(note.hexKey);
    group ? group.push(note) : pins.set(note.hexKey, [note]);
  }
  if (px > 8) for (const [key, notes] of pins) {
    const p = place(key);
    if (inside(p)) drawPin(life, p.x, p.y, px, notes, look.lamp);
  }
  if (px > 8) for (const pin of Object.values(state.pins)) {
    const p = place(pin.hexKey);
    if (inside(p)) drawFlag(life, p.x, p.y, px, pin.party ? "#fbf6e9" : look.lamp);
  }
  for (const at of standings(tokensOf(state), place, px, overlay.hover)) {
    const held = (overlay.held ?? overlay.carried)?.id === at.token.id;
    const step = steps.get(at.token.id);
    let { x, y } = at;
    if (step && step.key === at.token.hexKey && time - step.at < 320 && !calm) {
      const t = 1 - (1 - (time - step.at) / 320) ** 3;
      const from = toScreen(camera, size, step.fromX, step.fromY);
      [x, y] = [from.x + (x - from.x) * t, from.y + (y - from.y) * t];
      moving = true;
    }
    if (held && overlay.held) [x, y] = [overlay.held.x, overlay.held.y];
    else if (held && overlay.carried && overlay.carried.key !== at.token.hexKey) ({ x, y } = place(overlay.carried.key));
    if (!inside({ x, y })) continue;
    const owner = at.token.ownerId ? state.people.find((p) => p.userId === at.token.ownerId) : null;
    drawToken(life, { ...at, x, y }, { mine: at.token.ownerId === state.userId, owned: Boolean(at.token.ownerId), away: Boolean(owner && !owner.online), held, lamp: look.lamp, dm: state.role === "dm", face: face(at.token.picture) });
  }
  overlay.ruler?.(life);
  if (furniture) drawFurniture(life, size, px * Math.sqrt(3), state.settings ?? {});
  return moving;
}
