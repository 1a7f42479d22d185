// @ts-check
/** Drawing by hand on one's own copy of the map, for oneself or for the party: with mouse, pen, a finger, or hex by hex from the keyboard. */

import { button, choice, fill, h, hide } from "../ui/elements.js";
import { count } from "../ui/text.js";
import { spotOfKey } from "../model/hex.js";
import { farFrom, simplified } from "../model/hand-line.js";
import { INKS, drawLine, pointsOf } from "../map/layers/strokes.js";
import { keep, saved } from "../map/theme.js";
import { complain, speak } from "./notices.js";

/** @typedef {import("../model/types.js").Stroke} Stroke */
/** @typedef {import("../map/layers/strokes.js").Point} Point */
/** @typedef {{hands: NonNullable<import("../dm/draw.js").Drawing["hands"]>, escape: () => boolean}} Sketch */
/** What is on its way to the server. @typedef {{hexKey: string, points: string, color: string, party: boolean}} Drawn */

const MOST_POINTS = 200;
/** How near the eraser has to come, in CSS pixels. */
const NEAR = 14;

/** Makes the tool, once. @param {import("./types.js").Table} table */
export function start(table) {
  table.sketch ??= createSketch(table);
}

/** @param {import("./types.js").Table} table @returns {Sketch} */
function createSketch(table) {
  const { ui, scene, commands, room } = table;
  const node = h(".ruler.sketch", { role: "group", aria: { label: "Draw by hand" }, hidden: true });
  let color = saved("sketch-color", "ink");
  let party = Boolean(saved("sketch-party", false));
  let erases = false;
  /** The line under the hand, in CSS pixels. @type {Point[]|null} */
  let line = null;
  /** The hex from which the keyboard draws. */
  let from = "";
  /** @type {Set<Stroke>} */
  const waiting = new Set();
  /** @type {Set<string>} */
  const erasing = new Set();

  const inHand = () => ui.get().tool === "sketch";
  const mine = () => Object.values(room.get().strokes).filter((s) => s.by === room.get().userId && !erasing.has(s.id));
  const px = () => (room.get().map?.hexSize ?? 1) * scene.camera().scale;

  const draw = () => {
    hide(node, !inHand());
    if (node.hidden) return;
    const own = mine();
    fill(
      node,
      choice(
        "Colour",
        Object.entries(INKS).map(([id, ink]) => [
          id,
          ink.name,
          { title: ink.name, vars: { "--swatch": ink.color } },
          [],
        ]),
        color,
        (id) => {
          keep("sketch-color", (color = id));
          erases = false;
          draw();
        },
        "swatches",
      ),
      choice(
        "For whom",
        [
          ["own", "Just me", { title: "Nobody else is shown it; it is in the campaign's record" }],
          ["party", "Party", { title: "Players and DMs see it" }],
        ],
        party ? "party" : "own",
        (id) => {
          keep("sketch-party", (party = id === "party"));
          draw();
        },
      ),
      button("Erase", {
        class: "btn small",
        aria: { pressed: erases },
        title: "Wipe over lines of yours",
        onclick: () => {
          erases = !erases;
          draw();
        },
      }),
      button("Take the last line back", { disabled: !own.length, onclick: () => erase(own.slice(-1)) }, "undo", true),
      button("Close", { class: "btn ghost square small", onclick: () => ui.update({ tool: "look" }) }, "close", true),
    );
  };

  /** @param {Stroke[]} strokes */
  const erase = (strokes) => {
    if (!strokes.length) return;
    for (const { id } of strokes) erasing.add(id);
    commands
      .eraseStrokes(strokes.map(({ id }) => id))
      .then(() => speak(`${count(strokes.length, "line")} erased`), complain)
      .finally(() => {
        for (const { id } of strokes) erasing.delete(id);
        draw();
      });
    draw();
  };

  /** Sends a line of places in the world. @param {Point[]} world @param {string} hexKey */
  const send = (world, hexKey) => {
    const map = room.get().map;
    if (!map || world.length < 2) return;
    const at = spotOfKey(map, hexKey);
    const hundredths = (/** @type {number} */ n) =>
      Math.max(-99_999, Math.min(99_999, Math.round((n / map.hexSize) * 100)));
    const points = simplified(world, 1.2 / scene.camera().scale, MOST_POINTS)
      .map((p) => `${hundredths(p.x - at.x)},${hundredths(p.y - at.y)}`)
      .join(" ");
    const sent = { id: "", by: "", hexKey, points, color, party };
    waiting.add(sent);
    scene.touch();
    commands
      .drawStroke(sent)
      .then(() => speak(party ? "Drawn for the party" : "Drawn for you"), complain)
      .finally(() => {
        waiting.delete(sent);
        scene.touch();
      });
  };

  /** Returns a stroke's points where they are on the screen. @param {Stroke} stroke */
  const onScreen = (stroke) => {
    const at = scene.placeOf(stroke.hexKey);
    return pointsOf(stroke).map((p) => ({ x: at.x + p.x * px(), y: at.y + p.y * px() }));
  };
  const wipe = (/** @type {Point} */ p) =>
    erase(
      mine().filter((stroke) => {
        const points = onScreen(stroke);
        return points.some((to, i) => i > 0 && farFrom(p, points[i - 1], to) < NEAR);
      }),
    );

  /** @param {CanvasRenderingContext2D} pen */
  const paint = (pen) => {
    if (!room.get().map) return;
    for (const stroke of waiting)
      drawLine(pen, onScreen(stroke), INKS[stroke.color].color, { px: px(), own: !stroke.party });
    if (line && line.length > 1) drawLine(pen, line, INKS[color].color, { px: px(), own: !party });
  };

  ui.subscribe(
    (s) => s.tool,
    (tool) => {
      if (tool === "sketch" || scene.overlay.ruler === paint) scene.overlay.ruler = tool === "sketch" ? paint : null;
      erases = false;
      from = "";
      draw();
    },
  );
  scene.overlay.ruler = paint;
  room.subscribe((s) => s.strokes, draw);
  document.querySelector(".stage .rail")?.after(node);
  draw();

  return {
    escape() {
      const there = inHand() && Boolean(from || erases);
      from = "";
      erases = false;
      if (there) draw();
      return there;
    },
    hands: {
      hover: () => {},
      begin(x, y) {
        if (erases) return wipe({ x, y });
        line = [{ x, y }];
      },
      stroke(x, y) {
        if (erases) return wipe({ x, y });
        line?.push({ x, y });
        scene.touch();
      },
      finish(ok) {
        const drawn = line;
        line = null;
        scene.touch();
        if (!ok || !drawn || drawn.length < 2) return;
        send(
          drawn.map((p) => scene.pointAt(p.x, p.y)),
          scene.hexAt(drawn[0].x, drawn[0].y).key,
        );
      },
      act(key) {
        const map = room.get().map;
        if (!map) return;
        if (from && from !== key) send([spotOfKey(map, from), spotOfKey(map, key)], from);
        else speak(`A line from ${table.label(key)}: where to?`);
        from = key;
      },
    },
  };
}

