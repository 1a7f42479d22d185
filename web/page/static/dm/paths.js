// @ts-check
/** The pen for paths: rivers, roads and trails from hex to hex, borders and walls from corner to corner; and paths changed by hand. */

import { button, choice, h } from "../ui/elements.js";
import { ALONG_EDGES, PATH_KINDS, kindName } from "../model/things.js";
import { piecesOf } from "../model/course.js";
import { parseKey } from "../model/hex.js";
import { cornersBetween, edgeWays, hexWays } from "../model/ways.js";
import { gapToLine, pathAt } from "../map/hit.js";
import { drawPath, drawnPath } from "../map/layers/map-objects.js";
import { inksOf } from "../map/layers/inks.js";
import { count } from "../ui/text.js";
import { newId } from "../net/commands.js";
import { complain, speak } from "../table/notices.js";
import { aboutChosen, audienceField, audienceShort, nameField } from "./draw-fields.js";
import { drawKnots, drawLine, inWorld } from "./draft.js";

/** @typedef {import("../model/ways.js").Place} Place */
/** @typedef {import("../model/reduce/map-objects.js").Path} Path */
/** A path that is being drawn; `id` of the one that it takes the place of. @typedef {{id: string|null, kind: string, along: boolean, stops: Place[]}} Draft */

