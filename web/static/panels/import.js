// @ts-check
/** A map from elsewhere: what the file would become is drawn and may be put right before anything is laid. */

import { fill, h, openDialog } from "../core/dom.js";
import { EMPTY, reduce } from "../core/reduce.js";
import { createStore } from "../core/store.js";
import { PALETTE, TERRAINS, terrainOf } from "../core/terrain.js";
import { count } from "../core/words.js";
import { look as colours } from "../map/look.js";
import { createScene } from "../map/scene.js";
import { ApiError } from "../net/api.js";
import { complain, toast } from "./notices.js";

/** @type {Record<string, string>} */
const FORMATS = { hexroom: "Hexroom JSON", worldographer: "Worldographer", textmapper: "Text Mapper", spreadsheet: "Spreadsheet" };
/** How files number their hexes, as changes to how they were read. @type {Record<string, any>} */
const LABELS = { "0101, column first": { firstColumn: 1, firstRow: 1, order: "column-row", letters: false }, "0000, column first": { firstColumn: 0, firstRow: 0, order: "column-row", letters: false },
  "0101, row first": { firstColumn: 1, firstRow: 1, order: "row-column", letters: false }, "0000, row first": { firstColumn: 0, firstRow: 0, order: "row-column", letters: false }, "A1, letters": { firstRow: 1, letters: true } };
/** Where the neighbours stand in three rows of three. @type {Record<string, string[]>} */
const AROUND = { flat: ["NW", "N", "NE", "", "", "", "SW", "S", "SE"], pointy: ["NW", "", "NE", "W", "", "E", "SW", "", "SE"] };

