// @ts-check
/** What a step on the map may set off: rules that reveal, skills that are rolled for, and hints that are noticed. */

import { byId } from "./by-id.js";

/** @param {import("../reduce.js").Room} room @param {import("../types.js").Message} m @returns {import("../reduce.js").Room} */
export function reduceRules(room, m) {
  switch (m.type) {
    case "session:state":
      return {
        ...room,
        skills: m.skills ?? {},
        rolls: m.rolls ?? [],
        hints: Object.fromEntries(
          (m.hints ?? []).map((/** @type {{hexKey: string, texts: string[]}} */ h) => [h.hexKey, h.texts]),
        ),
        rules: byId(m.rules),
      };
    case "hint:changed": {
      const hints = { ...room.hints };
      for (const { hexKey, texts } of m.hints) texts.length ? (hints[hexKey] = texts) : delete hints[hexKey];
      return { ...room, hints };
    }
    case "rule:changed":
      return { ...room, rules: { ...room.rules, [m.rule.id]: m.rule } };
    case "rule:removed": {
      const { [m.ruleId]: _, ...rules } = room.rules;
      return { ...room, rules };
    }
    case "skill:changed":
      return { ...room, skills: { ...room.skills, [m.userId]: m.skills } };
    case "check:rolled":
      return { ...room, rolls: [...room.rolls, m.roll].slice(-20) };
    default:
      return room;
  }
}
