// @ts-check
/** Through other eyes: a player's, live and read-only; and back in time, by the record. The map shows another room meanwhile. */

import { button, fill, h, openDialog } from "../core/dom.js";
import { ago } from "../core/time.js";
import { get } from "../net/api.js";
import { followRoom } from "../net/live.js";
import { openReplay } from "../net/replay.js";
import { complain, speak, toast } from "./notices.js";
import { scrubber } from "./replay-scrubber.js";

/** @param {any} table */
export function otherEyes(table) {
  const { room, campaignId } = table;
  const banner = h("div", { class: "viewing", role: "status", hidden: true });
  const bottom = h("div", { hidden: true });
  const root = document.documentElement;
  /** @type {any} */
  let other = null;

  const leave = () => {
    if (!other) return;
    other.close();
    other = null;
    delete root.dataset.viewing;
    delete root.dataset.replay;
    banner.hidden = bottom.hidden = true;
    fill(bottom);
    table.shown.set(room);
    history.replaceState(null, "", `/c/${campaignId}`);
    speak("Back at the table");
  };
  const heard = (/** @type {any} */ m, /** @type {any} */ now, /** @type {any} */ was) => table.reveal.animate(m, now, was);

  const viewAs = (/** @type {string|undefined} */ userId) => {
    const players = room.get().people.filter((/** @type {any} */ p) => p.role === "player");
    if (!players.length) return toast("There is no player yet. Invite one first.");
    const id = userId ?? players[0].userId;
    leave();
    other = followRoom({ campaignId, as: id, heard });
    root.dataset.viewing = "";
    table.shown.set(other.room);
    other.line.subscribe((/** @type {any} */ l) => l.phase, (/** @type {string} */ phase) => { if (phase === "closed") { toast(other?.line.get().reason || "That view is not available.", { kind: "bad" }); leave(); } });
    const select = h("select", { aria: { label: "Player" }, onchange: () => viewAs(select.value) }, players.map((/** @type {any} */ p) => h("option", { value: p.userId, selected: p.userId === id }, p.name)));
    banner.hidden = false;
    fill(banner, h("span", {}, "You see what this player sees:"), select, h("span", {}, "Nothing can be changed here."), button("Back to your view", { class: "btn small", onclick: leave }, "back"));
    speak(`You see what ${players.find((/** @type {any} */ p) => p.userId === id)?.name} sees. Escape leads back.`);
  };

  const replay = (/** @type {string} */ sessionId, /** @type {string} */ as = "", /** @type {number|undefined} */ from = undefined) => {
    leave();
    const mine = (other = openReplay({ sessionId, as: as || undefined, from, heard }));
    root.dataset.replay = "";
    table.shown.set(mine.room);
    bottom.hidden = false;
    fill(bottom, scrubber(mine, { people: () => (room.get().role === "dm" ? room.get().people : []), as, perspective: (to) => replay(sessionId, to, mine.position.get()?.version), leave }));
    mine.line.subscribe((/** @type {any} */ l) => l.phase, (/** @type {string} */ phase) => { if (phase === "closed") { toast(mine.line.get().reason || "This session cannot be replayed.", { kind: "bad" }); leave(); } });
    let noted = 0;
    mine.position.subscribe((/** @type {any} */ p) => p?.version, (/** @type {any} */ version) => {
      if (!version) return;
      clearTimeout(noted);
      noted = setTimeout(() => other === mine && history.replaceState(null, "", `/c/${campaignId}?session=${sessionId}&version=${version}${as ? `&as=${as}` : ""}`), 400);
    });
  };

  return {
    banner, scrubber: bottom,
    actions: { viewAs, replay, leave },
    /** Opens the moment a link names. */
    fromAddress() {
      const query = new URLSearchParams(location.search);
      const session = query.get("session");
      if (session) replay(session, query.get("as") ?? "", Number(query.get("version")) || undefined);
    },
  };
}

/** The evenings so far, each to be watched again. @param {any} table */
export async function sessionsDialog(table) {
  const body = h("div", {}, h("p", { class: "dim" }, "Looking…"));
  const dialog = openDialog("Sessions", body);
  try {
    const sessions = (await get(`/api/campaigns/${table.campaignId}/sessions`)).sessions ?? [];
    const length = (/** @type {any} */ s) => (s.endedAt ? `${Math.max(1, Math.round((new Date(s.endedAt).getTime() - new Date(s.startedAt).getTime()) / 60_000))} min` : "not ended");
    fill(body, sessions.length === 0 && h("p", { class: "empty" }, "No session yet. Each one can be watched again here, as it was, by everyone who was entitled to see it."),
      h("ul", { class: "plainlist" }, sessions.map((/** @type {any} */ s) => h("li", { class: "person" },
        h("div", { class: "grow" }, h("div", { class: "who" }, new Date(s.startedAt).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })), h("div", { class: "dim small" }, `${ago(s.startedAt)} · ${length(s)}`)),
        table.room.get().role === "dm" && h("a", { class: "btn small", href: `/api/sessions/${s.id}/report?format=html`, target: "_blank", rel: "noopener" }, "Report"),
        button("Watch", { class: "btn primary small", onclick: () => { dialog.close(); table.replay(s.id); } }, "replay")))));
  } catch (error) {
    dialog.close();
    complain(error);
  }
}
