// @ts-check
/** The tool for labels: a text is written where somebody clicks; one that is there is chosen, or dragged to another place. */

import { h } from "../ui/elements.js";
import { fromPoint, keyOf, toPoint } from "../model/hex.js";
import { isOnMap } from "../model/ways.js";
import { labelAt, middleOf } from "../map/hit.js";
import { engrave, inksOf } from "../map/layers/inks.js";
import { newId } from "../net/commands.js";
import { complain, speak } from "../table/notices.js";
import { aboutChosen, audienceField, nameField } from "./draw-fields.js";
import { drawFrame } from "./draft.js";

/** @typedef {import("./draw.js").Point} Point */

/** @param {import("./draw.js").Desk} drawing @returns {import("./draw.js").Tool} */
export function labelTool(drawing) {
  const { table } = drawing;
  const { room, commands, scene } = table;
  const wish = { text: "", size: 0.6, angle: 0, audience: "dm" };
  /** @type {Point|null} */
  let hover = null;
  /** The label in hand, how far from its middle it is held, and where it is now. @type {{label: any, dx: number, dy: number, at: Point, moved: boolean}|null} */
  let pull = null;

  const map = () => /** @type {import("../model/types.js").MapInfo} */ (room.get().map);
  /** Returns the hex of a place and how far the place is from its centre; null off the map. @param {Point} at */
  const anchored = (at) => {
    const { orientation } = map();
    const { q, r } = fromPoint(at.x, at.y, orientation, 1);
    if (!isOnMap(map(), q, r)) return null;
    const centre = toPoint(q, r, orientation, 1);
    const round = (/** @type {number} */ v) => Math.round(v * 100) / 100;
    return { key: keyOf(q, r), x: round(at.x - centre.x), y: round(at.y - centre.y) };
  };
  const write = (/** @type {Point} */ at) => {
    const place = anchored(at);
    if (!place) return;
    const text = wish.text.trim();
    if (!text) {
      /** @type {HTMLElement|null} */ (drawing.node.querySelector("input.named"))?.focus();
      return speak("Write the text first, then click where it is to stand.");
    }
    const id = newId();
    const { size, angle, audience } = wish;
    wish.text = "";
    commands
      .setLabel(place.key, { id, text, x: place.x, y: place.y, size, angle, audience })
      .then(() => speak(drawing.told(`“${text}” at ${table.label(place.key)}`)), complain);
    drawing.choose("label", id);
  };
  const range = (
    /** @type {string} */ label,
    /** @type {"size"|"angle"} */ field,
    /** @type {object} */ props,
    /** @type {(v: number) => string} */ words,
  ) =>
    h(
      "label.range",
      h("span", label),
      h("input", {
        type: "range",
        value: wish[field],
        ...props,
        aria: { label, valuetext: words(wish[field]) },
        oninput: (e) => {
          wish[field] = Number(e.target.value);
          e.target.setAttribute("aria-valuetext", words(wish[field]));
          scene.touch();
        },
      }),
    );

  return {
    hover(at) {
      hover = at;
    },
    begin(at) {
      const label = labelAt(map(), Object.values(room.get().labels), at);
      const middle = label ? middleOf(map(), label) : at;
      pull = { label, dx: middle.x - at.x, dy: middle.y - at.y, at, moved: false };
    },
    stroke(at) {
      if (!pull) return;
      pull.moved ||= Math.hypot(at.x - pull.at.x, at.y - pull.at.y) > drawing.reach(6);
      if (pull.moved) pull.at = hover = at;
    },
    finish(ok) {
      const ended = pull;
      pull = null;
      if (!ok || !ended) return;
      const { label, at, dx, dy, moved } = ended;
      if (!label) return write(at);
      if (moved) {
        const place = anchored({ x: at.x + dx, y: at.y + dy });
        if (place)
          commands
            .setLabel(place.key, { id: label.id, x: place.x, y: place.y })
            .then(() => speak(drawing.told(`“${label.text}” moved to ${table.label(place.key)}`)), complain);
      }
      drawing.choose("label", label.id);
    },
    act(key) {
      const there = Object.values(room.get().labels).findLast((label) => label.hexKey === key);
      if (there && !wish.text.trim()) return drawing.choose("label", there.id);
      write(middleOf(map(), { hexKey: key, x: 0, y: 0 }));
    },
    escape: () => false,
    back: () => false,
    done: () => {},
    busy: () => false,
    leave: () => {
      pull = null;
    },
    brief: () => `${wish.text.trim() || "Write a text"}`,
    options: () => [
      nameField(drawing, "Text", wish, "text"),
      range("Size", "size", { min: 0.2, max: 3, step: 0.1 }, (v) => `${v} hexes high`),
      range("Turn", "angle", { min: -90, max: 90, step: 5 }, (v) => `${v} degrees`),
      audienceField(drawing, wish),
    ],
    status() {
      const label = drawing.chosen("label");
      return label
        ? aboutChosen(drawing, "label", label)
        : [
            h(
              "span.dim.small.wide-only",
              "Write a text, then click where it is to stand. Click a label to choose it, drag it to move it.",
            ),
          ];
    },
    paint(pen, how) {
      const inks = inksOf(how.look.mapTheme);
      const size = map().hexSize;
      const letters = (/** @type {{text: string, size: number, angle: number}} */ label, /** @type {Point} */ at) => {
        const { x, y } = how.screen(at.x * size, at.y * size);
        pen.save();
        pen.translate(x, y);
        pen.rotate((label.angle * Math.PI) / 180);
        pen.globalAlpha = 0.75;
        engrave(pen, label.text, 0, 0, {
          size: Math.max(7, label.size * how.px),
          color: inks.staged,
          halo: inks.halo,
          style: "italic 600",
        });
        pen.restore();
      };
      const text = wish.text.trim();
      if (pull?.label && pull.moved) letters(pull.label, { x: pull.at.x + pull.dx, y: pull.at.y + pull.dy });
      else if (text && hover) letters({ ...wish, text }, hover);
      const label = drawing.chosen("label");
      if (!label) return;
      const middle = middleOf(map(), label);
      const { x, y } = how.screen(middle.x * size, middle.y * size);
      drawFrame(
        pen,
        how,
        x,
        y,
        label.size * how.px * (0.3 * label.text.length + 0.4),
        label.size * how.px * 0.75,
        label.angle,
      );
    },
  };
}
