// @ts-check
/** What players drew by hand: lines over the land, below tokens. */

/** @typedef {import("../../model/types.js").Stroke} Stroke */
/** @typedef {{x: number, y: number}} Point */

/** The colours of a hand, and what people call them. @type {Record<string, {name: string, color: string}>} */
export const INKS = {
  ink: { name: "Ink", color: "#2b211a" },
  red: { name: "Red", color: "#c03a2b" },
  blue: { name: "Blue", color: "#2f63b8" },
  green: { name: "Green", color: "#2f7d3b" },
  gold: { name: "Gold", color: "#e0a020" },
};

/** The points of strokes, which never change, in hex sizes. @type {WeakMap<Stroke, Point[]>} */
const read = new WeakMap();

/** Returns the points of a stroke from the middle of its hex, in hex sizes. @param {Stroke} stroke */
export function pointsOf(stroke) {
  let points = read.get(stroke);
  if (!points) {
    points = stroke.points.split(" ").map((each) => {
      const [x, y] = each.split(",").map(Number);
      return { x: x / 100, y: y / 100 };
    });
    read.set(stroke, points);
  }
  return points;
}

/** Draws a line as a hand does: with a light rim, so that it is seen on any land, dashed where it is for oneself.
 * @param {CanvasRenderingContext2D} pen @param {Point[]} points in CSS pixels @param {string} color @param {{px: number, own: boolean}} how */
export function drawLine(pen, points, color, { px, own }) {
  const wide = Math.min(7, Math.max(2, px * 0.1));
  pen.save();
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  const [first, ...rest] = points;
  pen.moveTo(first.x, first.y);
  rest.forEach((p, i) => {
    // Through the middles, so that no corner of the hand's path is seen.
    const next = rest[i + 1] ?? p;
    pen.quadraticCurveTo(p.x, p.y, (p.x + next.x) / 2, (p.y + next.y) / 2);
  });
  pen.lineWidth = wide + 2.5;
  pen.strokeStyle = "rgb(251 246 233 / .8)";
  pen.stroke();
  if (own) pen.setLineDash([wide * 3, wide * 2]);
  pen.lineWidth = wide;
  pen.strokeStyle = color;
  pen.stroke();
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen @param {Record<string, Stroke>} strokes
 * @param {{place: (key: string) => Point, px: number, size: {w: number, h: number}}} at `px` of a hex size */
export function drawStrokes(pen, strokes, { place, px, size }) {
  for (const stroke of Object.values(strokes)) {
    const from = place(stroke.hexKey);
    const points = pointsOf(stroke).map((p) => ({ x: from.x + p.x * px, y: from.y + p.y * px }));
    const away = (/** @type {"x"|"y"} */ axis, /** @type {number} */ most) =>
      points.every((p) => p[axis] < 0) || points.every((p) => p[axis] > most);
    if (away("x", size.w) || away("y", size.h)) continue;
    drawLine(pen, points, INKS[stroke.color]?.color ?? INKS.ink.color, { px, own: !stroke.party });
  }
}
