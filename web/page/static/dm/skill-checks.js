// @ts-check
/** Skills and checks, for the DM: what was rolled last and why, and what everybody is good at. */

import { openDialog } from "../ui/dialogs.js";
import { button, choices, fill, form, h, icon, on } from "../ui/elements.js";
import { watchAll } from "../model/store.js";
import { nameOf, playersOf } from "../ui/text.js";
import { complain } from "../table/notices.js";

const signed = (/** @type {number} */ n) => (n < 0 ? `−${-n}` : `+${n}`);

/** @param {import("../table/types.js").Table} table */
export function open(table) {
  const { room, commands } = table;
  const rolls = h(".stack");
  const skills = h(".stack");
  const dialog = openDialog(
    "Skills and checks",
    h("h3", "Rolled lately"),
    rolls,
    h("hr"),
    h("h3", "What everybody is good at"),
    skills,
  );
  const called = (/** @type {string} */ id) => nameOf(room.get().people, id);

  const stopRolls = watchAll(
    room,
    (s) => [s.rolls, s.notes, s.people],
    () => {
      const { rolls: all, notes } = room.get();
      fill(
        rolls,
        all.length === 0 &&
          h(
            "p.dim",
            "Nothing yet. Give a note a skill and a difficulty: when a player's token enters its hex, a die is rolled, and only you see how it fell.",
          ),
        h(
          "ul.plainlist",
          [...all].reverse().map((r) => {
            const note = notes[r.noteId];
            return h(
              "li.person",
              h(
                ".grow",
                h(".who", `${called(r.userId)} ${r.success ? "made" : "missed"} ${r.skill} ${r.dc}`),
                h(
                  ".dim.small",
                  `${r.die} ${r.modifier < 0 ? "−" : "+"} ${Math.abs(r.modifier)} = ${r.total}${note ? ` · ${note.title} on ${table.label(note.hexKey)}` : ""}`,
                ),
              ),
              note &&
                button(
                  `Show on the map: ${note.title}`,
                  {
                    onclick: () => {
                      dialog.close();
                      table.ask(note.hexKey);
                    },
                  },
                  "hex",
                  true,
                ),
              note &&
                button(
                  `Tell ${called(r.userId)}`,
                  {
                    class: "btn small",
                    onclick: () => commands.revealNote(note.id, { playerIds: [r.userId] }).catch(complain),
                  },
                  "eye",
                ),
            );
          }),
        ),
      );
    },
  );

  const who = h("select");
  const skill = h("input", { maxLength: 80, required: true, placeholder: "Perception" });
  const modifier = h("input", { type: "number", min: -100, max: 100, value: 0 });
  const more = form(
    "form.skillform",
    () =>
      commands.setSkill(skill.value.trim(), Number(modifier.value) || 0, who.value).then(() => {
        skill.value = "";
        skill.focus();
      }, complain),
    h("label", "Player", who),
    h("label", "Skill", skill),
    h("label", "Modifier", modifier),
    h("button.btn.primary", "Keep"),
  );
  const known = h(".stack");
  skills.append(known, more);
  const stopSkills = watchAll(
    room,
    (s) => [s.skills, s.people],
    () => {
      const players = playersOf(room.get().people);
      const chosen = who.value;
      fill(
        who,
        choices(
          players.map((p) => [p.userId, p.name]),
          chosen,
        ),
      );
      more.hidden = !players.length;
      fill(
        known,
        !players.length && h("p.dim", "There is no player yet."),
        players.map((p) =>
          h(
            ".chips",
            h("strong", p.name),
            Object.entries(room.get().skills[p.userId] ?? {}).map(([name, worth]) =>
              h(
                "button.chip",
                {
                  title: `Forget ${name} of ${p.name}`,
                  aria: { label: `${name} ${signed(worth)}: forget it` },
                  onclick: () => commands.setSkill(name, null, p.userId).catch(complain),
                },
                `${name} ${signed(worth)}`,
                icon("close"),
              ),
            ),
            !room.get().skills[p.userId] && h("span.dim.small", "rolls +0 for everything"),
          ),
        ),
      );
    },
  );
  on(dialog, "close", () => {
    stopRolls();
    stopSkills();
  });
}
