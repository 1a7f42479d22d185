// @ts-check
/** Hands that leave the map to the ruler, to a player's drawing by hand, or to the DM's drawing tools, while one of these is in hand. They are loaded when they are first taken. */

/** @typedef {import("../map/input.js").Hands} MapHands */

/** @template {MapHands & {apply: (keys: string[], turned?: boolean) => void, shapeAt: (key: string) => string[]}} H
 * @param {H} hands @param {import("./types.js").Table} table @returns {H} */
export function withDrawing(hands, table) {
  const { ui, scene } = table;
  const drawing = () => ["draw", "measure", "sketch"].includes(ui.get().tool);
  const draw = () => {
    if (ui.get().tool === "measure") return table.ruler?.hands ?? null;
    if (ui.get().tool === "sketch") return table.sketch?.hands ?? null;
    return table.drawing?.inHand() ? table.drawing.hands : null;
  };
  ui.subscribe(
    (s) => s.tool,
    (tool) => {
      if (tool === "draw") table.later("draw", (m) => m.start(table));
      if (tool === "measure") table.later("ruler", (m) => m.start(table));
      if (tool === "sketch") table.later("sketch", (m) => m.start(table));
    },
  );
  return {
    ...hands,
    paints: () => (drawing() ? Boolean(draw()) : hands.paints()),
    grab: (x, y, pointer) => !drawing() && hands.grab(x, y, pointer),
    hover(x, y) {
      if (!drawing()) return hands.hover(x, y);
      const hex = y === null ? null : scene.hexAt(x, y);
      scene.overlay.hover = hex?.inside ? hex.key : null;
      table.readout();
      draw()?.hover(x, y);
    },
    begin: (x, y, e) => (drawing() ? draw()?.begin(x, y) : hands.begin(x, y, e)),
    stroke: (x, y, e) => (drawing() ? draw()?.stroke(x, y) : hands.stroke(x, y, e)),
    finish: (done) => (drawing() ? draw()?.finish(done) : hands.finish(done)),
    twice: (x, y) => !drawing() && hands.twice(x, y),
    cycle: (x, y) => !drawing() && hands.cycle(x, y),
    // A brush shows how far it reaches from a hex, other tools the hex alone.
    shapeAt: (key) =>
      drawing() && !(ui.get().tool === "draw" && ui.get().draw === "region") ? [key] : hands.shapeAt(key),
    apply(keys, turned = false) {
      if (!drawing()) return hands.apply(keys, turned);
      const at = ui.get().selected;
      if (at) draw()?.act(at, turned);
    },
  };
}