/** @param {import("./draw.js").Desk} drawing @returns {import("./draw.js").Tool} */
export function pathTool(drawing) {
  const { table } = drawing;
  const { room, commands, scene } = table;
  const wish = { kind: "road", name: "", audience: "seen" };
  /** @type {Draft|null} */
  let draft = null;
  /** What the server was asked for and has not answered. @type {Draft|null} */
  let sent = null;
  /** @type {Place|null} */
  let hover = null;
  /** The hand that is down: what it began on, and what was there before. @type {{first: Place|null, at: {x: number, y: number}, before: Place[]|null, moved: boolean}|null} */
  let down = null;
  /** The knot of the chosen path that is moved. @type {{stops: Place[], index: number, moved: boolean}|null} */
  let pull = null;
  /** The knot that Backspace takes out, of the path that is chosen. */
  let knot = -1;
  let knotOf = "";
  /** The hex from which the next edge is drawn by keys. */
  let from = "";

  const map = () => /** @type {import("../model/types.js").MapInfo} */ (room.get().map);
  const waysOf = (/** @type {boolean} */ along) => (along ? edgeWays(map()) : hexWays(map()));
  const chosen = () => /** @type {Path|undefined} */ (drawing.chosen("path"));
  const touched = () => (chosen()?.id === knotOf ? knot : -1);
  const stopsOf = (/** @type {Path|undefined} */ path) => (path?.points ? waysOf(path.along).stops(path.points) : null);
  const reach = () => drawing.reach(9);
  const last = () => draft?.stops.at(-1);

  const add = (/** @type {Place} */ place) => {
    draft ??= { id: null, kind: wish.kind, along: ALONG_EDGES.includes(wish.kind), stops: [] };
    drawing.choose(null);
    draft.stops = [...draft.stops, place];
    drawing.refresh();
  };
  const drop = () => {
    draft = null;
    down = null;
    from = "";
    drawing.refresh();
  };
  /** Takes the last point back. */
  const back = () => {
    if (!draft) return takeOut();
    draft.stops = draft.stops.slice(0, -1);
    if (!draft.stops.length) drop();
    drawing.refresh();
    return true;
  };
  /** Takes the knot that was touched last out of the chosen path. */
  const takeOut = () => {
    const path = chosen();
    const stops = stopsOf(path);
    const at = touched();
    if (!path || !stops || !stops[at] || stops.length < 3) return false;
    send({ id: path.id, kind: path.kind, along: path.along, stops: stops.filter((_, i) => i !== at) }, {});
    knot = -1;
    return true;
  };
  /** @param {Draft} path @param {Record<string, unknown>} fields */
  const send = (path, fields) => {
    const points = waysOf(path.along).points(path.stops);
    if (points.length < (path.along ? 1 : 2)) return complain(new Error("A path needs at least two points."));
    const id = path.id ?? newId();
    sent = path;
    const asked = { id, kind: path.kind, points, along: path.along, ...fields };
    commands
      .setPath(asked)
      .then(() => speak(drawing.told(`${kindName("path", path.kind)} drawn`)), complain)
      .finally(() => {
        if (sent === path) sent = null;
        drawing.refresh();
      });
    drawing.choose("path", id);
  };
  const done = () => {
    if (!draft) return;
    const finished = draft;
    const fields = finished.id ? {} : { name: wish.name.trim(), audience: wish.audience };
    if (waysOf(finished.along).points(finished.stops).length < (finished.along ? 1 : 2))
      return complain(new Error("A path needs at least two points."));
    if (!finished.id) wish.name = "";
    drop();
    send(finished, fields);
  };

  /** Takes a knot of the chosen path in hand, a new one where the hand is on its line between two. @param {{x: number, y: number}} at */
  const grabKnot = (at) => {
    const path = chosen();
    const stops = stopsOf(path);
    if (!path || !stops) return false;
    const index = stops.findIndex((stop) => Math.hypot(stop.x - at.x, stop.y - at.y) < Math.max(reach(), 0.3));
    if (index >= 0) pull = { stops, index, moved: false };
    else if (pathAt(map(), [path], at, reach())) {
      const gaps = stops.slice(1).map((stop, i) => gapToLine(stops[i], stop, at));
      const place = waysOf(path.along).near(at.x, at.y);
      const before = gaps.indexOf(Math.min(...gaps)) + 1;
      if (place) pull = { stops: stops.toSpliced(before, 0, place), index: before, moved: false };
    }
    [knot, knotOf] = [index, path.id];
    return Boolean(pull);
  };

  const preview = () => {
    if (!draft) return null;
    const tip = hover && !down && hover.id !== last()?.id ? [hover] : [];
    return { ...draft, stops: [...draft.stops, ...tip] };
  };

  return {
    hover(at) {
      hover = at && waysOf(draft ? draft.along : ALONG_EDGES.includes(wish.kind)).near(at.x, at.y);
    },
    begin(at) {
      if (!draft && grabKnot(at)) return;
      const place = waysOf(draft ? draft.along : ALONG_EDGES.includes(wish.kind)).near(at.x, at.y);
      down = { first: place, at, before: draft?.stops ?? null, moved: false };
    },
    stroke(at) {
      if (pull) {
        const path = chosen();
        const place = path && waysOf(path.along).near(at.x, at.y);
        if (!place || place.id === pull.stops[pull.index].id) return;
        pull.stops = pull.stops.with(pull.index, place);
        pull.moved = true;
        return scene.touch();
      }
      if (!down?.first) return;
      const along = draft ? draft.along : ALONG_EDGES.includes(wish.kind);
      const place = waysOf(along).near(at.x, at.y, true);
      if (!place || (!down.moved && place.id === down.first.id)) return;
      if (!down.moved && last()?.id !== down.first.id) add(down.first);
      down.moved = true;
      if (place.id === last()?.id) return;
      // Going back over what was drawn takes it back.
      if (draft && draft.stops.at(-2)?.id === place.id) back();
      else add(place);
    },
    finish(ok) {
      const [ended, pulled] = [down, pull];
      down = pull = null;
      const path = chosen();
      if (pulled) {
        if (ok && pulled.moved && path)
          send({ id: path.id, kind: path.kind, along: path.along, stops: pulled.stops }, {});
        return drawing.refresh();
      }
      if (!ended) return;
      if (!ok) {
        if (ended.moved && draft && !ended.before) drop();
        else if (ended.moved && draft) draft.stops = ended.before ?? [];
        return drawing.refresh();
      }
      if (ended.moved) return;
      if (!draft) {
        const hit = pathAt(map(), Object.values(room.get().paths), ended.at, reach());
        if (hit) return drawing.choose("path", hit.id);
        if (chosen()) drawing.choose(null);
      }
      if (!ended.first) return;
      // The last point once more: that is all.
      if (ended.first.id === last()?.id) {
        if (draft && draft.stops.length > 1) done();
        return;
      }
      add(ended.first);
    },
    act(key) {
      const { q, r } = parseKey(key);
      if (!(draft ? draft.along : ALONG_EDGES.includes(wish.kind))) {
        const place = hexWays(map()).stops([key, key])?.[0];
        if (place && place.id === last()?.id) return done();
        if (place) add(place);
        return speak(`${count(draft?.stops.length ?? 0, "point")}. Enter on the last one again finishes.`);
      }
      // By keys an edge is what lies between a hex and the next one.
      const corners = from && from !== key ? cornersBetween(map(), parseKey(from), { q, r }) : [];
      if (from === key && draft) return done();
      from = key;
      if (!corners.length) return speak("Now Enter on a hex next to it: the edge between the two is drawn.");
      const [near, far] = corners[0].id === last()?.id || !draft ? corners : corners.toReversed();
      if (last()?.id !== near.id) add(near);
      add(far);
      speak("Edge drawn. Enter on the same hex finishes.");
    },
    escape() {
      if (!draft) return false;
      drop();
      return true;
    },
    back,
    done,
    busy: () => Boolean(draft),
    leave: drop,
    brief: () => `${kindName("path", wish.kind)}, ${audienceShort(wish)}`,
    options: () => [
      choice(
        "Kind of path",
        PATH_KINDS.map(([id, name]) => [id, name, { data: { f: id } }]),
        wish.kind,
        (kind) => {
          if (draft && ALONG_EDGES.includes(kind) !== draft.along) drop();
          if (draft) draft.kind = kind;
          wish.kind = kind;
          drawing.refresh();
        },
      ),
      nameField(drawing, "Name", wish, "name", done),
      audienceField(drawing, wish),
    ],
    status() {
      if (draft)
        return [
          h(
            "span.grow",
            `${draft.along ? count(waysOf(true).points(draft.stops).length, "edge") : count(draft.stops.length, "point")}`,
          ),
          button(
            "Back one",
            { class: "btn small", title: "Take the last point back (Backspace)", onclick: back },
            "undo",
          ),
          button("Cancel", { class: "btn small", title: "Cancel (Esc)", onclick: drop }, "close"),
          button("Done", { class: "btn primary small", title: "Done (Enter)", onclick: done }, "check"),
        ];
      const path = chosen();
      if (!path)
        return [
          h(
            "span.dim.small.wide-only",
            ALONG_EDGES.includes(wish.kind)
              ? "Click from corner to corner, or drag along edges."
              : "Click from hex to hex, or drag. A click on a line chooses it.",
          ),
        ];
      const stops = stopsOf(path);
      return [
        ...aboutChosen(drawing, "path", path),
        stops &&
          button(
            "Go on",
            { class: "btn small", title: "Go on drawing at its end", onclick: () => again(path, stops) },
            "brush",
          ),
        button(
          "Draw anew",
          { class: "btn small", title: "Draw it once more, from the start", onclick: () => again(path, []) },
          "replay",
        ),
        knot >= 0 &&
          stops &&
          stops.length > 2 &&
          button(
            "Take point out",
            { class: "btn small", title: "Take the point out (Backspace)", onclick: takeOut },
            "minus",
          ),
      ];
    },
    paint(pen, how) {
      const inks = inksOf(how.look.mapTheme);
      const size = map().hexSize;
      const path = chosen();
      const stops = pull?.stops ?? stopsOf(path);
      inWorld(pen, how, () => {
        if (path) for (const { path: line } of drawnPath(map(), path)) drawLine(pen, line, how, 7);
        const moved = path && pull?.moved ? { ...path, stops: pull.stops } : null;
        for (const each of [sent, preview(), moved]) {
          const points = each ? waysOf(each.along).points(each.stops) : [];
          if (!each || points.length < (each.along ? 1 : 2)) continue;
          const drawn = drawnPath(map(), { kind: each.kind, pieces: piecesOf(points, each.along) });
          for (const { path: line } of drawn) drawLine(pen, line, how, 4);
          drawPath(pen, drawn, inks.paths[each.kind], size, 1 / how.scale, inks.staged, true);
        }
      });
      if (draft) drawKnots(pen, how, size, draft.stops, draft.stops.length - 1);
      else if (path && stops) drawKnots(pen, how, size, stops, pull?.index ?? touched());
      if (hover && !down && !path) drawKnots(pen, how, size, [hover], -1);
    },
  };

  /** Draws a path again, or on from its end. @param {Path} path @param {Place[]} stops */
  function again(path, stops) {
    drawing.choose(null);
    draft = { id: path.id, kind: path.kind, along: stops.length ? path.along : ALONG_EDGES.includes(path.kind), stops };
    wish.kind = path.kind;
    drawing.refresh();
  }
}
