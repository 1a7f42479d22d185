// @ts-check
/** Through other eyes: a player's, live and read-only; and back in time, by the record. The map shows another room meanwhile. */

import { button, choices, fill, h, hide } from "../ui/elements.js";
import { playersOf } from "../ui/text.js";
import { followRoom } from "../net/live-room.js";
import { speak, toast } from "./notices.js";
import { address } from "../net/address.js";

/** @typedef {import("../net/live-room.js").Heard} Heard */
/** Seeing as others, and back in time; `leave` leads back to one's own room. `pastTile` and `pastImage` are there in a replay.
 * @typedef {{viewAs: (userId?: string) => void, replay: (sessionId: string, as?: string, start?: number|string, force?: boolean) => Promise<void>, leave: () => void,
 *   pastTile: () => import("../net/replay-room.js").PastTile|null, pastImage: () => import("../map/faces.js").PastImage|null}} Viewpoint */
/** @typedef {{room: import("../net/live-room.js").RoomStore, line: import("./types.js").Store<import("../net/socket.js").Line>, close: () => void,
 *   tile?: import("../net/replay-room.js").PastTile, image?: import("../map/faces.js").PastImage}} OtherRoom */

/** @param {Pick<import("./types.js").Table, "room"|"campaignId"|"shown"|"reveal"|"open">} table */
export function otherEyes(table) {
  const { room, campaignId } = table;
  const banner = h(".viewing", { role: "status", hidden: true });
  const bottom = h("div", { hidden: true });
  const root = document.documentElement;
  /** @type {OtherRoom|null} */
  let other = null;

  const leave = () => {
    if (!other) return;
    other.close();
    other = null;
    delete root.dataset.viewing;
    delete root.dataset.replay;
    for (const part of [banner, bottom]) hide(part, true);
    fill(bottom);
    table.shown.set(room);
    history.replaceState(null, "", address(`/c/${campaignId}`));
    speak("Back at the table");
  };
  /** @type {Heard} */
  const heard = (m, now, was) => table.reveal.animate(m, now, was);

  const viewAs = (/** @type {string|undefined} */ userId) => {
    const players = playersOf(room.get().people);
    if (!players.length) return toast("There is no player yet. Invite one first.");
    const id = userId ?? players[0].userId;
    leave();
    const mine = (other = followRoom({ campaignId, as: id, heard }));
    root.dataset.viewing = "";
    table.shown.set(mine.room);
    mine.line.subscribe(
      (l) => l.phase,
      (phase) => {
        if (phase === "closed") {
          toast(mine.line.get().reason || "That view is not available.", { kind: "bad" });
          leave();
        }
      },
    );
    const select = h(
      "select",
      { aria: { label: "Player" }, onchange: (e) => viewAs(e.currentTarget.value) },
      choices(
        players.map((p) => [p.userId, p.name]),
        id,
      ),
    );
    banner.hidden = false;
    fill(
      banner,
      h("span", "You see what this player sees:"),
      select,
      h("span", "Nothing can be changed here."),
      button("Back to your view", { class: "btn small", onclick: leave }, "back"),
    );
    speak(`You see what ${players.find((p) => p.userId === id)?.name} sees. Escape leads back.`);
  };

  /** Says why a replay was refused; past a broken record a DM may go on. @param {import("../net/socket.js").Line} line @param {() => void} again */
  const refused = ({ code, reason }, again) => {
    const dm = room.get().role === "dm" && code === 1011;
    toast(reason || "This session cannot be replayed.", {
      kind: "bad",
      ...(dm ? { act: { label: "Go on all the same", run: again }, ms: 30_000 } : {}),
    });
    leave();
  };

  const replay = async (
    /** @type {string} */ sessionId,
    /** @type {string} */ as = "",
    /** @type {number|string|undefined} */ start = undefined,
    force = false,
  ) => {
    const [{ openReplay }, { scrubber }] = await Promise.all([
      import("../net/replay-room.js"),
      import("../history/replay-scrubber.js"),
    ]);
    leave();
    const mine = (other = openReplay({ sessionId, as: as || undefined, start, force, heard }));
    const moment = () => {
      const p = mine.position.get();
      return p?.index ? p.at : 0;
    };
    root.dataset.replay = "";
    table.shown.set(mine.room);
    bottom.hidden = false;
    fill(
      bottom,
      scrubber(mine, {
        people: () => (room.get().role === "dm" ? room.get().people : []),
        as,
        perspective: (to) => replay(sessionId, to, moment()),
        leave,
        compare:
          room.get().role === "dm"
            ? () => {
                const then = mine.position.get()?.at;
                leave();
                table.open("knowledge", { as, then });
              }
            : null,
      }),
    );
    bottom.querySelector("input")?.focus();
    mine.line.subscribe(
      (l) => l.phase,
      (phase) => {
        if (phase === "closed") refused(mine.line.get(), () => replay(sessionId, as, start, true));
      },
    );
    let noted = 0;
    mine.position.subscribe(
      (p) => p?.version,
      (version) => {
        if (!version) return;
        clearTimeout(noted);
        noted = setTimeout(
          () =>
            other === mine &&
            history.replaceState(
              null,
              "",
              address(`/c/${campaignId}?session=${sessionId}&version=${version}${as ? `&as=${as}` : ""}`),
            ),
          400,
        );
      },
    );
  };

  return {
    banner,
    scrubber: bottom,
    actions: { viewAs, replay, leave, pastTile: () => other?.tile ?? null, pastImage: () => other?.image ?? null },
    /** Opens the moment a link names. */
    fromAddress() {
      const query = new URLSearchParams(location.search);
      const session = query.get("session");
      if (query.get("knows")) table.open("knowledge", { ...Object.fromEntries(query), as: query.get("knows") });
      else if (session) replay(session, query.get("as") ?? "", Number(query.get("version")) || undefined);
    },
  };
}
