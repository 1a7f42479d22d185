// @ts-check
/** Mountains, hills, mesas and volcanoes, lit from the north-west. Drawn in sizes of a hex, standing on the origin. */

/** @typedef {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} Pen */
/** @typedef {(pen: Pen, inks: import("./themes.js").Inks, chance: () => number, penned: boolean) => void} Glyph */

/** Returns points from one place to another that stray from the straight line. @param {number[]} from @param {number[]} to @param {number} n @param {number} far
 * @param {() => number} chance @returns {number[][]} */
function jagged([x0, y0], [x1, y1], n, far, chance) {
  const out = [];
  for (let i = 1; i < n; i++) {
    const t = i / n;
    out.push([x0 + (x1 - x0) * t + (chance() - 0.5) * far, y0 + (y1 - y0) * t + (chance() - 0.5) * far * 0.7]);
  }
  out.push([x1, y1]);
  return out;
}

/** @param {Pen} pen @param {number[][]} points */
function trace(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
}

/** Lets the foot of what was drawn melt into the ground. @param {Pen} pen @param {number} from @param {number} to @param {number} wide */
function melt(pen, from, to, wide) {
  const fade = pen.createLinearGradient(0, from, 0, to);
  fade.addColorStop(0, "rgb(0 0 0 / 0)");
  fade.addColorStop(1, "rgb(0 0 0 / 1)");
  pen.save();
  pen.globalCompositeOperation = "destination-out";
  pen.fillStyle = fade;
  pen.fillRect(-wide, from, wide * 2, to - from + 0.6);
  pen.restore();
}

/** @type {Glyph} */
export function peak(pen, inks, chance, penned) {
  const wide = 0.66 + chance() * 0.2;
  const high = 0.92 + chance() * 0.34;
  const lean = (chance() - 0.5) * 0.14;
  const top = [lean, -high];
  const left = [top, ...jagged(top, [-wide, 0.08], 6, 0.11, chance)];
  const right = [top, ...jagged(top, [wide * 1.04, 0.08], 6, 0.11, chance)];
  const ridge = [top, ...jagged(top, [lean * 0.4 + wide * 0.12, 0.1], 5, 0.17, chance)];
  pen.lineJoin = pen.lineCap = "round";
  // The shadow falls to the south-east.
  pen.fillStyle = inks.shadow;
  pen.globalAlpha = penned ? 0 : 0.2;
  trace(pen, [[lean * 0.4, -high * 0.5], [wide * 1.55, 0.1], [wide * 0.6, 0.17], [-wide * 0.2, 0.14]]);
  pen.fill();
  pen.globalAlpha = 1;
  pen.fillStyle = inks.rockLight;
  trace(pen, [...left, [0, 0.16], ...[...ridge].reverse()]);
  pen.fill();
  pen.fillStyle = inks.rockDark;
  trace(pen, [...right, [wide * 0.3, 0.16], ...[...ridge].reverse()]);
  pen.fill();
  // Spurs: folds that run down from the ridge on both sides.
  pen.lineWidth = penned ? 0.022 : 0.03;
  pen.strokeStyle = inks.rockLine;
  for (let i = 1; i < ridge.length - 1; i++) {
    const [x, y] = ridge[i];
    const down = 0.16 + chance() * 0.2;
    pen.globalAlpha = penned ? 0.75 : 0.3;
    trace(pen, [[x, y], [x - down * 0.55, y + down], [x - down * 0.6, y + down * 1.5]]);
    pen.stroke();
    pen.globalAlpha = penned ? 0.9 : 0.42;
    trace(pen, [[x, y], [x + down * 0.6, y + down * 0.9], [x + down * 0.8, y + down * 1.6]]);
    pen.stroke();
  }
  if (penned) hatch(pen, right, ridge, inks);
  // Snow, ragged at its lower edge.
  const cap = 0.3 + chance() * 0.1;
  const low = -high * (1 - cap);
  pen.globalAlpha = penned ? 0.9 : 0.96;
  pen.fillStyle = inks.snowCap;
  const at = (/** @type {number} */ t) => lean + (t < 0 ? -wide - lean : wide - lean) * Math.abs(t) * cap;
  trace(pen, [top, [at(-0.92), low + 0.02], [at(-0.5), low - 0.07], [at(-0.24), low + 0.1], [lean + 0.01, low - 0.04], [at(0.3), low + 0.06], [at(0.5), low - 0.08], [at(0.88), low]]);
  pen.fill();
  pen.globalAlpha = penned ? 0.25 : 0.3;
  pen.fillStyle = inks.rockDark;
  trace(pen, [top, ...ridge.slice(1, 2), [at(0.3), low + 0.06], [at(0.5), low - 0.08], [at(0.88), low]]);
  pen.fill();
  pen.globalAlpha = 1;
  melt(pen, -0.16, 0.15, 1.4);
  pen.strokeStyle = inks.rockLine;
  pen.globalAlpha = penned ? 1 : 0.6;
  pen.lineWidth = penned ? 0.04 : 0.03;
  trace(pen, left.slice(0, -1));
  pen.stroke();
  pen.lineWidth *= 1.25;
  trace(pen, right.slice(0, -1));
  pen.stroke();
  pen.globalAlpha = 1;
}

