// @ts-check
/** Tokens that a DM's staged changes will bring, move or give a picture. */

import { tokensOf } from "/static/map/layers/tokens.js";
import { check, equal } from "./check.js";

const ogre = { id: "t1", hexKey: "1,1", label: "Ogre", picture: "old" };
const picture = { id: "7", type: "token:picture", data: { tokenId: "t1", picture: "new" } };
const move = { id: "8", type: "token:move", data: { tokenId: "t1", toHexKey: "2,2" } };

/** @param {any[]} staged @param {any[]} there @returns {any[]} */
const seen = (staged, there = [ogre], role = "dm") =>
  tokensOf(/** @type {any} */ ({ tokens: Object.fromEntries(there.map((t) => [t.id, t])), staged, role })).map(
    ({ hexKey, picture: face, ghost = false }) => [hexKey, face, ghost],
  );

check("a picture that waits is seen on a ghost beside the token, wherever that goes", () => {
  const now = ["1,1", "old", false];
  equal(seen([picture]), [now, ["1,1", "new", true]]);
  equal(seen([move, picture]), [now, ["2,2", "new", true]]);
  equal(seen([picture, move]), [now, ["1,1", "new", true], ["2,2", "new", true]]);
  equal(seen([move]), [now, ["2,2", "old", true]]);
  equal(seen([picture], [ogre], "player"), [now]);
});

check("a token that waits itself wears its picture", () => {
  const create = { id: "1", type: "token:create", data: { tokenId: "t9", hexKey: "3,3" } };
  const face = { id: "2", type: "token:picture", data: { tokenId: "t9", picture: "new" } };
  equal(seen([create, face], []), [["3,3", "new", true]]);
});
