// @ts-check
/** The fold of messages. */

import { EMPTY, reduce } from "/static/model/reduce.js";
import { createStore, watchAll } from "/static/model/store.js";
import { check, equal } from "./check.js";

const MAP = { name: "M", gridWidth: 4, gridHeight: 4, hexSize: 20, orientation: "flat" };
const opened = (/** @type {string} */ role, extra = {}) =>
  [
    { type: "connected", userId: "u", role },
    {
      type: "session:state",
      status: "waiting",
      sessionId: null,
      broadcastMode: "immediate",
      connectedPlayers: [{ userId: "u", name: "U", role, online: true }],
      revealedHexes: ["0,0"],
      terrain: [{ key: "0,0", terrain: "forest", variant: 2 }],
      tokens: [],
      notes: [],
      map: MAP,
      seq: 3,
      resume: "t",
      ...extra,
    },
  ].reduce(reduce, EMPTY);

check("terrain in runs is terrain hex by hex", () => {
  const terrain = [
    { key: "0,0", terrain: "forest", variant: 2 },
    { key: "1,0", terrain: "forest", variant: 2 },
    { key: "-1,4", terrain: "hills" },
  ];
  const painted = [
    { terrain: "forest", variant: 2, runs: [[0, 0, 2]] },
    { terrain: "hills", runs: [[-1, 4, 1]] },
  ];
  const [one, other] = [opened("dm", { terrain }), opened("dm", { terrain: [], painted })];
  equal([...other.terrain].sort(), [...one.terrain].sort());
  equal(other.terrain.at(0, 0) === one.terrain.at(1, 0), true);
});

check("the state says what is shown and what it is made of", () => {
  const room = opened("player", { tiers: [{ key: "1,0", tier: "terrain" }], revealedHexes: ["0,0", "1,0"] });
  equal(
    [room.terrain.at(0, 0), room.shown.at(0, 0), room.shown.at(1, 0), room.seq, room.ready],
    [{ terrain: "forest", variant: 2 }, "full", "terrain", 3, true],
  );
});

check("for a player a hidden hex is gone, for a DM only its viewers are", () => {
  const hidden = { type: "hex:hidden", hexKeys: ["0,0"], seq: 4 };
  const player = reduce(opened("player"), hidden);
  equal([player.terrain.at(0, 0), player.shown.size, player.seq], [undefined, 0, 4]);
  const dm = reduce(opened("dm", { reveals: [{ key: "0,0", viewers: { everyone: "full", apart: {} } }] }), {
    ...hidden,
    viewers: { everyone: "hidden", apart: {} },
  });
  equal([dm.terrain.at(0, 0)?.terrain, dm.viewers.at(0, 0)], ["forest", undefined]);
});

check("a reveal brings the ground, the tier and, for a DM, the viewers", () => {
  const viewers = { everyone: "hidden", apart: { a: "terrain" } };
  const room = reduce(opened("dm"), {
    type: "hex:revealed",
    hexKeys: ["1,1"],
    terrain: [{ key: "1,1", terrain: "hills" }],
    tier: "terrain",
    viewers,
    seq: 4,
  });
  equal([room.terrain.at(1, 1)?.terrain, room.shown.at(1, 1), room.viewers.at(1, 1)], ["hills", "terrain", viewers]);
});

check("a hex without ground is not painted", () =>
  equal(
    reduce(opened("player"), { type: "hex:updated", changes: [{ key: "0,0", terrain: null }] }).terrain.at(0, 0),
    undefined,
  ),
);

check("where the extent is kept back, the grid goes as far as is known", () => {
  let room = opened("player", { map: { name: "M", hexSize: 20, orientation: "flat" } });
  equal([room.map?.gridWidth, room.map?.gridHeight], [1, 1]);
  room = reduce(room, { type: "hex:revealed", hexKeys: ["4,1"], terrain: [], tier: "full" });
  equal([room.map?.gridWidth, room.map?.gridHeight], [5, 4]);
});

check("hints, rules and skills are kept by what they belong to", () => {
  let room = opened("player", {
    hints: [{ hexKey: "0,0", texts: ["smoke"] }],
    rules: [{ id: "r", within: 1 }],
    skills: { u: { Luck: 1 } },
  });
  equal([room.hints["0,0"], room.rules.r.within, room.skills.u.Luck], [["smoke"], 1, 1]);
  room = reduce(room, { type: "hint:changed", hints: [{ hexKey: "0,0", texts: [] }] });
  equal(room.hints, {});
  equal(reduce(room, { type: "rule:removed", ruleId: "r" }).rules, {});
});

check("people come, go and change", () => {
  let room = reduce(opened("dm"), { type: "player:joined", userId: "b", name: "Ben", role: "player" });
  equal(
    room.people.map((p) => [p.name, p.online]),
    [
      ["U", true],
      ["Ben", true],
    ],
  );
  room = reduce(room, { type: "player:left", userId: "b" });
  equal(room.people[1].online, false);
  room = reduce(room, { type: "player:presence", players: [{ userId: "u", name: "U", role: "player", online: true }] });
  equal([room.people.length, room.role], [1, "player"]);
});

check("tokens and notes appear, change and go", () => {
  let room = reduce(opened("player"), { type: "token:created", token: { id: "t", hexKey: "0,0", label: "Bo" } });
  room = reduce(room, {
    type: "token:moved",
    tokenId: "t",
    fromHexKey: "0,0",
    toHexKey: "1,0",
    token: { id: "t", hexKey: "1,0", label: "Bo" },
  });
  equal(room.tokens.t, { id: "t", hexKey: "1,0", label: "Bo" });
  equal(reduce(room, { type: "token:deleted", tokenId: "t" }).tokens, {});
  room = reduce(room, { type: "note:changed", note: { id: "n", hexKey: "0,0", title: "N" } });
  equal(Object.keys(room.notes), ["n"]);
  equal(reduce(room, { type: "note:removed", noteId: "n" }).notes, {});
});

check("what nobody knows changes nothing but the number", () => {
  const room = opened("player");
  const after = reduce(room, { type: "something:new", seq: 4 });
  equal(after.seq, 4);
  equal(after.terrain === room.terrain && after.tokens === room.tokens, true);
});

check("subscribers hear once what they selected, at once and on change", () => {
  const store = createStore({ a: 1, b: 1 });
  /** @type {number[]} */
  const heard = [];
  let all = 0;
  const stop = store.subscribe(
    (s) => s.a,
    (a) => heard.push(a),
  );
  watchAll(
    store,
    (s) => [s.a, s.b],
    () => {
      all++;
    },
  );
  store.update({ b: 2 });
  store.update({ a: 2 });
  stop();
  store.update({ a: 3 });
  equal([heard, all], [[1, 2], 4]);
});

check("the list of staged changes follows what is added and removed", () => {
  const change = (/** @type {string} */ id) => ({ id, description: id, type: "hex:reveal", data: {} });
  const begun = opened("dm", { staged: { changes: [change("2"), change("10")], dropped: [] } });
  const told = { type: "staged:updated", added: [change("9"), change("11")], removed: ["2"], dropped: [], seq: 4 };
  equal(
    reduce(begun, told).staged.map((/** @type {any} */ each) => each.id),
    ["9", "10", "11"],
  );
});
