// @ts-check
/** What lies on the map: whole for a DM, hex by hex for a player, and kept alike. */

import { piecesOf } from "/static/model/course.js";
import { EMPTY, reduce } from "/static/model/reduce.js";
import { penOf } from "/static/map/canvas.js";
import { createThingPainter } from "/static/map/layers/map-objects.js";
import { isUntouched } from "/static/dm/import-again.js";
import { check, equal } from "./check.js";

const opened = (/** @type {any} */ state = {}) =>
  reduce(EMPTY, {
    type: "session:state",
    status: "waiting",
    connectedPlayers: [],
    revealedHexes: [],
    terrain: [],
    map: null,
    ...state,
  });

check("a path draws a line in each hex, from edge or centre to edge or centre", () => {
  equal(piecesOf(["0,0", "1,0", "1,1/5"], false), {
    "0,0": { lines: [[0, null]] },
    "1,0": { lines: [[3, 5]] },
    "1,1": { lines: [[2, 5]] },
  });
  equal(piecesOf(["2,2/4", "2,2/1"], false), { "2,2": { lines: [[1, 4]] } });
});

check("a border lies on the edges of both its hexes", () => {
  equal(piecesOf(["0,0/0", "0,0/1"], true), {
    "0,0": { edges: [0, 1] },
    "1,0": { edges: [3] },
    "1,-1": { edges: [4] },
  });
});

check("a DM's path comes whole and is drawn as a player's pieces are", () => {
  const path = { id: "p", kind: "road", name: "Old Way", along: false, points: ["0,0", "1,0"], audience: "dm" };
  const dm = opened({ paths: [path] });
  equal(Object.keys(dm.paths.p.pieces), ["0,0", "1,0"]);
  equal(reduce(dm, { type: "path:removed", pathId: "p" }).paths, {});
});

check("a player's path grows and shrinks by its pieces, and goes with the last", () => {
  const first = {
    id: "p",
    kind: "road",
    name: "Old Way",
    along: false,
    pieces: [{ hexKey: "0,0", lines: [[0, null]] }],
  };
  const seen = opened({ paths: [first] });
  const more = reduce(seen, { type: "path:changed", path: { ...first, pieces: [{ hexKey: "1,0", lines: [[0, 3]] }] } });
  equal(Object.keys(more.paths.p.pieces), ["0,0", "1,0"]);
  const less = reduce(more, { type: "path:changed", path: { id: "p", gone: ["0,0"] } });
  equal([less.paths.p.name, less.paths.p.pieces], ["Old Way", { "1,0": { lines: [[0, 3]] } }]);
  equal(reduce(less, { type: "path:changed", path: { id: "p", gone: ["1,0"] } }).paths, {});
});

check("a region is replaced for a DM, and grows and shrinks for a player", () => {
  const region = { id: "r", name: "Moor", kind: "realm", color: "" };
  const dm = opened({ regions: [{ ...region, hexes: [[0, 0, 3]], audience: "dm" }] });
  const redrawn = reduce(dm, { type: "region:changed", region: { ...region, hexes: [[1, 0, 1]], audience: "dm" } });
  equal([...redrawn.regions.r.hexes], ["1,0"]);
  const player = opened({ regions: [{ ...region, hexes: [[0, 0, 1]] }] });
  const more = reduce(player, { type: "region:changed", region: { ...region, hexes: [[1, 0, 2]] } });
  equal([...more.regions.r.hexes], ["0,0", "1,0", "2,0"]);
  equal(reduce(more, { type: "region:changed", region: { id: "r", gone: [[0, 0, 3]] } }).regions, {});
});

check("sites and labels are kept by id", () => {
  const room = opened({ sites: [{ id: "s", hexKey: "0,0", kind: "inn", title: "" }], labels: [] });
  const label = { id: "l", hexKey: "0,0", text: "Here be dragons" };
  const written = reduce(reduce(room, { type: "label:changed", label }), { type: "site:removed", siteId: "s" });
  equal([written.sites, written.labels], [{}, { l: label }]);
});

check("no word lies over a site", () => {
  const site = { kind: "castle", title: "Thorn", hexKey: "0,0" };
  const word = { text: "HERE BE DRAGONS", hexKey: "0,0", size: 1.5 };
  const below = { kind: "ruin", title: "The Long Name of Another Place", hexKey: "0,-1" };
  const region = { name: "THE VALE OF THE WIDE RIVER", hexes: new Set(["0,0", "1,0", "-1,0"]) };
  /** @param {[any, string, any][]} put */
  const painted = (put) => {
    const painter = createThingPainter();
    painter.set({ theme: "atlas", density: 1 });
    painter.tell({
      frame: { orientation: "flat", hexSize: 40 },
      anew: true,
      gone: [],
      put,
      marked: { tokens: [], notes: [], pins: [] },
    });
    const pen = penOf(200);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    painter.paint(pen, { x: -100, y: -100, w: 200, h: 200 }, 1);
    // The middle of the drawing, where nothing of what is below shines through.
    return [...pen.getImageData(97, 94, 6, 4).data].join();
  };
  const alone = painted([["sites", "s", site]]);
  equal(new Set(alone.split(",")).size > 1, true);
  equal(
    painted([
      ["sites", "s", site],
      ["labels", "l", word],
      ["sites", "b", below],
      ["regions", "r", region],
    ]),
    alone,
  );
});

