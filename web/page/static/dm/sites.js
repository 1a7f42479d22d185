// @ts-check
/** The tool for sites: a drawing is chosen and put on a hex by a click; one that is there is chosen, or dragged to another hex. */

import { button, h } from "../ui/elements.js";
import { kindName, thingName } from "../model/things.js";
import { spotOfKey } from "../model/hex.js";
import { drawSite } from "../map/layers/site-shapes.js";
import { inksOf } from "../map/layers/inks.js";
import { newId } from "../net/commands.js";
import { complain, speak } from "../table/notices.js";
import { aboutChosen, audienceField, audienceShort, nameField } from "./draw-fields.js";
import { drawFrame } from "./draft.js";
import { pickSite, siteIcon } from "./site-picker.js";

/** Kinds at hand without the picker; the last chosen one joins them. */
const AT_HAND = ["village", "town", "castle", "tower", "ruin", "cave", "camp", "shrine"];

/** @param {import("./draw.js").Desk} drawing @returns {import("./draw.js").Tool} */
export function siteTool(drawing) {
  const { table } = drawing;
  const { room, commands, scene } = table;
  const wish = { kind: "village", title: "", audience: "dm" };
  /** @type {string|null} */
  let hover = null;
  /** The hand that is down: its hex, the site it holds, and where to. @type {{key: string, site: any, to: string}|null} */
  let down = null;

  const siteIn = (/** @type {string} */ key) => Object.values(room.get().sites).findLast((site) => site.hexKey === key);
  const onMap = (/** @type {string} */ key) => {
    const p = scene.placeOf(key);
    return scene.hexAt(p.x, p.y).inside;
  };
  const put = (/** @type {string} */ key) => {
    if (!onMap(key)) return;
    const id = newId();
    const site = { id, kind: wish.kind, title: wish.title.trim(), audience: wish.audience };
    wish.title = "";
    commands
      .setSite(key, site)
      .then(() => speak(drawing.told(`${thingName("site", site)} on ${table.label(key)}`)), complain);
    drawing.choose("site", id);
  };
  const touch = (/** @type {string} */ key) => {
    const there = siteIn(key);
    if (there) drawing.choose("site", there.id);
    else put(key);
  };
  const use = (/** @type {string} */ kind) => {
    wish.kind = kind;
    drawing.choose(null);
  };

  return {
    hover(_, key) {
      hover = key;
    },
    begin(_, key) {
      down = { key, site: siteIn(key), to: key };
    },
    stroke(_, key) {
      if (down && onMap(key)) hover = down.to = key;
    },
    finish(ok) {
      const ended = down;
      down = null;
      if (!ok || !ended) return;
      const { key, site, to } = ended;
      if (to === key) return touch(key);
      if (!site) return put(to);
      commands
        .setSite(to, { id: site.id, kind: site.kind })
        .then(() => speak(drawing.told(`${thingName("site", site)} moved to ${table.label(to)}`)), complain);
      drawing.choose("site", site.id);
    },
    act: touch,
    escape: () => false,
    back: () => false,
    done: () => {},
    busy: () => false,
    leave: () => {
      down = null;
    },
    brief: () => `${kindName("site", wish.kind)}, ${audienceShort(wish)}`,
    options: () => [
      h(
        ".sites",
        { role: "group", aria: { label: "Kind of site" } },
        [...new Set([...AT_HAND.slice(0, AT_HAND.includes(wish.kind) ? 8 : 7), wish.kind])].map((kind) =>
          h(
            "button.site",
            {
              title: kindName("site", kind),
              data: { f: `site-${kind}` },
              aria: { label: kindName("site", kind), pressed: kind === wish.kind },
              onclick: () => use(kind),
            },
            siteIcon(kind, 30),
          ),
        ),
        button(
          "All",
          { class: "btn small", title: "All kinds of sites", onclick: () => pickSite(wish.kind, use) },
          "search",
        ),
      ),
      nameField(drawing, "Name", wish, "title"),
      audienceField(drawing, wish),
    ],
    status() {
      const site = drawing.chosen("site");
      return site
        ? aboutChosen(drawing, "site", site)
        : [
            h(
              "span.dim.small.wide-only",
              "Click a hex to put it there. Click a site to choose it, drag it to move it.",
            ),
          ];
    },
    paint(pen, how) {
      const map = room.get().map;
      if (!map) return;
      const inks = inksOf(how.look.mapTheme);
      const place = (/** @type {string} */ key) => {
        const p = spotOfKey(map, key);
        return how.screen(p.x, p.y);
      };
      const half = Math.max(how.px * 0.42, 5);
      const moved = down?.site && down.to !== down.key ? down.site : null;
      const kind = moved?.kind ?? (hover && !siteIn(hover) ? wish.kind : null);
      if (hover && kind) {
        const p = place(hover);
        pen.globalAlpha = 0.75;
        drawSite(pen, kind, p.x, p.y - how.px * 0.1, half, inks, inks.staged);
        pen.globalAlpha = 1;
      }
      const site = drawing.chosen("site");
      if (!site) return;
      const p = place(site.hexKey);
      drawFrame(pen, how, p.x, p.y - how.px * 0.1, half * 1.35, half * 1.35);
    },
  };
}