/** Returns what was drawn by hand as it stands in a list: by whom, for whom, and how it is erased. @param {import("./types.js").Table} table @returns {HTMLElement|null} */
export function drawnList(table) {
  const { strokes, people, userId, role } = table.now();
  /** @type {Map<string, Stroke[]>} */
  const groups = new Map();
  for (const stroke of Object.values(strokes)) {
    const key = `${stroke.by} ${stroke.party}`;
    const group = groups.get(key);
    group ? group.push(stroke) : groups.set(key, [stroke]);
  }
  if (!groups.size) return null;
  const nameOf = (/** @type {string} */ id) => people.find((p) => p.userId === id)?.name ?? "a former member";
  return h(
    "section",
    h("h3", "Drawn by hand"),
    [...groups.values()].map((group) => {
      const { by, party } = group[0];
      const may = !table.readOnly() && (by === userId || role === "dm");
      return h(
        "article.note.drawn",
        h(
          "span.grow",
          `${count(group.length, "line")} ${party ? `by ${by === userId ? "you" : nameOf(by)}, for the party` : "for you alone"}`,
        ),
        may &&
          button("Erase", {
            class: "btn small danger-text",
            onclick: () => table.commands.eraseStrokes(group.map(({ id }) => id)).then(() => speak("Erased"), complain),
          }),
      );
    }),
  );
}
