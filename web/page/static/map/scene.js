// @ts-check
/** The map on the screen: one animation frame, a sheet of the unknown, two canvases (the painted ground; what lives above it), a camera.
 * Made, shown a room (and another, and back), closed. */

import { bounds, fromPoint, keyOf, parseKey, toOffset, spotOfKey } from "../model/hex.js";
import { EMPTY } from "../model/reduce.js";
import { TileMap, changedSpans } from "../model/tilemap.js";
import { clamp, fit, pan, toScreen, toWorld, visible, zoomAt } from "./camera.js";
import { createChunks, paced, spanRect } from "./tile-cache.js";
import { createFogSheet } from "./fog-sheet.js";
import { createGround } from "./ground-layer.js";
import { fogPainter } from "./layers/fog.js";
import { labelPainter } from "./layers/labels.js";
import { standings } from "./layers/tokens.js";
import { drawLife } from "./life-layer.js";
import { firstLook, grow, knownRect } from "./extent.js";
import { createThings } from "./things-layer.js";
import { createWaves } from "./waves.js";
import { h } from "../ui/elements.js";

/** @typedef {import("../model/reduce.js").Room} Room */
/** @typedef {{hover: string|null, selected: string|null, brush: Iterable<string>|null, brushKind: string, waiting: Set<string>,
 *   marked: Iterable<string>|null, staged: Iterable<string>, pings: {key: string, at: number, name?: string}[], held: {id: string, x: number, y: number}|null, carried: {id: string, key: string}|null, fresh: Set<string>|null,
 *   paint: ((pen: CanvasRenderingContext2D, how: any) => void)|null, draft: ((pen: CanvasRenderingContext2D, how: DraftView) => void)|null, ruler: ((pen: CanvasRenderingContext2D) => void)|null}} Overlay */
/** What a tool needs to draw above the map. @typedef {{screen: (x: number, y: number) => {x: number, y: number}, scale: number, px: number, look: import("./theme.js").Look}} DraftView */

/** How long parts of the first picture gather before they are shown. */
const GATHER_MS = 120;