/** @param {Pen} pen @param {number[][]} right @param {number[][]} ridge @param {import("./themes.js").Inks} inks */
function hatch(pen, right, ridge, inks) {
  pen.strokeStyle = inks.rockLine;
  pen.lineWidth = 0.018;
  pen.globalAlpha = 0.7;
  for (let t = 0.12; t < 0.92; t += 0.11) {
    const a = along(ridge, t);
    const b = along(right, t);
    pen.beginPath();
    pen.moveTo(b[0], b[1]);
    pen.lineTo(b[0] + (a[0] - b[0]) * 0.62, b[1] + (a[1] - b[1]) * 0.62 + 0.09);
    pen.stroke();
  }
}

/** @param {number[][]} points @param {number} t */
function along(points, t) {
  const at = t * (points.length - 1);
  const i = Math.min(points.length - 2, Math.floor(at));
  const u = at - i;
  return [points[i][0] + (points[i + 1][0] - points[i][0]) * u, points[i][1] + (points[i + 1][1] - points[i][1]) * u];
}

/** @type {Glyph} */
export function hill(pen, inks, chance, penned) {
  const wide = 0.36 + chance() * 0.14;
  const high = 0.26 + chance() * 0.14;
  const crown = (chance() - 0.5) * 0.16;
  const dome = () => {
    pen.beginPath();
    pen.moveTo(-wide, 0.06);
    pen.bezierCurveTo(-wide * 0.7, -high * 0.75, crown - wide * 0.35, -high, crown, -high);
    pen.bezierCurveTo(crown + wide * 0.4, -high, wide * 0.75, -high * 0.6, wide * 1.05, 0.06);
  };
  if (!penned) {
    pen.fillStyle = inks.shadow;
    pen.globalAlpha = 0.14;
    pen.beginPath();
    pen.ellipse(wide * 0.35, 0.06, wide, 0.09, 0, 0, 7);
    pen.fill();
  }
  pen.globalAlpha = 1;
  const light = pen.createLinearGradient(-wide, -high, wide, 0.05);
  light.addColorStop(0, inks.hillLight);
  light.addColorStop(0.45, inks.hillLight);
  light.addColorStop(1, inks.hillDark);
  pen.fillStyle = light;
  dome();
  pen.fill();
  melt(pen, -high * 0.35, 0.07, 1);
  pen.strokeStyle = inks.hillLine;
  pen.lineCap = "round";
  pen.lineWidth = penned ? 0.034 : 0.026;
  pen.globalAlpha = penned ? 0.95 : 0.62;
  dome();
  pen.stroke();
  pen.lineWidth = 0.02;
  pen.globalAlpha = penned ? 0.8 : 0.4;
  for (let i = 0; i < (penned ? 6 : 3); i++) {
    const x = crown + wide * (0.2 + i * (penned ? 0.11 : 0.2));
    const y = -high * (0.86 - i * (penned ? 0.12 : 0.2));
    pen.beginPath();
    pen.moveTo(x, y);
    pen.quadraticCurveTo(x + 0.02, y + high * 0.3, x - 0.04, y + high * 0.5);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** @type {Glyph} */
export function mesa(pen, inks, chance, penned) {
  const wide = 0.34 + chance() * 0.16;
  const high = 0.34 + chance() * 0.2;
  const flat = wide * (0.62 + chance() * 0.16);
  pen.lineJoin = "round";
  if (!penned) {
    pen.globalAlpha = 0.18;
    pen.fillStyle = inks.shadow;
    trace(pen, [[0, 0.1], [flat, -high * 0.5], [wide * 1.7, 0.1]]);
    pen.fill();
    pen.globalAlpha = 1;
  }
  const side = [[-flat, -high], [-wide * 0.8, -high * 0.55], [-wide, 0.08], [wide, 0.08], [wide * 0.84, -high * 0.5], [flat, -high]];
  const light = pen.createLinearGradient(-wide, 0, wide, 0);
  light.addColorStop(0, inks.mesaLight);
  light.addColorStop(0.42, inks.mesaLight);
  light.addColorStop(0.58, inks.mesaDark);
  light.addColorStop(1, inks.mesaDark);
  pen.fillStyle = light;
  trace(pen, side);
  pen.fill();
  pen.strokeStyle = inks.mesaDark;
  pen.lineWidth = 0.028;
  pen.globalAlpha = 0.65;
  for (const t of [0.3, 0.52, 0.76]) {
    trace(pen, [[-flat - (wide - flat) * t, -high * (1 - t)], [flat + (wide - flat) * t, -high * (1 - t) + (chance() - 0.5) * 0.05]]);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.fillStyle = inks.mesaLight;
  pen.beginPath();
  pen.ellipse(0, -high, flat, 0.07, 0, 0, 7);
  pen.fill();
  melt(pen, -0.1, 0.09, 1);
  pen.strokeStyle = inks.line;
  pen.globalAlpha = penned ? 0.95 : 0.45;
  pen.lineWidth = 0.03;
  trace(pen, side.slice(0, 2).reverse().concat(side.slice(-1), side.slice(-2, -1)));
  pen.stroke();
  pen.globalAlpha = 1;
}

/** @type {Glyph} */
export function cone(pen, inks, chance, penned) {
  const wide = 0.58 + chance() * 0.1;
  const high = 0.72 + chance() * 0.18;
  const mouth = 0.17;
  const left = [[-mouth, -high], ...jagged([-mouth, -high], [-wide, 0.08], 5, 0.08, chance)];
  const right = [[mouth, -high], ...jagged([mouth, -high], [wide, 0.08], 5, 0.08, chance)];
  pen.lineJoin = pen.lineCap = "round";
  pen.fillStyle = penned ? inks.rockDark : "#4a403e";
  trace(pen, [...left, [0, 0.14], ...[...right].reverse()]);
  pen.fill();
  pen.fillStyle = penned ? inks.rockLight : "#7a6a64";
  trace(pen, [...left, [-0.06, 0.12], [-0.04, -high * 0.5], [-0.02, -high]]);
  pen.fill();
  melt(pen, -0.16, 0.14, 1.3);
  pen.strokeStyle = inks.line;
  pen.globalAlpha = penned ? 1 : 0.6;
  pen.lineWidth = 0.032;
  trace(pen, left.slice(0, -1));
  pen.stroke();
  trace(pen, right.slice(0, -1));
  pen.stroke();
  // Lava: a glow at the mouth, and streams with a bright heart.
  pen.globalAlpha = 1;
  const streams = [0, 1, 2].map((i) => [[(i - 1) * mouth * 0.6, -high + 0.03], ...jagged([(i - 1) * mouth * 0.6, -high], [(i - 1) * wide * 0.55 + 0.05, -high * (0.2 + chance() * 0.3)], 4, 0.1, chance)]);
  for (const [width, alpha, color] of /** @type {[number, number, string][]} */ ([[0.15, 0.28, inks.lava], [0.075, 0.9, inks.lava], [0.026, 1, penned ? inks.lava : "#ffe27a"]])) {
    pen.globalAlpha = alpha;
    pen.strokeStyle = color;
    pen.lineWidth = width;
    for (const stream of streams) {
      trace(pen, stream);
      pen.stroke();
    }
    pen.beginPath();
    pen.ellipse(0, -high + 0.01, mouth, 0.055, 0, 0, 7);
    pen.stroke();
  }
  if (!penned) {
    const glow = pen.createRadialGradient(0, -high, 0.02, 0, -high, 0.5);
    glow.addColorStop(0, "rgb(255 170 70 / .75)");
    glow.addColorStop(1, "rgb(255 120 30 / 0)");
    pen.fillStyle = glow;
    pen.globalAlpha = 1;
    pen.fillRect(-0.6, -high - 0.55, 1.2, 1.1);
  }
  pen.globalAlpha = 1;
}
