// @ts-check
/** How one sees the table oneself: kept in the browser, nobody else's business. */

import { choices, h } from "../ui/elements.js";
import { complain } from "./notices.js";
import { MAP_THEMES, applyTheme, keep, settings } from "../map/theme.js";

/** The names of settings that are kept under another one. @type {Partial<Record<keyof typeof settings, string>>} */
const STORED = { style: "label-style", mapTheme: "map-theme", leadScreen: "lead-screen", leadScreens: "lead-screens" };

/** Returns the controls of what one sees. @param {import("./types.js").Table} table @returns {HTMLElement[]} */
export function viewSettings(table) {
  const dm = table.room.get().role === "dm";
  const style = settings.style;
  /** @template {keyof typeof settings} K @param {K} name @param {(typeof settings)[K]} value */
  const set = (name, value) => {
    settings[name] = value;
    keep(STORED[name] ?? name, value);
    if (name === "theme") applyTheme();
    // So that one knows what one asked for.
    if (name === "sound" && value) import("./sound.js").then((sound) => sound.chime(), complain);
    if (name === "veil") table.scene.refresh();
    else table.scene.repaint();
    table.relabel();
  };
  const box = (
    /** @type {"labels"|"keys"|"grid"|"sound"|"leadScreen"|"leadScreens"} */ name,
    /** @type {string} */ label,
  ) =>
    h(
      "label.check",
      h("input", { type: "checkbox", checked: settings[name], onchange: (e) => set(name, e.target.checked) }),
      label,
    );
  const veil = () =>
    h(
      "label",
      "Fog over hidden hexes",
      h("input", {
        type: "range",
        min: 0,
        max: 100,
        value: settings.veil * 100,
        aria: { valuetext: `${Math.round(settings.veil * 100)} %` },
        oninput: (e) => set("veil", Number(e.target.value) / 100),
      }),
    );
  return [
    ...(dm ? [veil()] : []),
    box("labels", "Labels on hexes"),
    box("keys", "Keys of a single letter"),
    box("grid", "Grid lines"),
    box("sound", "A sound when something is revealed"),
    ...(dm
      ? [
          box("leadScreen", "A big screen in this browser follows my map"),
          box("leadScreens", "Big screens elsewhere follow it, over what they know"),
        ]
      : []),
    h(
      "label",
      "Labels",
      h(
        "select",
        {
          onchange: (e) => {
            const [s, o] = e.target.value.split("/");
            set("style", s ? { style: s, origin: Number(o) } : null);
          },
        },
        choices(
          [
            ["", "As the campaign says"],
            ["ccrr/1", "0304: column, row, from 01"],
            ["ccrr/0", "0304: column, row, from 00"],
            ["rrcc/1", "0403: row, column, from 01"],
            ["letter/1", "C4: letter and number"],
            ["axial/0", "2,2: axial"],
          ],
          style ? `${style.style}/${style.origin}` : "",
        ),
      ),
    ),
    h(
      "label",
      "Look of the map",
      h(
        "select",
        { onchange: (e) => set("mapTheme", e.target.value) },
        choices([["", "As the campaign"], ...MAP_THEMES], settings.mapTheme),
      ),
    ),
    h(
      "label",
      "Light",
      h(
        "select",
        { onchange: (e) => set("theme", e.target.value) },
        choices(
          [
            ["auto", "As the system"],
            ["dark", "Dark"],
            ["light", "Light"],
          ],
          settings.theme,
        ),
      ),
    ),
  ];
}
