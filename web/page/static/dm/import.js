// @ts-check
/** A map from elsewhere: what the file would become is drawn and may be put right before anything is laid. */

import { againChoice, isUntouched } from "./import-again.js";
import { findings, readingFields, rosette } from "./import-preview.js";
import { columnTable, rememberedRoles, rememberRoles } from "./import-table.js";
import { openPanel } from "../ui/dialogs.js";
import { fill, h, on } from "../ui/elements.js";
import { EMPTY, seenRoom } from "../model/reduce.js";
import { createStore } from "../model/store.js";
import { count } from "../ui/text.js";
import { look as colours } from "../map/theme.js";
import { createScene } from "../map/scene.js";
import { api } from "../net/api.js";
import { complain, toast } from "../table/notices.js";

/** Lays a map from a file in place of the present one. @param {import("../table/types.js").Table} table */
export function open(table) {
  const { map, history } = table.room.get();
  // What a campaign begins with stays.
  const undoable = Boolean(map || history.canUndo);
  const lay = h(
    "button.btn.primary",
    {
      disabled: true,
      onclick: async () => {
        lay.disabled = true;
        try {
          const done = await maker.store(table.campaignId);
          dialog.close();
          toast(
            `${done.name}: ${count(done.hexes, "hex")}${done.notes ? ` and ${count(done.notes, "note")}` : ""} laid.`,
            {
              kind: "good",
              ms: 12_000,
              ...(undoable && { act: { label: "Undo", run: () => table.take(done.version, done.name) } }),
            },
          );
        } catch (error) {
          complain(error);
          lay.disabled = false;
        }
      },
    },
    "Lay this map",
  );
  const maker = fileMap(
    (is) => {
      lay.disabled = !is;
    },
    table.campaignId,
    isUntouched(table.room.get()) ? { again: "replace" } : {},
  );
  const dialog = openPanel(
    "A map from a file",
    maker,
    maker.node,
    h(
      ".row.end.foot",
      h(
        "p.dim.small.grow.wide-only",
        undoable
          ? "Nothing is stored before you lay it, and one undo takes all of it back; what you revealed stays revealed."
          : "Nothing is stored before you lay it. It is what the campaign begins with; you can lay another one in its place at any time.",
      ),
      lay,
    ),
  );
}

/** Returns the panel for a file, and a function that lays its map in a campaign.
 * @param {(is: boolean) => void} ready hears whether there is a map to lay
 * @param {string} [campaignId] of a campaign that may have a map already @param {Record<string, any>} [first] how a file is read at first */
export function fileMap(ready, campaignId, first = {}) {
  /** @type {File|undefined} */
  let chosen;
  /** @type {Record<string, any>} */
  let options = {};
  let turn = 0;
  let timer = 0;
  let isFirst = true;
  let hasMap = false;
  const room = createStore(EMPTY);
  const view = h(".map");
  const frame = h(".view", view);
  const body = h(".stack");
  const said = h(".stack");
  const file = h("input", {
    type: "file",
    accept: ".json,.wxx,.txt,.csv,.tsv,.xlsx,.ods,.xml,.sec,.tab",
  });
  on(file, "change", () => take(file.files?.[0]));
  const columns = h(".wide");
  const bring = h(".bring", { hidden: true }, columns, body, h(".stack", frame, said));
  const node = h(
    ".stack",
    {
      ondragover: (/** @type {DragEvent} */ e) => e.preventDefault(),
      ondrop: (/** @type {DragEvent} */ e) => {
        e.preventDefault();
        take(e.dataTransfer?.files[0]);
      },
    },
    h(
      "label",
      "Hexroom JSON, Worldographer (.wxx), Text Mapper, Traveller, or a spreadsheet (.xlsx, .ods, .csv)",
      file,
    ),
    h(
      "p.dim.small",
      "A Google Sheet cannot be fetched by its link: choose File → Download → Microsoft Excel there, and bring that file.",
    ),
    bring,
  );
  const scene = createScene(view, {
    look: () => ({ ...colours(), labels: false }),
    style: () => ({ style: "ccrr", origin: 1 }),
  });
  scene.show(room);

  const take = (/** @type {File|undefined} */ of) => {
    if (!of) return;
    chosen = of;
    options = { ...first };
    isFirst = true;
    preview();
  };
  const send = (/** @type {string} */ path) => {
    const form = new FormData();
    form.append("file", /** @type {File} */ (chosen));
    form.append("options", JSON.stringify(options));
    return api("POST", path, form);
  };
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    value === "" ? delete options[name] : (options[name] = value);
    soon();
  };
  const soon = () => {
    // An answer that is still on its way is to other options, and would take the last choice back.
    turn += 1;
    clearTimeout(timer);
    ready(false);
    timer = setTimeout(preview, 250);
  };
  /** @param {string} format */
  function readAs(format) {
    options = { format, ...(options.again && { again: options.again }) };
    soon();
  }

  /** @param {any} table @param {number} at @param {string} role */
  function chooseRole(table, at, role) {
    // By what was chosen last: the preview of that may still be on its way.
    const roles = [...(options.columns ?? table.columns)];
    roles[at] = role;
    rememberRoles(table, roles);
    set("columns", roles);
  }

  /** @param {string} sheet */
  function chooseSheet(sheet) {
    delete options.columns;
    isFirst = true;
    set("sheet", sheet);
  }

  async function preview() {
    const mine = ++turn;
    ready(false);
    try {
      const p = await send(campaignId ? `campaigns/${campaignId}/map/preview` : "maps/import/preview");
      if (mine !== turn) return;
      const roles = isFirst && p.table && rememberedRoles(p.table);
      isFirst = false;
      if (roles && roles.join() !== p.table.columns.join()) {
        options.columns = roles;
        soon();
        return;
      }
      ready(!p.error);
      show(p);
    } catch (error) {
      if (mine === turn) show({ error: { text: /** @type {Error} */ (error).message }, warnings: [] });
    }
  }

  /** @param {any} p  the preview, as the server answers it */
  function show(p) {
    bring.hidden = false;
    hasMap ||= Object.keys(p.again ?? {}).length > 0;
    fill(columns, p.table && columnTable(p.table, (at, role) => chooseRole(p.table, at, role), chooseSheet));
    frame.hidden = Boolean(p.error);
    fill(
      body,
      readingFields(p, options, set, readAs),
      hasMap && againChoice(p.again ?? {}, options.again ?? "", (v) => set("again", v)),
      p.sample && h(".stack", h("h3", "Do these lie side by side in your file, too?"), rosette(p)),
    );
    fill(
      said,
      findings(p, (name, becomes) => set("terrain", { ...options.terrain, [name]: becomes })),
    );
    if (p.error) return room.set(EMPTY);
    const terrain = p.painted.flatMap((/** @type {any} */ [name, variant, runs]) =>
      runs.flatMap((/** @type {number[]} */ [q, r, n]) =>
        Array.from({ length: n }, (_, i) => ({ key: `${q + i},${r}`, terrain: name, variant })),
      ),
    );
    room.set(
      seenRoom(
        { name: p.name, gridWidth: p.columns, gridHeight: p.rows, hexSize: p.hexSize, orientation: p.orientation },
        terrain,
      ),
    );
  }

  return {
    node,
    take,
    close: () => {
      turn++;
      clearTimeout(timer);
      scene.close();
    },
    /** @param {string} campaignId @returns {Promise<{name: string, hexes: number, version: number, notes?: number}>} what was laid */
    store: (campaignId) => send(`campaigns/${campaignId}/map/import`),
  };
}
