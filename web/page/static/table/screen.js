// @ts-check
/** The big screen at the table: what players and spectators were all shown, without controls. It goes along with what is revealed, and, in the DM's own
 * browser, with the DM's map if they wish. Elsewhere it goes along only where a DM looks at what it knows: the rest of where they look never reaches it. */

import { fill, h } from "../ui/elements.js";
import { fromPoint, keyOf, spotOfKey } from "../model/hex.js";
import { EMPTY } from "../model/reduce.js";
import { createStore } from "../model/store.js";
import { styleOf } from "../model/labels.js";
import { PHASES } from "../ui/text.js";
import { followCampaign, look, settings } from "../map/theme.js";
import { createFaces } from "../map/faces.js";
import { createScene } from "../map/scene.js";
import { get } from "../net/api.js";
import { followRoom } from "../net/live-room.js";
import { lineBanner } from "./notices.js";

/** @typedef {import("./types.js").Store<import("./types.js").Room>} RoomStore */
/** Where a DM looks: a camera, and how wide their map is in CSS pixels. @typedef {{camera: import("../map/camera.js").Camera, wide: number}} Lead */

/** How often screens elsewhere hear at most where a DM looks. */
const LEAD_MS = 350;
/** How long a handout stays: nobody is there to close it. */
const HANDOUT_MS = 60_000;

/** Whether the address asks for the big screen. */
export const asksForScreen = () => new URLSearchParams(location.search).get("view") === "table";

/** @param {string} campaignId */
const channelOf = (campaignId) => new BroadcastChannel(`hexroom.screen.${campaignId}`);

/** Returns what a DM's table calls when its map moves: windows of this browser go along, if the DM wishes. @param {string} campaignId
 * @param {() => boolean} leads @returns {(camera: Lead["camera"], wide: number) => void} */
export function screenLead(campaignId, leads) {
  /** @type {BroadcastChannel|null} */
  let channel = null;
  return (camera, wide) => {
    if (!settings.leadScreen || !leads()) return;
    (channel ??= channelOf(campaignId)).postMessage({ camera, wide });
  };
}

/** Returns the same for big screens anywhere: they hear of the hex in the middle, at most so often, the last time included.
 * @param {() => import("./types.js").Room} room @param {(hexKey: string, across: number) => Promise<unknown>} tell @param {() => boolean} leads
 * @returns {(camera: Lead["camera"], wide: number) => void} */
export function screensLead(room, tell, leads) {
  let timer = 0;
  return ({ x, y, scale }, wide) => {
    clearTimeout(timer);
    if (!settings.leadScreens || !leads()) return;
    timer = setTimeout(() => {
      const { map, mode } = room();
      if (!map || mode === "staged") return;
      const { q, r } = fromPoint(x, y, map.orientation, map.hexSize);
      tell(keyOf(q, r), Math.min(10_000, Math.max(1, wide / (map.hexSize * scale)))).catch(() => {});
    }, LEAD_MS);
  };
}

/** Opens the big screen of a campaign in the page. @param {HTMLElement} app @param {string} campaignId */
export function openScreen(app, campaignId) {
  const host = h(".map", { id: "map", role: "img", aria: { label: "The map, as far as everyone knows it" } });
  const source = { campaignId, pastImage: () => null };
  const scene = createScene(host, {
    look,
    face: createFaces({ campaignId, past: source.pastImage, ask: () => scene.touch() }),
    style: () => settings.style ?? styleOf(shown?.get().settings.labelStyle),
  });
  scene.show(createStore(EMPTY));
  const title = h("h1");
  const phase = h("p");
  const words = h("p.screen-words", { role: "status" }, "One moment…");
  /** The room on the screen; none while it would be a DM's. @type {RoomStore|null} */
  let shown = null;
  /** @type {ReturnType<typeof followRoom>|null} */
  let other = null;
  /** @type {import("../net/live-room.js").Heard} */
  const heard = (m, now, was) => {
    if (m.type.startsWith("handout:"))
      import("./handout.js").then((part) => part.heard(source, m, now, was, HANDOUT_MS)).catch(() => {});
    if (m.type === "screen:led" && now.map)
      scene.fly({ ...spotOfKey(now.map, m.hexKey), scale: host.clientWidth / (m.across * now.map.hexSize) });
    if (m.type !== "hex:revealed" && m.type !== "hex:hidden") return;
    scene.animate(m.hexKeys, m.type === "hex:revealed" ? "reveal" : "hide");
    if (m.type === "hex:revealed" && now.map && !scene.sees(m.hexKeys)) scene.frame(m.hexKeys);
  };
  const live = followRoom({
    campaignId,
    heard: (m, now, was) => {
      if (shown === live.room) heard(m, now, was);
    },
  });
  const show = (/** @type {RoomStore|null} */ room, why = "") => {
    host.hidden = !room;
    words.hidden = Boolean(room);
    fill(words, why);
    if (room === shown) return;
    shown = room;
    if (room) scene.show(room);
  };
  /** Chooses whose eyes the screen has: one's own, or, for a DM, a spectator's; never a DM's. */
  const choose = () => {
    const { ready, role, people, settings: rules } = live.room.get();
    if (followCampaign(rules.mapLook)) scene.repaint();
    if (!ready) return show(null, "One moment…");
    const spectator = people.find((p) => p.role === "spectator");
    if (role !== "dm") return show(live.room);
    if (!spectator)
      return show(
        null,
        "The screen sees as a spectator. Choose “Big screen” in the menu of the table, and open that link here.",
      );
    if (!other) other = followRoom({ campaignId, as: spectator.userId, heard });
    show(other.room);
  };
  live.room.subscribe((s) => s, choose);
  live.room.subscribe(
    (s) => s.status,
    (status) => fill(phase, PHASES[status]?.title ?? ""),
  );
  live.line.subscribe(
    (l) => l.phase,
    (now) => {
      if (now === "closed" && !live.room.get().ready)
        import("../pages/denied.js").then((m) => m.openClosed(app, live.line.get().code));
    },
  );
  channelOf(campaignId).onmessage = (/** @type {MessageEvent<Lead>} */ { data: { camera, wide } }) => {
    if (shown) scene.fly({ ...camera, scale: (camera.scale * host.clientWidth) / wide });
  };
  get(`campaigns/${campaignId}`)
    .then(({ name }) => {
      fill(title, name);
      document.title = `${name} · Hexroom`;
    })
    .catch(() => {});
  // A screen that nobody touches goes dark by itself.
  navigator.wakeLock?.request("screen").catch(() => {});
  fill(
    app,
    h("main.screen", lineBanner(live.line, live.retry, live.commands), host, words, h(".screen-title", title, phase)),
  );
  return { room: live.room, scene, shown: () => shown };
}
