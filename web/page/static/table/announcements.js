// @ts-check
/** What changes, told to eye and ear: reveals light up, words are spoken, and what is new since the last visit is said once. */

import { keyOf } from "../model/hex.js";
import { labelOf, styleOf } from "../model/labels.js";
import { count, PHASES, nameOf } from "../ui/text.js";
import { keep, saved, settings } from "../map/theme.js";
import { speak, toast } from "./notices.js";

/** @typedef {import("../model/reduce.js").Room} Room */
/** @typedef {import("../model/reduce.js").Message} Message */
/** @typedef {{animate: (m: Message, now: Room, was: Room) => void, heard: (m: Message, now: Room, was: Room, shown: boolean) => void}} News */

/** @param {string} campaignId @param {import("./types.js").Scene} scene @returns {News} */
export function createNews(campaignId, scene) {
  const name = `seen.${campaignId}`;
  let welcomed = false;
  let timer = 0;

  /** Shows a message on the map. @param {Message} m @param {Room} now @param {Room} was */
  function animate(m, now, was) {
    if (m.type === "hex:revealed" || m.type === "hex:hidden")
      scene.animate(m.hexKeys, m.type === "hex:revealed" ? "reveal" : "hide");
    if (m.type === "hex:revealed" && settings.sound)
      import("./sound.js").then(
        (sound) => sound.chime(),
        () => {},
      );
    if (m.type === "hex:revealed" && now.role === "player" && now.map && !scene.sees(m.hexKeys))
      toast(`${count(m.hexKeys.length, "hex")} revealed out of sight.`, {
        act: { label: "Show me", run: () => scene.frame(m.hexKeys) },
      });
    if (m.type === "hex:pointed") {
      scene.overlay.pings.push({ key: m.hexKey, at: performance.now(), name: nameOf(now.people, m.userId, "") });
      scene.touch();
    }
  }

  /** @param {Message} m @param {Room} now @param {Room} was */
  function words(m, now, was) {
    const who = () => nameOf(now.people, m.userId, m.name);
    const where = (/** @type {string} */ key) => {
      const [q, r] = key.split(",").map(Number);
      return labelOf(
        q,
        r,
        now.map?.orientation ?? "flat",
        settings.style ?? styleOf(now.settings.labelStyle),
        now.map?.parity,
      );
    };
    switch (m.type) {
      case "hex:revealed":
        return now.role === "dm"
          ? ""
          : m.hexKeys.length === 1
            ? `Revealed: ${m.terrain[0]?.terrain ?? "a hex"} at ${where(m.hexKeys[0])}`
            : `${count(m.hexKeys.length, "hex")} revealed`;
      case "hex:hidden":
        return now.role === "dm" ? "" : `${count(m.hexKeys.length, "hex")} hidden again`;
      case "session:statusChanged":
        return now.role === "dm" ? (PHASES[m.status]?.dm ?? m.status) : PHASES[m.status]?.title || "The session begins";
      case "player:joined":
        return `${who()} is here`;
      case "player:left":
        return `${who()} left`;
      case "token:moved":
        return `${now.tokens[m.tokenId ?? m.token?.id]?.label ?? "A token"} moved to ${where(m.toHexKey ?? m.token.hexKey)}`;
      case "hex:pointed":
        return `${who()} points at ${where(m.hexKey)}`;
      case "check:rolled": {
        const r = m.roll;
        const text = `${nameOf(now.people, r.userId)} ${r.die + r.modifier >= r.dc ? "made" : "missed"} ${r.skill} ${r.dc}: ${r.die} ${r.modifier < 0 ? "−" : "+"} ${Math.abs(r.modifier)} = ${r.die + r.modifier}`;
        toast(text, { ms: 12_000, kind: r.die + r.modifier >= r.dc ? "good" : "note" });
        return "";
      }
      case "staged:changes":
      case "staged:updated":
        return was.staged.length !== now.staged.length ? `${count(now.staged.length, "change")} staged` : "";
      default:
        return "";
    }
  }

  /** Runs of what is known, one text a row: short, whatever the size of the map. @param {Room} room */
  function known(room) {
    const keys = [];
    for (const [q, r] of room.shown) keys.push([q, r]);
    keys.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    /** @type {number[][]} */
    const runs = [];
    for (const [q, r] of keys) {
      const last = runs.at(-1);
      if (last && last[1] === r && last[0] + last[2] === q) last[2]++;
      else runs.push([q, r, 1]);
    }
    return runs;
  }

  function welcome(/** @type {Room} */ room) {
    welcomed = true;
    const before = saved(name, null);
    keep(name, known(room));
    if (!before || room.role === "dm") return;
    const old = new Set(
      before.flatMap((/** @type {number[]} */ [q, r, n]) => Array.from({ length: n }, (_, i) => keyOf(q + i, r))),
    );
    /** @type {string[]} */
    const fresh = [];
    for (const [q, r] of room.shown) if (!old.has(keyOf(q, r))) fresh.push(keyOf(q, r));
    if (!fresh.length) return;
    scene.overlay.fresh = new Set(fresh);
    scene.touch();
    setTimeout(() => {
      scene.overlay.fresh = null;
      scene.touch();
    }, 12_000);
    toast(`Since your last visit: ${count(fresh.length, "new hex")}.`, {
      act: { label: "Show me", run: () => scene.frame(fresh) },
      ms: 11_000,
    });
  }

  return {
    animate,
    heard(m, now, was, shown) {
      if (m.type === "session:state" && !welcomed) welcome(now);
      else if (now.role !== "dm" && (m.type === "hex:revealed" || m.type === "hex:hidden")) {
        clearTimeout(timer);
        timer = setTimeout(() => keep(name, known(now)), 1000);
      }
      if (shown) animate(m, now, was);
      const said = m.type === "connected" || m.type === "session:state" ? "" : words(m, now, was);
      if (said) speak(said);
    },
  };
}