/** @param {any} table */
export function openImport(table) {
  /** @type {File|undefined} */
  let chosen;
  /** @type {Record<string, any>} */
  let options = {};
  let turn = 0;
  let timer = 0;
  const room = createStore(EMPTY);
  const view = h("div", { class: "map" });
  const body = h("div", { class: "stack" });
  const said = h("div", { class: "stack" });
  const file = h("input", { type: "file", accept: ".json,.wxx,.txt,.csv,.tsv,.xml", onchange: () => take(file.files[0]) });
  const lay = h("button", { type: "button", class: "btn primary", disabled: true, onclick: async () => {
    lay.disabled = true;
    try {
      const done = await send("import");
      dialog.close();
      toast(`${done.name}: ${count(done.hexes, "hex")}${done.notes ? ` and ${count(done.notes, "note")}` : ""} laid.`, { kind: "good", ms: 12_000, act: { label: "Undo", run: () => table.commands.undo().catch(complain) } });
    } catch (error) {
      complain(error);
      lay.disabled = false;
    }
  } }, "Lay this map");
  const bring = h("div", { class: "bring", hidden: true }, body, h("div", { class: "stack" }, h("div", { class: "view" }, view), said));
  const dialog = openDialog("A map from a file", h("label", {}, "Hexroom JSON, Worldographer (.wxx), Text Mapper, CSV or TSV", file), bring,
h("div", { class: "row end foot" }, h("p", { class: "dim small grow wide-only" }, "Nothing is stored before you lay it. It takes the place of the present map, and one undo takes it back; what you revealed stays revealed."), lay));
  dialog.classList.add("wide");
  const scene = createScene(view, { look: () => ({ ...colours(), labels: false }), style: () => ({ style: "ccrr", origin: 1 }) });
  scene.show(room);
  dialog.addEventListener("close", () => { turn++; scene.close(); });
  dialog.addEventListener("dragover", (e) => e.preventDefault());
  dialog.addEventListener("drop", (e) => { e.preventDefault(); take(e.dataTransfer?.files[0]); });

  const take = (/** @type {File|undefined} */ of) => {
    if (!of) return;
    chosen = of;
    options = {};
    preview();
  };
  const send = async (/** @type {"preview"|"import"} */ what) => {
    const form = new FormData();
    form.append("file", /** @type {File} */ (chosen));
    form.append("options", JSON.stringify(options));
    let answer;
    try {
      answer = await fetch(`/api/campaigns/${table.campaignId}/map/${what}`, { method: "POST", body: form });
    } catch {
      throw new ApiError(0, "unreachable", "The file did not arrive. Is the server running?");
    }
    const text = await answer.json().catch(() => null);
    if (!answer.ok) throw new ApiError(answer.status, text?.error?.code ?? "internal", text?.error?.message ?? "That file could not be read.");
    return text;
  };
  const set = (/** @type {string} */ name, /** @type {any} */ value) => { value === "" ? delete options[name] : (options[name] = value); soon(); };
  const soon = () => { clearTimeout(timer); lay.disabled = true; timer = setTimeout(preview, 250); };
  const choose = (/** @type {string} */ label, /** @type {string} */ now, /** @type {string[][]} */ all, /** @type {(v: string) => void} */ does) => h("label", { class: "grow" }, label,
    h("select", { onchange: (/** @type {any} */ e) => does(e.target.value) }, all.map(([v, l]) => h("option", { value: v, selected: v === now }, l))));

  async function preview() {
    const mine = ++turn;
    lay.disabled = true;
    try {
      const p = await send("preview");
      if (mine !== turn) return;
      lay.disabled = Boolean(p.error);
      show(p);
    } catch (error) {
      if (mine === turn) show({ error: { text: /** @type {any} */ (error).message }, warnings: [] });
    }
  }

  /** @param {any} p */
  function show(p) {
    bring.hidden = false;
    view.parentElement.hidden = Boolean(p.error);
    const focus = document.activeElement?.getAttribute("data-f");
    const labels = p.labels && (Object.keys(LABELS).find((l) => Object.entries(LABELS[l]).every(([k, v]) => p.labels[k] === v)) ?? "");
    fill(body,
      p.format && h("div", { class: "row" },
        choose("Read as", p.format, Object.entries(FORMATS), (v) => { options = { format: v }; soon(); }),
        h("label", { class: "grow" }, "Name", h("input", { maxLength: 80, value: p.name, data: { f: "name" }, oninput: (/** @type {any} */ e) => set("name", e.target.value) }))),
      p.labels && h("div", { class: "row" },
        choose("Hexes", p.orientation, [["flat", "Flat tops"], ["pointy", "Pointy tops"]], (v) => set("orientation", v)),
        choose(p.orientation === "pointy" ? "Pushed right" : "Pushed down", p.labels.parity, ["odd", "even"].map((v) => [v, `${v === "odd" ? "Every second" : "The first, third …"} ${p.orientation === "pointy" ? "row" : "column"}`]), (v) => set("parity", v))),
      p.labels && p.format !== "hexroom" && choose("Labels in the file", labels, [...(labels ? [] : [["", "As it says"]]), ...Object.keys(LABELS).map((l) => [l, l])], (v) => { const { parity: _, ...rest } = p.labels; set("labels", v ? { ...rest, ...LABELS[v] } : ""); }),
      p.sample && h("div", { class: "stack" }, h("h3", {}, "Do these lie side by side in your file, too?"), rosette(p)));
    fill(said,
      p.error && h("p", { class: "faults danger-text", role: "alert" }, place(p.error), p.error.text),
      !p.error && h("p", { role: "status" }, h("strong", {}, `${p.columns} × ${p.rows}, ${count(p.hexes, "hex")}`), p.notes ? `, ${count(p.notes, "note")}${p.dmOnlyNotes ? `, ${p.dmOnlyNotes} of them only for you` : ""}` : ""),
      p.terrains?.length > 0 && h("div", { class: "stack" }, h("h3", {}, "What its terrains become"), h("div", { class: "mapping" }, p.terrains.map(mapping))),
      p.warnings.length > 0 && h("details", {}, h("summary", {}, count(p.warnings.length, "remark")), h("ul", { class: "plainlist" }, p.warnings.map((/** @type {any} */ w) => h("li", { class: "small" }, place(w), w.text)))));
    if (focus) /** @type {any} */ (body.querySelector(`[data-f=${focus}]`))?.focus();
    if (p.error) return room.set(EMPTY);
    const map = { name: p.name, gridWidth: p.columns, gridHeight: p.rows, hexSize: p.hexSize, orientation: p.orientation };
    const terrain = p.painted.flatMap((/** @type {any} */ [name, variant, runs]) => runs.flatMap((/** @type {number[]} */ [q, r, n]) => Array.from({ length: n }, (_, i) => ({ key: `${q + i},${r}`, terrain: name, variant }))));
    room.set(reduce(reduce(EMPTY, { type: "connected", userId: "", role: "player" }), { type: "session:state", status: "active", connectedPlayers: [], map, revealedHexes: [], terrain }));
  }

  const mapping = (/** @type {any} */ t) => h("label", {}, h("span", {}, t.name), h("span", { class: "dim small" }, count(t.count, "hex")),
    h("select", { onchange: (/** @type {any} */ e) => set("terrain", { ...options.terrain, [t.name]: e.target.value }) },
      [...new Set([t.proposed, ...PALETTE, ...Object.keys(TERRAINS), t.name, ""])].map((id) => h("option", { value: id, selected: id === t.proposed }, id ? terrainOf(id).name : "Leave out"))));
}

/** @param {any} problem */
const place = ({ line, position }) => (line ? h("b", {}, `Line ${line}: `) : position ? h("b", {}, `${position}: `) : "");

/** A hex of the file with its neighbours around it. @param {any} p */
function rosette({ orientation, sample, neighbours, terrains }) {
  const becomes = (/** @type {string} */ name) => terrains.find((/** @type {any} */ t) => t.name === name)?.proposed || name;
  const cell = (/** @type {any} */ of, /** @type {string} */ way) => of ? h("div", { class: way ? "" : "mid", title: `${way} ${of.terrain ?? ""}` }, h("b", {}, way && h("span", { class: "sr" }, `${way} `), of.label), of.terrain ? terrainOf(becomes(of.terrain)).name : "–") : h("span", {});
  return h("div", { class: "around" }, AROUND[orientation].map((way, i) => cell(i === 4 ? sample : neighbours[way], way)));
}
