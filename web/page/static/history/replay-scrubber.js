// @ts-check
/** A past session under the hand: a native range with marks, play, speed and steps; the words of each moment. */

import { button, choices, fill, h, on } from "../ui/elements.js";
import { clock, hourOf } from "../ui/time.js";
import { playersOf } from "../ui/text.js";

const STEPS = /** @type {Record<string, 1|-1>} */ ({ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 });

/** @param {import("../net/replay-room.js").Replay} replay @param {{people: () => import("../model/types.js").Person[], as: string, perspective: (userId: string) => void, leave: () => void, compare: (() => void)|null}} opts */
export function scrubber(replay, { people, as, perspective, leave, compare }) {
  const range = h("input", { type: "range", min: 0, max: 0, value: 0, aria: { label: "Moment of the session" } });
  const marks = h(".marks", { aria: { hidden: true } });
  const caption = h(".caption.grow", { role: "status" });
  const time = h("span.dim.small");
  const turn = () => {
    if (replay.position.get()?.playing) replay.pause();
    else replay.play();
  };
  const play = button("Play", { class: "btn primary square", onclick: () => turn() }, "play", true);
  const speed = h(
    "select",
    { aria: { label: "Speed" }, onchange: (e) => replay.speed(Number(e.currentTarget.value)) },
    [1, 2, 4, 8, 16, 32, 64].map((x) => h("option", { value: x }, `${x}×`)),
  );
  const eyes = h(
    "select",
    { disabled: true, aria: { label: "Through whose eyes" }, onchange: (e) => perspective(e.currentTarget.value) },
    h("option", { value: "" }, "My view"),
    choices(
      playersOf(people()).map((p) => [p.userId, p.name]),
      as,
    ),
  );
  let holding = false;
  let asked = 0;
  on(range, "input", () => {
    holding = true;
    clearTimeout(asked);
    asked = setTimeout(() => {
      replay.seek(Number(range.value));
      holding = false;
    }, 60);
  });
  const node = h(
    "section.scrubber",
    { aria: { label: "Replay" } },
    h(".row", caption, time),
    h("div", marks, range),
    h(
      ".row.wrap",
      button(
        "Step back",
        { class: "btn square", title: "One step back ( , )", onclick: () => replay.step(-1) },
        "prev",
        true,
      ),
      play,
      button(
        "Step on",
        { class: "btn square", title: "One step on ( . )", onclick: () => replay.step(1) },
        "next",
        true,
      ),
      speed,
      eyes,
      h("span.grow"),
      compare &&
        button("Who knew what", { title: "Compare what players knew at this moment", onclick: compare }, "users"),
      button("Back to the table", { onclick: leave }, "close"),
    ),
  );
  replay.timeline.subscribe(
    (t) => t,
    (t) => {
      range.min = String(t.from);
      range.max = String(Math.max(t.from, t.to));
      fill(
        marks,
        t.marks.slice(0, 1500).map((m) => {
          const i = h("i", { data: { kind: m.kind }, title: m.caption });
          i.style.left = `${((m.version - t.from) / Math.max(1, t.to - t.from)) * 100}%`;
          return i;
        }),
      );
    },
  );
  replay.position.subscribe(
    (p) => p,
    (p) => {
      if (!p) return fill(caption, "Opening the record…");
      eyes.disabled = false;
      if (!holding) range.value = String(p.version);
      const start = replay.timeline.get().marks[0]?.at;
      range.setAttribute("aria-valuetext", `${hourOf(p.at)}, ${p.caption ?? ""}`);
      caption.title = p.caption || "Before the first moment";
      fill(caption, caption.title);
      fill(
        time,
        `${start ? `${clock(new Date(p.at).getTime() - new Date(start).getTime())} · ` : ""}${hourOf(p.at)} · ${p.index} of ${p.count}`,
      );
      play.setAttribute("aria-label", p.playing ? "Pause" : "Play");
      play.title = p.playing ? "Pause" : "Play";
      play
        .querySelector("use")
        ?.setAttribute(
          "href",
          (play.querySelector("use")?.getAttribute("href") ?? "").replace(/#.*/, p.playing ? "#pause" : "#play"),
        );
      if (p.speed && document.activeElement !== speed) speed.value = String(p.speed);
    },
  );
  on(node, "keydown", (e) => {
    if (e.key === " " && e.target === range) {
      e.preventDefault();
      turn();
    } else if (e.key === "," || e.key === ".") replay.step(e.key === "." ? 1 : -1);
    else if (e.target === range && e.key in STEPS) {
      // By moment: the range counts events, and a commit of many would never be passed by one.
      e.preventDefault();
      replay.step(STEPS[e.key]);
    }
  });
  return node;
}
