// @ts-check
/** A map from elsewhere: what the file would become is shown, and may be put right, before anything is laid. */

import { fill, h, openDialog } from "../core/dom.js";
import { PALETTE, terrainOf } from "../core/terrain.js";
import { count } from "../core/words.js";
import { ApiError } from "../net/api.js";
import { complain, toast } from "./notices.js";

const FORMATS = { hexroom: "Hexroom JSON", worldographer: "Worldographer", textmapper: "Text Mapper", spreadsheet: "Spreadsheet" };

/** @param {any} table */
export function openImport(table) {
  const body = h("div", { class: "stack", role: "status" });
  const file = h("input", { type: "file", accept: ".json,.wxx,.txt,.csv,.tsv,.xml", onchange: () => { options = {}; look(); } });
  const lay = h("button", { type: "button", class: "btn primary", disabled: true, onclick: async () => {
    lay.disabled = true;
    try {
      const done = await send("import");
      dialog.close();
      toast(`${done.name}: ${count(done.hexes, "hex")} and ${count(done.notes, "note")} laid. One undo takes it back.`, { kind: "good" });
    } catch (error) {
      complain(error);
      lay.disabled = false;
    }
  } }, "Lay this map");
  const dialog = openDialog("A map from a file", h("label", {}, "Hexroom JSON, Worldographer, Text Mapper, CSV or TSV", file), body, h("div", { class: "row end" }, lay));
  /** @type {Record<string, any>} */
  let options = {};

  const send = async (/** @type {"preview"|"import"} */ what) => {
    const form = new FormData();
    form.append("file", file.files[0]);
    form.append("options", JSON.stringify(options));
    const answer = await fetch(`/api/campaigns/${table.campaignId}/map/${what}`, { method: "POST", body: form });
    const said = await answer.json().catch(() => null);
    if (!answer.ok) throw new ApiError(answer.status, said?.error?.code ?? "internal", said?.error?.message ?? "That file could not be read.");
    return said;
  };
  const choose = (/** @type {string} */ label, /** @type {string} */ now, /** @type {string[][]} */ all, /** @type {(v: string) => void} */ set) => h("label", { class: "grow" }, label,
    h("select", { onchange: (/** @type {any} */ e) => { set(e.target.value); look(); } }, all.map(([v, l]) => h("option", { value: v, selected: v === now }, l))));

  async function look() {
    if (!file.files[0]) return;
    lay.disabled = true;
    try {
      const p = await send("preview");
      lay.disabled = Boolean(p.error);
      const at = (/** @type {any} */ place) => `${place.label}: ${place.terrain ?? "nothing"}`;
      fill(body,
        p.error && h("p", { class: "danger-text", role: "alert" }, `${p.error.line ? `Line ${p.error.line}: ` : ""}${p.error.text}`),
        h("p", {}, `${/** @type {any} */ (FORMATS)[p.format] ?? p.format}: ${p.columns} × ${p.rows}, ${count(p.hexes, "hex")}, ${count(p.notes, "note")}${p.dmOnlyNotes ? `, ${p.dmOnlyNotes} of them only for you` : ""}.`),
        h("div", { class: "row" },
          choose("Hexes", p.orientation, [["flat", "Flat tops"], ["pointy", "Pointy tops"]], (v) => { options.orientation = v; }),
          choose("Pushed", p.labels.parity, [["odd", "Odd lines"], ["even", "Even lines"]], (v) => { options.parity = v; })),
        p.sample && h("p", { class: "small" }, `Is this right? Around ${at(p.sample)} lie ${Object.entries(p.neighbours).map(([way, place]) => `${way} ${at(place)}`).join(", ")}.`),
        p.terrains.length > 0 && h("details", { open: p.terrains.some((/** @type {any} */ t) => !t.known) }, h("summary", {}, `Terrains (${p.terrains.length})`), h("div", { class: "mix" }, p.terrains.slice(0, 60).flatMap((/** @type {any} */ t) => [
          h("span", {}, `${t.name} (${t.count})`),
          h("select", { class: "small", aria: { label: `What ${t.name} becomes` }, onchange: (/** @type {any} */ e) => { options.terrain = { ...options.terrain, [t.name]: e.target.value }; } },
            [...new Set([t.proposed, ...PALETTE, t.name, ""])].map((id) => h("option", { value: id, selected: id === t.proposed }, id ? terrainOf(id).name : "Leave out")))]))),
        p.warnings.length > 0 && h("details", {}, h("summary", {}, count(p.warnings.length, "remark")), h("ul", {}, p.warnings.slice(0, 50).map((/** @type {any} */ w) => h("li", { class: "small" }, `${w.line ? `Line ${w.line}: ` : ""}${w.text}`)))));
    } catch (error) {
      fill(body, h("p", { class: "danger-text", role: "alert" }, /** @type {any} */ (error).message));
    }
  }
}
