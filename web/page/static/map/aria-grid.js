// @ts-check
/** The map for those who do not see or point: an ARIA grid around the hex in focus. Arrow keys move, Enter acts. */

import { fromOffset, keyOf, parseKey, toOffset } from "../model/hex.js";
import { h, on } from "../ui/elements.js";

const [COLS, ROWS] = [9, 7];

/** Returns the hex where something is, for whoever looks first: one's own token, or any, or else the known hex nearest to the middle of all known.
 * @param {import("../model/reduce.js").Room} room @returns {string|null} */
export function firstPlace({ map, tokens, userId, shown, terrain, role }) {
  const all = Object.values(tokens);
  const token = all.find((each) => each.ownerId === userId) ?? all.find((each) => each.ownerId) ?? all[0];
  if (token) return token.hexKey;
  const known = role === "dm" || !shown.size ? terrain : shown;
  if (!map || !known.size) return map ? keyOf(...middleOf(map)) : null;
  let sumQ = 0;
  let sumR = 0;
  known.each((q, r) => {
    sumQ += q;
    sumR += r;
  });
  let nearest = { q: 0, r: 0 };
  let least = Infinity;
  known.each((q, r) => {
    const dq = q - sumQ / known.size;
    const dr = r - sumR / known.size;
    const away = dq * dq + dq * dr + dr * dr;
    if (away >= least) return;
    nearest = { q, r };
    least = away;
  });
  return keyOf(nearest.q, nearest.r);
}

/** @param {import("../model/types.js").MapInfo} map @returns {[number, number]} */
function middleOf(map) {
  const { q, r } = fromOffset(map.gridWidth >> 1, map.gridHeight >> 1, map.orientation, map.parity);
  return [q, r];
}

/** Makes the grid. `label` names a hex in words; `focused` hears where one is; `act` is Enter, `ask` the menu key.
 * @param {{label: (key: string) => string, focused: (key: string) => void, act: (key: string, e: KeyboardEvent) => void, ask: (key: string) => void,
 *   map: () => any, start: () => string|null}} opts `start` is where it begins, until somebody goes elsewhere */
export function createTwin({ label, focused, act, ask, map, start }) {
  const grid = h("div", { role: "grid", class: "twin", aria: { label: "Map. Arrow keys move, Enter acts, Shift and F10 tell more, question mark lists all keys." } });
  let at = { col: 0, row: 0 };
  let placed = false;
  /** @type {Map<string, HTMLElement>} */
  let cells = new Map();

  const keyAt = (/** @type {number} */ col, /** @type {number} */ row) => {
    const { q, r } = fromOffset(col, row, map().orientation, map().parity);
    return keyOf(q, r);
  };

  /** Builds the rows and columns around the place. */
  function build() {
    const m = map();
    if (!m) return grid.replaceChildren();
    const had = grid.contains(document.activeElement);
    const first = placed || had ? null : start();
    if (first) {
      const { q, r } = parseKey(first);
      at = toOffset(q, r, m.orientation, m.parity);
    }
    at = { col: Math.min(m.gridWidth - 1, Math.max(0, at.col)), row: Math.min(m.gridHeight - 1, Math.max(0, at.row)) };
    grid.setAttribute("aria-rowcount", String(m.gridHeight));
    grid.setAttribute("aria-colcount", String(m.gridWidth));
    const c0 = Math.max(0, Math.min(at.col - (COLS >> 1), m.gridWidth - COLS));
    const r0 = Math.max(0, Math.min(at.row - (ROWS >> 1), m.gridHeight - ROWS));
    cells = new Map();
    const rows = [];
    for (let row = r0; row < Math.min(r0 + ROWS, m.gridHeight); row++) {
      const line = h("div", { role: "row", aria: { rowindex: row + 1 } });
      for (let col = c0; col < Math.min(c0 + COLS, m.gridWidth); col++) {
        const key = keyAt(col, row);
        const here = col === at.col && row === at.row;
        const cell = h("div", { role: "gridcell", tabIndex: here ? 0 : -1, data: { key }, aria: { colindex: col + 1, selected: here } }, label(key));
        cells.set(key, cell);
        line.append(cell);
      }
      rows.push(line);
    }
    grid.replaceChildren(...rows);
    if (had) cells.get(keyAt(at.col, at.row))?.focus({ preventScroll: true });
  }

  function move(/** @type {number} */ col, /** @type {number} */ row) {
    at = { col, row };
    placed = true;
    build();
    const key = keyAt(at.col, at.row);
    cells.get(key)?.focus({ preventScroll: true });
    focused(key);
  }

  on(grid, "keydown", (e) => {
    const m = map();
    if (!m || e.ctrlKey || e.metaKey || e.altKey) return;
    const { col, row } = at;
    const key = keyAt(col, row);
    const far = { Home: [0, row], End: [m.gridWidth - 1, row], PageUp: [col, row - 5], PageDown: [col, row + 5] };
    const near = { ArrowLeft: [col - 1, row], ArrowRight: [col + 1, row], ArrowUp: [col, row - 1], ArrowDown: [col, row + 1] };
    const to = /** @type {any} */ ({ ...far, ...near })[e.key];
    if (to) move(to[0], to[1]);
    else if (e.key === "Enter") act(key, e);
    else if (e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey)) ask(key);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  on(grid, "focusin", () => focused(keyAt(at.col, at.row)));
  let waiting = 0;
  return {
    grid,
    /** Names are read anew, at most a few times a second. */
    refresh() {
      waiting ||= setTimeout(() => {
        waiting = 0;
        build();
      }, 250);
    },
    /** Puts the place on a hex without taking the focus. @param {string} key */
    place(key) {
      const m = map();
      if (!m) return;
      const { q, r } = parseKey(key);
      const to = toOffset(q, r, m.orientation, m.parity);
      if (to.col === at.col && to.row === at.row) return;
      at = to;
      placed = true;
      build();
    },
    key: () => (map() ? keyAt(at.col, at.row) : null),
    focus() {
      if (!cells.size) build();
      cells.get(keyAt(at.col, at.row))?.focus({ preventScroll: true });
    },
  };
}
