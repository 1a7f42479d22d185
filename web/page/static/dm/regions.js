// @ts-check
/** The painter of regions: hexes are painted into the chosen one, or out of it; without one a new region begins with the first stroke. */

import { choice, choices, h } from "../ui/elements.js";
import { REGION_KINDS, kindName } from "../model/things.js";
import { distance, line, parseKey, rectangle } from "../model/hex.js";
import { enclosed } from "../model/pieces.js";
import { isOnMap } from "../model/ways.js";
import { thingsOf } from "../map/things-feed.js";
import { count } from "../ui/text.js";
import { newId } from "../net/commands.js";
import { complain, speak } from "../table/notices.js";
import { aboutChosen, audienceField, nameField } from "./draw-fields.js";
import { radiusStepper, shapeChoice } from "../table/tools.js";
import { colorChoice } from "./thing-editor.js";

/** @param {import("./draw.js").Desk} drawing @returns {import("./draw.js").Tool} */
export function regionTool(drawing) {
  const { table } = drawing;
  const { ui, room, commands, scene } = table;
  const wish = { kind: "realm", name: "", color: "", audience: "dm" };
  let out = false;
  /** @type {{keys: Set<string>, start: string, last: string, trail: import("../model/hex.js").Hex[], out: boolean}|null} */
  let stroke = null;

  const map = () => /** @type {import("../model/types.js").MapInfo} */ (room.get().map);
  const chosen = () => drawing.chosen("region");
  const inside = (/** @type {string[]} */ keys) =>
    keys.filter((key) => {
      const { q, r } = parseKey(key);
      return isOnMap(map(), q, r);
    });
  const show = (/** @type {Iterable<string>|null} */ keys, takes = out !== ui.get().flip) => {
    scene.overlay.brush = keys;
    scene.overlay.brushKind = takes ? "hide" : "staged";
    scene.touch();
  };
  const grow = (/** @type {string} */ key) => {
    if (!stroke) return;
    const { shape } = ui.get();
    stroke.trail.push(...line(parseKey(stroke.last), parseKey(key)).slice(stroke.trail.length ? 1 : 0));
    if (shape === "lasso")
      stroke.keys = new Set(inside(enclosed(stroke.trail, map().orientation).map(({ q, r }) => `${q},${r}`)));
    else if (shape === "rect")
      stroke.keys = new Set(
        inside(
          rectangle(parseKey(stroke.start), parseKey(key), map().orientation, map().parity).map(
            ({ q, r }) => `${q},${r}`,
          ),
        ),
      );
    else if (shape !== "fill" || key === stroke.start)
      for (const { q, r } of line(parseKey(stroke.last), parseKey(key)))
        for (const each of inside(table.shapeAt(`${q},${r}`))) stroke.keys.add(each);
    stroke.last = key;
    show(stroke.keys, stroke.out);
  };
  const send = (/** @type {string[]} */ keys, /** @type {boolean} */ takes) => {
    const region = chosen();
    const here = region ? keys.filter((key) => region.hexes.has(key) === takes) : keys;
    if (!here.length) return;
    if (!region && !drawing.chosenId("region") && takes)
      return complain(new Error("Choose the region to paint out of first."));
    // A stroke may follow before the one that made the region was answered.
    const known = drawing.chosenId("region");
    const id = known || newId();
    const about = known
      ? {}
      : {
          name: wish.name.trim() || `New ${kindName("region", wish.kind).toLowerCase()}`,
          kind: wish.kind,
          color: wish.color,
          audience: wish.audience,
        };
    wish.name = "";
    for (const key of here) scene.overlay.waiting.add(key);
    commands
      .setRegion({ id, ...about, [takes ? "remove" : "add"]: here })
      .then(
        () => speak(drawing.told(`${count(here.length, "hex")} ${takes ? "taken out" : "painted"}`)),
        (error) => {
          complain(error);
          if (!chosen()) drawing.choose(null);
        },
      )
      .finally(() => {
        for (const key of here) scene.overlay.waiting.delete(key);
        scene.touch();
      });
    if (!known) drawing.choose("region", id);
  };

  return {
    hover(_, key) {
      if (!stroke) show(key && inside(ui.get().shape === "fill" ? [key] : table.shapeAt(key)));
    },
    begin(_, key) {
      stroke = { keys: new Set(), start: key, last: key, trail: [], out: out !== ui.get().flip };
      grow(key);
    },
    stroke(_, key) {
      if (stroke && distance(parseKey(key), parseKey(stroke.last))) grow(key);
    },
    finish(ok) {
      const ended = stroke;
      stroke = null;
      show(null);
      if (ok && ended) send([...ended.keys], ended.out);
    },
    act: (key, turned) => send(inside(table.shapeAt(key)), out !== turned),
    escape: () => false,
    back: () => false,
    done: () => {},
    busy: () => false,
    leave() {
      stroke = null;
      show(null);
    },
    brief: () => chosen()?.name ?? `New ${kindName("region", wish.kind).toLowerCase()}`,
    options() {
      const region = chosen();
      const all = thingsOf(room.get()).regions;
      const known = [...new Map(all.map((each) => [each.id, each.name])).entries()];
      return [
        h(
          "select.small",
          {
            aria: { label: "Region to paint" },
            onchange: (e) => (e.target.value ? drawing.choose("region", e.target.value) : drawing.choose(null)),
          },
          choices([["", "New region"], ...known], region?.id ?? ""),
        ),
        choice(
          "Paint hexes",
          /** @type {import("../ui/elements.js").Option<boolean>[]} */ ([
            [false, "In", { title: "Paint hexes in (Shift: out)", data: { f: "in" } }],
            [true, "Out", { title: "Paint hexes out (Shift: in)", data: { f: "out" } }],
          ]),
          out,
          (to) => {
            out = to;
            drawing.refresh();
          },
        ),
        shapeChoice(ui),
        radiusStepper(ui),
        !region && [
          nameField(drawing, "Name", wish, "name"),
          h(
            "select.small",
            { aria: { label: "Kind of region" }, onchange: (e) => (wish.kind = e.target.value) },
            choices(REGION_KINDS, wish.kind),
          ),
          audienceField(drawing, wish),
          colorChoice(wish.color, (color) => {
            wish.color = color;
            drawing.refresh();
          }),
        ],
      ].flat();
    },
    status() {
      const region = chosen();
      return region
        ? aboutChosen(drawing, "region", region)
        : [h("span.dim.small.wide-only", "Paint the hexes of a new region, or choose one to change.")];
    },
    paint() {},
  };
}