/** @param {HTMLElement} host @param {{look: () => import("./theme.js").Look, style: () => import("../model/labels.js").LabelStyle, moved?: (to: import("./camera.js").Camera, wide: number) => void, face?: (image?: string|null) => CanvasImageSource|null}} opts `moved` hears where the camera goes */
export function createScene(host, { look, style, moved = () => {}, face = () => null }) {
  const sheet = createFogSheet();
  host.append(sheet.node);
  const words = host.appendChild(h("p.fog-words", { hidden: true }, "Nothing is known yet. The land appears here as your DM reveals it."));
  const below = host.appendChild(document.createElement("canvas"));
  const above = host.appendChild(document.createElement("canvas"));
  const ground = /** @type {CanvasRenderingContext2D} */ (below.getContext("2d"));
  const life = /** @type {CanvasRenderingContext2D} */ (above.getContext("2d"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {import("../model/store.js").Store<Room>|null} */
  let store = null;
  let unsubscribe = () => {};
  const room = () => /** @type {any} */ (store?.get());
  const own = look;
  /** What the campaign leaves out for players is not drawn for them. */
  look = () => {
    const { role, settings: s } = room() ?? EMPTY;
    const mine = own();
    return role === "dm" || !s ? mine : { ...mine, labels: mine.labels && s.labels !== false, grid: mine.grid && s.grid !== false, extent: s.showMapExtent !== false };
  };
  /** What lies between the ground and the fog: the picture, where there is one. @type {ReturnType<typeof import("./layers/backdrop.js").createPicture>|null} */
  let under = null;
  let density = Math.min(2, devicePixelRatio || 1);
  const chunks = {
    fog: createChunks(fogPainter(room, look)),
    labels: createChunks(labelPainter(room, look, style, () => density)),
  };
  const waves = createWaves();
  const land = createGround({
    room, look: () => look(), density: () => density, ask: () => arrived(), fog: (picture) => sheet.take(picture),
  });
  const things = createThings({ room, look: () => look(), density: () => density, ask: () => arrived() });
  /** @type {Overlay} */
  const overlay = { hover: null, selected: null, brush: null, brushKind: "reveal", waiting: new Set(), marked: null, staged: [], pings: [], held: null, carried: null, fresh: null, paint: null, draft: null, ruler: null };
  let size = { w: 1, h: 1 };
  let camera = { x: 0, y: 0, scale: 1 };
  let limits = { min: 0.05, max: 4 };
  let rect = { x: 0, y: 0, w: 1, h: 1 };
  let painted = false;
  let dirty = { ground: true, life: true };
  let frame = 0;
  let settledAt = 0;
  let framed = false;
  /** Where tokens are drawn, on the way to where they are. @type {Map<string, {x: number, y: number, fromX: number, fromY: number, at: number, key: string}>} */
  let steps = new Map();
  /** @type {{from: any, to: any, at: number, ms: number}|null} */
  let flight = null;
  /** Whether somebody moved the map by hand. */
  let looked = false;
  /** Where the camera was put at first, until somebody touches the map. @type {import("./camera.js").Camera|null} */
  let home = null;
  const touched = () => {
    home = null;
  };
  host.addEventListener("pointerdown", touched);
  const figures = { draws: /** @type {number[]} */ ([]), full: 0 };

  const ask = (what = "both") => {
    if (what !== "life") dirty.ground = true;
    dirty.life = true;
    frame ||= requestAnimationFrame(draw);
  };

  let gathering = 0;
  /** A part of the picture came. Until the first picture is whole several are shown at once: a frame costs as much as a part. */
  const arrived = () => {
    if (figures.full || !(land.squares.waiting() || things.waiting())) return ask();
    gathering ||= setTimeout(() => {
      gathering = 0;
      ask();
    }, GATHER_MS);
  };

  const mannerChanged = () => {
    land.mannerChanged();
    things.mannerChanged();
  };

  function resize() {
    const box = host.getBoundingClientRect();
    size = { w: Math.max(1, box.width), h: Math.max(1, box.height) };
    density = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [below, above]) {
      canvas.width = Math.round(size.w * density);
      canvas.height = Math.round(size.h * density);
    }
    mannerChanged();
    // Notices come with the map and take room from it; whoever has put a hand on it is not moved.
    if (camera === home) framed = false;
    if (!framed) frameMap();
    dirty.ground = dirty.life = true;
    // At once: a canvas of another size is empty, and would be painted so before the next frame.
    cancelAnimationFrame(frame);
    draw(performance.now());
  }
  const watcher = new ResizeObserver(resize);
  watcher.observe(host);

  /** Limits of the camera by the map. */
  function frameMap() {
    const map = room()?.map;
    if (!map || size.w < 2) return;
    rect = bounds(map);
    const whole = fit(rect, size, 0).scale;
    limits = { min: Math.min(whole * 0.6, 12 / map.hexSize), max: Math.max(whole, 110 / map.hexSize) };
    if (!framed) {
      framed = true;
      camera = home = firstLook(room(), rect, size);
    }
  }

  function draw(/** @type {number} */ time) {
    frame = 0;
    const began = performance.now();
    if (flight) {
      const t = Math.min(1, (time - flight.at) / flight.ms);
      const e = 1 - (1 - t) ** 3;
      const { from, to } = flight;
      camera = { x: from.x + (to.x - from.x) * e, y: from.y + (to.y - from.y) * e, scale: from.scale * (to.scale / from.scale) ** e };
      if (t === 1) flight = null;
      settledAt = began + 60;
      dirty.ground = dirty.life = true;
    }
    const state = room();
    const view = visible(camera, size);
    const scale = camera.scale * density;
    const settled = began >= settledAt;
    let more = Boolean(flight);
    sheet.follow(camera);
    if (waves.any()) {
      if (!waves.go(began)) land.squares.wave(false);
      dirty.ground = dirty.life = more = true;
    }
    if (dirty.ground) {
      dirty.ground = false;
      ground.setTransform(1, 0, 0, 1, 0, 0);
      ground.clearRect(0, 0, below.width, below.height);
      if (state?.map) {
        const landed = land.draw(ground, view, scale, waves, began, camera, size);
        if (landed) waves.arrived(began);
        const another = paced(began + (figures.full ? 4 : 30));
        const rest = [under?.draw(ground, view, scale, settled, another) ?? true];
        if (under) {
          // A picture lies over the painted land, and the veil over the picture: hardly any while it is aligned.
          ground.globalAlpha = state.role === "dm" ? look().veil * (under.previewed() ? 0.15 : 0.7) : 1;
          rest.push(chunks.fog.draw(ground, view, scale, settled, another));
          ground.globalAlpha = 1;
        }
        painted = things.draw(ground, view, scale, settled) && landed;
        rest.push(chunks.labels.draw(ground, view, scale, settled, another));
        if (!rest.every(Boolean) || !settled) dirty.ground = more = true;
        else if (painted && !figures.full) figures.full = performance.now();
      }
    }
    if (dirty.life) {
      dirty.life = false;
      life.setTransform(density, 0, 0, density, 0, 0);
      life.clearRect(0, 0, size.w, size.h);
      if (state?.map && drawLife(life, state, began, { overlay, camera, size, look: look(), calm: calm.matches, waves, steps, face, furniture: host.classList.contains("map") })) more = dirty.life = true;
    }
    figures.draws.push(performance.now() - began);
    if (figures.draws.length > 2000) figures.draws.splice(0, 1000);
    if (more) frame ||= requestAnimationFrame(draw);
  }

  /** @param {Room} now @param {Room|undefined} was */
  function changed(now, was) {
    const map = now.map;
    if (!was || now.map !== was.map) {
      if (!was || JSON.stringify(now.map) !== JSON.stringify(was.map)) {
        if (was?.map && map && !map.measured && isAnother(map, was.map)) framed = false;
        for (const c of Object.values(chunks)) c.clear();
        land.reset();
        things.reset();
        frameMap();
      }
    }
    if (!map) return ask();
    if (was) under?.changed(now, was);
    if (was && JSON.stringify(now.settings) !== JSON.stringify(was.settings)) for (const c of Object.values(chunks)) c.clear();
    // The land of a map that was brought along comes after its frame.
    if (was && now.role === "dm" && camera === home && now.terrain !== was.terrain) {
      framed = false;
      frameMap();
    }
    // Who has not looked around yet is brought to what they see first.
    if (was?.ready && !looked && now.role !== "dm" && !was.shown.size && now.shown.size) scene.fly(firstLook(now, rect, size));
    words.hidden = now.role === "dm" || now.shown.size > 0 || now.terrain.size > 0 || !now.ready;
    mannerChanged();
    if (was && was.map && map) land.changed(was, now);
    const spans = was ? [...changedSpans(was.terrain, now.terrain), ...changedSpans(was.shown, now.shown), ...changedSpans(was.viewers, now.viewers)] : [];
    for (const span of spans) {
      const area = spanRect(span, map);
      for (const c of Object.values(chunks)) c.spoil(area);
    }
    const objects = Boolean(was?.map && things.changed(was, now));
    if (was) for (const token of Object.values(now.tokens)) {
      const old = was.tokens[token.id];
      if (!old || old.hexKey === token.hexKey) continue;
      const p = spotOfKey(map, old.hexKey);
      steps.set(token.id, { ...p, fromX: p.x, fromY: p.y, at: performance.now(), key: token.hexKey });
    }
    ask(spans.length || objects || !was || now.settings !== was.settings || now.staged !== was.staged ? "both" : "life");
  }

  const scene = {
    overlay, figures, host,
    under: () => under,
    /** Lays a layer between the ground and the fog. @param {(of: any) => any} make */
    lay: (make) => (under = make({ room, look: () => look(), ask: () => ask() })),
    /** Returns the point of the world at a place. @param {number} x @param {number} y */
    pointAt: (x, y) => toWorld(camera, size, x, y),
    /** Follows a room from now on. @param {import("../model/store.js").Store<Room>} next @param {{keep?: boolean}} [how] keep: the camera stays */
    show(next, { keep = false } = {}) {
      unsubscribe();
      store = next;
      framed = keep && framed;
      steps = new Map();
      waves.clear();
      under?.reset();
      for (const c of Object.values(chunks)) c.clear();
      land.squares.clear();
      things.clear();
      unsubscribe = next.subscribe((s) => s, changed);
    },
    /** Draws again what is above the ground. */
    touch: () => ask("life"),
    /** Paints everything anew: a theme, a size, a setting changed. */
    repaint() {
      under?.repaint();
      for (const c of Object.values(chunks)) c.clear();
      mannerChanged();
      ask();
    },
    /** Redraws with the chunks that are there: only the veil's strength changed. */
    refresh: () => {
      mannerChanged();
      ask();
    },
    /** Lets the fog lift from (or close over) hexes. @param {string[]} keys @param {"reveal"|"hide"} kind */
    animate(keys, kind) {
      const state = room();
      if (calm.matches || !state?.map) return;
      const view = visible(camera, size);
      const near = keys.filter((key) => {
        const p = spotOfKey(state.map, key);
        return p.x > view.x - 30 && p.y > view.y - 30 && p.x < view.x + view.w + 30 && p.y < view.y + view.h + 30;
      });
      if (near.length && near.length < 5000) {
        land.squares.wave(true);
        waves.add(near, kind, state.map, performance.now());
      }
      ask();
    },
    /** @param {number} x @param {number} y in CSS pixels of the host @returns {{key: string, q: number, r: number, inside: boolean}} */
    hexAt(x, y) {
      const map = room()?.map;
      if (!map) return { key: "0,0", q: 0, r: 0, inside: false };
      const w = toWorld(camera, size, x, y);
      const { q, r } = fromPoint(w.x, w.y, map.orientation, map.hexSize);
      const { col, row } = toOffset(q, r, map.orientation, map.parity);
      return { key: keyOf(q, r), q, r, inside: col >= 0 && row >= 0 && col < map.gridWidth && row < map.gridHeight };
    },
    /** @param {number} x @param {number} y */
    tokenAt(x, y) {
      const map = room()?.map;
      if (!map) return null;
      const px = map.hexSize * camera.scale;
      const hit = standings(Object.values(room().tokens), scene.placeOf, px, overlay.hover).reverse().find((t) => Math.hypot(t.x - x, t.y - y) <= Math.max(t.radius, 12));
      return hit?.token ?? null;
    },
    /** Returns the centre of a hex in CSS pixels of the host. @param {string} key */
    placeOf(key) {
      const map = room().map;
      const p = spotOfKey(map, key);
      return toScreen(camera, size, p.x, p.y);
    },
    camera: () => camera,
    /** Whether any of the hexes is on the screen. @param {string[]} keys */
    sees: (keys) => keys.some((key) => {
      const p = scene.placeOf(key);
      return p.x > 0 && p.y > 0 && p.x < size.w && p.y < size.h;
    }),
    hexPixels: () => (room()?.map?.hexSize ?? 1) * camera.scale,
    pan(/** @type {number} */ dx, /** @type {number} */ dy) {
      flight = null;
      looked = true;
      camera = clamp(pan(camera, dx, dy), rect);
      moved(camera, size.w);
      ask();
    },
    /** @param {number} factor @param {{x: number, y: number}} [at] */
    zoom(factor, at = { x: size.w / 2, y: size.h / 2 }) {
      flight = null;
      looked = true;
      camera = clamp(zoomAt(camera, size, factor, at, limits), rect);
      settledAt = performance.now() + 140;
      moved(camera, size.w);
      ask();
    },
    /** Flies to a hex, closer when it is far out. @param {string} key @param {boolean} [only] only when it is not on the screen */
    goTo(key, only = false) {
      const map = room()?.map;
      if (!map) return;
      const at = scene.placeOf(key);
      const margin = 60;
      if (only && at.x > margin && at.y > margin && at.x < size.w - margin && at.y < size.h - margin) return;
      const p = spotOfKey(map, key);
      scene.fly({ x: p.x, y: p.y, scale: only ? camera.scale : Math.max(camera.scale, 26 / map.hexSize) });
    },
    /** Flies so that hexes are in view. @param {string[]} keys */
    frame(keys) {
      const map = room()?.map;
      if (!map || !keys.length) return;
      const around = knownRect({ map, terrain: [], shown: new TileMap().with(keys.map((k) => { const h = parseKey(k); return [h.q, h.r, "full"]; })) });
      if (around) scene.fly({ ...fit(grow(around, map.hexSize * 3), size), scale: Math.min(34 / map.hexSize, fit(grow(around, map.hexSize * 3), size).scale) });
    },
    fit: () => scene.fly(fit(rect, size)),
    /** @param {{x: number, y: number, scale: number}} to */
    fly(to) {
      if (calm.matches) {
        camera = to;
        flight = null;
      } else flight = { from: camera, to, at: performance.now(), ms: 420 };
      moved(to, size.w);
      ask();
    },
    /** Whether nothing moves and all is painted. */
    resting: () => !frame && figures.full > 0 && painted,
    /** Bytes of the painted squares that are kept. */
    bytes: () => land.squares.bytes() + things.bytes(),
    close() {
      unsubscribe();
      watcher.disconnect();
      land.close();
      things.close();
      cancelAnimationFrame(frame);
      clearTimeout(gathering);
      host.removeEventListener("pointerdown", touched);
    },
  };
  return scene;
}

/** Whether one looks at a map anew. @param {any} map @param {any} was */
const isAnother = (map, was) => map.name !== was.name || map.gridWidth !== was.gridWidth || map.gridHeight !== was.gridHeight || map.orientation !== was.orientation;