check("from afar a path runs where it does near, whole or in pieces, and along edges", () => {
  const points = ["0,0", "1,0", "2,0", "3,0", "4,0/5"];
  const border = ["0,2/5", "1,2/4", "1,2/5", "2,2/4"];
  const near = 5;
  for (const along of [false, true]) {
    const course = along ? border : points;
    const whole = { kind: along ? "border" : "road", points: course.join(" "), along };
    const cut = { kind: whole.kind, pieces: piecesOf(course, along) };
    for (const [thing, size] of /** @type {[any, number][]} */ ([
      [whole, near],
      [whole, 3.5],
      [cut, 3.5],
    ])) {
      const painter = createThingPainter();
      painter.set({ theme: "atlas", density: 1 });
      const frame = /** @type {const} */ ({ orientation: "flat", hexSize: 10 });
      const marked = { tokens: [], notes: [], pins: [] };
      painter.tell({ frame, anew: true, gone: [], put: [["paths", "p", thing]], marked });
      const pen = penOf(60);
      const scale = size / 10;
      painter.paint(pen, { x: -10, y: -10, w: 60 / scale, h: 60 / scale }, scale);
      const at = (/** @type {number} */ x, /** @type {number} */ y) =>
        [...pen.getImageData(Math.round((x + 10) * scale) - 1, Math.round((y + 10) * scale) - 1, 3, 3).data].some(
          Boolean,
        );
      // The middle of the hex 2,0, and that of the lower edge of 1,2.
      const [x, y] = along ? [15, 10 * Math.sqrt(3) * 3] : [30, 10 * Math.sqrt(3)];
      equal([along, size, at(x, y), at(x + 4, y - 12)], [along, size, true, false]);
    }
  }
});

check("words give way to tokens and badges, and the painter says where", () => {
  const painter = createThingPainter();
  painter.set({ theme: "atlas", density: 1 });
  const frame = /** @type {const} */ ({ orientation: "flat", hexSize: 40 });
  /** @type {import("/static/map/layers/titles.js").Marked} */
  const none = { tokens: [], notes: [], pins: [] };
  const told = { frame, anew: false, gone: [], put: [] };
  const site = { kind: "castle", title: "Thorn", hexKey: "0,0" };
  const region = { name: "VALE", kind: "realm", hexes: new Set(["6,0", "7,0", "8,0", "6,1", "7,1"]) };
  const put = /** @type {[any, string, any][]} */ ([
    ["sites", "s", site],
    ["regions", "r", region],
  ]);
  equal(painter.tell({ ...told, anew: true, put, marked: none }), null);
  const pen = penOf(400);
  const painted = () => {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, 400, 400);
    painter.paint(pen, { x: -200, y: -200, w: 400, h: 400 }, 1);
    return pen.getImageData(0, 0, 400, 400).data.join();
  };
  const before = painted();
  equal(painter.tell({ ...told, marked: { ...none, tokens: [["-5,0", 4]] } }), []);
  equal(painted() === before, true);
  const below = { ...none, tokens: /** @type {[string, number][]} */ ([["0,1", 4]]), notes: ["0,1"] };
  equal(painter.tell({ ...told, marked: { ...below, tokens: [["0,0", 9]] } })?.length, 2);
  equal(painted() !== before, true);
  painter.tell({ ...told, marked: none });
  equal(painted() === before, true);
});

check("a file is to replace a generated map as long as nobody did anything on it", () => {
  const map = { name: "Generated map", gridWidth: 2, gridHeight: 2, hexSize: 40, orientation: "flat" };
  const done = { canUndo: null, canRedo: null, newest: { version: 3, userId: "b" } };
  equal(isUntouched(opened({ map })), true);
  equal(isUntouched(opened({ map, history: done })), false);
  equal(isUntouched(opened({ map, history: { canUndo: "Revealed 0101", canRedo: null, newest: null } })), false);
  equal(isUntouched(opened({ map, revealedHexes: ["0,0"] })), false);
  equal(isUntouched(opened({ map, notes: [{ id: "n", hexKey: "0,0", title: "Mill", kind: "place" }] })), false);
  equal(isUntouched(opened({ map: { ...map, name: "The Marches" } })), false);
});
