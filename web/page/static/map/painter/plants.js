// @ts-check
/** Trees, reeds, grass and the small things of the ground. Drawn in sizes of a hex, standing on the origin. */

/** @typedef {import("./heights.js").Glyph} Glyph */
/** @typedef {import("./heights.js").Pen} Pen */

/** @param {Pen} pen @param {number} x @param {number} y @param {number} wide @param {number} high */
function oval(pen, x, y, wide, high) {
  pen.beginPath();
  pen.ellipse(x, y, wide, high, 0, 0, 7);
}

/** @param {Pen} pen @param {import("./themes.js").Inks} inks @param {number} wide @param {number} strength */
function shadow(pen, inks, wide, strength) {
  pen.globalAlpha = strength;
  pen.fillStyle = inks.shadow;
  oval(pen, wide * 0.45, 0.015, wide * 1.15, wide * 0.42);
  pen.fill();
  pen.globalAlpha = 1;
}

/** A broad crown of several tufts. @type {Glyph} */
export function tree(pen, inks, chance, penned) {
  const size = 0.15 + chance() * 0.045;
  if (!penned) shadow(pen, inks, size, 0.3);
  pen.strokeStyle = inks.trunk;
  pen.lineWidth = 0.035;
  pen.beginPath();
  pen.moveTo(0, 0.02);
  pen.lineTo(0, -0.08);
  pen.stroke();
  const tufts = [[0, -size * 1.25, 0.95], [-size * 0.62, -size * 0.85, 0.72], [size * 0.62, -size * 0.82, 0.72], [0, -size * 0.72, 0.7]].map(([x, y, s]) => [x + (chance() - 0.5) * 0.04, y + (chance() - 0.5) * 0.03, s * size]);
  pen.fillStyle = inks.leafDark;
  for (const [x, y, s] of tufts) {
    oval(pen, x, y, s + 0.02, s + 0.015);
    pen.fill();
  }
  pen.fillStyle = inks.leaf;
  for (const [x, y, s] of tufts) {
    oval(pen, x - 0.008, y - 0.008, s * 0.93, s * 0.92);
    pen.fill();
  }
  pen.fillStyle = inks.leafLight;
  pen.globalAlpha = penned ? 0.9 : 0.62;
  oval(pen, -size * 0.42, -size * 1.5, size * 0.5, size * 0.4);
  pen.fill();
  oval(pen, -size * 0.8, -size * 1.0, size * 0.3, size * 0.26);
  pen.fill();
  if (penned) {
    pen.globalAlpha = 0.95;
    pen.strokeStyle = inks.line;
    pen.lineWidth = 0.018;
    for (const [x, y, s] of tufts.slice(0, 3)) {
      pen.beginPath();
      pen.arc(x, y, s, x < -0.02 ? 1.9 : x > 0.02 ? -1.2 : 3.5, x < -0.02 ? 5 : x > 0.02 ? 1.2 : 6.1);
      pen.stroke();
    }
    for (let i = 0; i < 3; i++) {
      pen.beginPath();
      pen.moveTo(size * (0.2 + i * 0.22), -size * (1.5 - i * 0.25));
      pen.lineTo(size * (0.05 + i * 0.22), -size * (0.9 - i * 0.2));
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
}

/** A conifer in three skirts. @type {Glyph} */
export function pine(pen, inks, chance, penned) {
  const high = 0.36 + chance() * 0.12;
  const wide = 0.12 + chance() * 0.03;
  if (!penned) shadow(pen, inks, wide, 0.3);
  pen.strokeStyle = inks.trunk;
  pen.lineWidth = 0.03;
  pen.beginPath();
  pen.moveTo(0, 0.03);
  pen.lineTo(0, -0.08);
  pen.stroke();
  const skirt = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ w, /** @type {number} */ side) => {
    pen.beginPath();
    pen.moveTo(0, -high * to);
    pen.quadraticCurveTo(w * 0.35 * side, -high * (from + 0.12), w * side, -high * from);
    pen.quadraticCurveTo(w * 0.4 * side, -high * (from - 0.05), 0, -high * (from - 0.06));
    if (side < 0) return;
    pen.quadraticCurveTo(-w * 0.4, -high * (from - 0.05), -w, -high * from);
    pen.quadraticCurveTo(-w * 0.35, -high * (from + 0.12), 0, -high * to);
  };
  for (const [from, to, w] of [[0.1, 0.58, 1], [0.34, 0.8, 0.78], [0.58, 1, 0.54]]) {
    pen.fillStyle = inks.pine;
    skirt(from, to, wide * w, 1);
    pen.fill();
    pen.fillStyle = inks.pineLight;
    pen.globalAlpha = penned ? 0.9 : 0.55;
    skirt(from, to, wide * w, -1);
    pen.fill();
    pen.globalAlpha = penned ? 1 : 0.55;
    pen.strokeStyle = penned ? inks.line : inks.leafDark;
    pen.lineWidth = penned ? 0.02 : 0.016;
    skirt(from, to, wide * w, 1);
    pen.stroke();
    pen.globalAlpha = 1;
  }
}

/** A pine with snow on its skirts. @type {Glyph} */
export function snowPine(pen, inks, chance, penned) {
  pine(pen, { ...inks, pineLight: inks.snowCap }, chance, penned);
}

/** A bush of broad leaves above a slender trunk. @type {Glyph} */
export function palm(pen, inks, chance, penned) {
  const high = 0.24 + chance() * 0.12;
  const lean = (chance() - 0.5) * 0.14;
  if (!penned) shadow(pen, inks, 0.12, 0.32);
  pen.lineCap = "round";
  pen.strokeStyle = inks.trunk;
  pen.lineWidth = 0.034;
  pen.beginPath();
  pen.moveTo(0, 0.02);
  pen.quadraticCurveTo(lean * 0.2, -high * 0.5, lean, -high);
  pen.stroke();
  const turn = chance() * 0.6;
  for (const [color, width, shift] of /** @type {[string, number, number][]} */ ([[penned ? inks.line : inks.leafDark, 0.062, 0.012], [penned ? inks.pine : "#4c8a4e", 0.04, 0], [inks.leafLight, 0.013, -0.008]])) {
    pen.strokeStyle = color === "#4c8a4e" ? inks.leaf : color;
    pen.lineWidth = width;
    for (let i = 0; i < 7; i++) {
      const angle = turn + (i / 7) * Math.PI * 2;
      const [x, y] = [Math.cos(angle) * 0.19, Math.sin(angle) * 0.12];
      pen.beginPath();
      pen.moveTo(lean, -high + shift);
      pen.quadraticCurveTo(lean + x * 0.6, -high + y * 0.6 - 0.07 + shift, lean + x, -high + y + 0.05 + shift);
      pen.stroke();
    }
  }
}

/** @type {Glyph} */
export function grass(pen, inks, chance, penned) {
  pen.strokeStyle = inks.grass;
  pen.lineCap = "round";
  pen.lineWidth = penned ? 0.018 : 0.024;
  pen.globalAlpha = penned ? 0.8 : 0.7;
  const n = 3 + Math.floor(chance() * 3);
  for (let i = 0; i < n; i++) {
    const x = (i - (n - 1) / 2) * 0.045;
    const high = 0.08 + chance() * 0.07;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.quadraticCurveTo(x + x * 0.3, -high * 0.6, x + x * 1.1 + (chance() - 0.5) * 0.04, -high);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** A pool with reeds around it. @type {Glyph} */
export function reed(pen, inks, chance, penned) {
  const wide = 0.2 + chance() * 0.12;
  pen.fillStyle = inks.pool;
  pen.globalAlpha = penned ? 0.4 : 0.85;
  oval(pen, 0.03, 0.02, wide, wide * 0.36);
  pen.fill();
  pen.strokeStyle = penned ? inks.line : inks.wave;
  pen.lineWidth = 0.015;
  pen.globalAlpha = penned ? 0.8 : 0.5;
  for (const [x, y, w] of [[-0.02, 0, 0.5], [0.05, 0.05, 0.34]]) {
    pen.beginPath();
    pen.moveTo(x - wide * w, y);
    pen.lineTo(x + wide * w, y);
    pen.stroke();
  }
  pen.lineCap = "round";
  pen.strokeStyle = inks.reed;
  pen.globalAlpha = 0.95;
  const n = 4 + Math.floor(chance() * 3);
  for (let i = 0; i < n; i++) {
    const x = -wide * 0.75 + (i / (n - 1)) * wide * 0.9;
    const high = 0.16 + chance() * 0.16;
    const tip = x + (x + wide * 0.3) * 0.5 + (chance() - 0.5) * 0.04;
    pen.lineWidth = 0.02;
    pen.beginPath();
    pen.moveTo(x, 0.01);
    pen.quadraticCurveTo(x, -high * 0.6, tip, -high);
    pen.stroke();
    if (i % 2) continue;
    pen.lineWidth = 0.045;
    pen.beginPath();
    pen.moveTo(tip - 0.004, -high + 0.012);
    pen.lineTo(tip, -high - 0.045);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** A bare tree that stands in the bog. @type {Glyph} */
export function snag(pen, inks, chance) {
  pen.strokeStyle = inks.reed;
  pen.lineCap = "round";
  const high = 0.26 + chance() * 0.12;
  const limb = (/** @type {number[][]} */ points, /** @type {number} */ width) => {
    pen.lineWidth = width;
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  };
  limb([[0, 0.02], [0.01, -high * 0.5], [-0.02, -high]], 0.04);
  limb([[0.005, -high * 0.45], [0.09, -high * 0.75], [0.1, -high * 0.95]], 0.022);
  limb([[0, -high * 0.6], [-0.08, -high * 0.82]], 0.02);
}

/** A crescent of sand: light to the wind, shade behind. @type {Glyph} */
export function dune(pen, inks, chance, penned) {
  const wide = 0.26 + chance() * 0.16;
  const high = 0.1 + chance() * 0.07;
  const crest = () => {
    pen.moveTo(-wide, 0.02);
    pen.bezierCurveTo(-wide * 0.4, -high * 0.6, -wide * 0.1, -high * 1.2, wide * 0.12, -high);
    pen.bezierCurveTo(wide * 0.3, -high * 0.5, wide * 0.6, 0, wide, 0.03);
  };
  if (!penned) {
    pen.fillStyle = inks.dune;
    pen.globalAlpha = 0.42;
    pen.beginPath();
    pen.moveTo(wide * 0.12, -high);
    pen.bezierCurveTo(wide * 0.3, -high * 0.5, wide * 0.6, 0, wide, 0.03);
    pen.bezierCurveTo(wide * 0.5, 0.07, wide * 0.1, 0.05, -wide * 0.1, 0.02);
    pen.bezierCurveTo(wide * 0.1, -high * 0.2, wide * 0.14, -high * 0.7, wide * 0.12, -high);
    pen.fill();
  }
  pen.globalAlpha = penned ? 0.85 : 0.75;
  pen.strokeStyle = inks.dune;
  pen.lineCap = "round";
  pen.lineWidth = 0.024;
  pen.beginPath();
  crest();
  pen.stroke();
  if (penned) {
    pen.fillStyle = inks.dune;
    for (let i = 0; i < 9; i++) {
      oval(pen, wide * (0.15 + chance() * 0.6), -high * 0.3 + chance() * 0.08, 0.009, 0.009);
      pen.fill();
    }
  }
  pen.globalAlpha = 1;
}

/** @type {Glyph} */
export function wave(pen, inks, chance, penned) {
  pen.strokeStyle = inks.wave;
  pen.lineCap = "round";
  pen.lineWidth = penned ? 0.02 : 0.026;
  pen.globalAlpha = penned ? 0.7 : 0.42;
  const n = 1 + Math.floor(chance() * 3);
  for (let i = 0; i < n; i++) {
    const x = i * 0.22 - n * 0.11;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.quadraticCurveTo(x + 0.08, -0.075, x + 0.15, -0.005);
    pen.quadraticCurveTo(x + 0.18, 0.02, x + 0.22, 0.005);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** Drifts of snow: a few short strokes of blue shade. @type {Glyph} */
export function drift(pen, inks, chance) {
  pen.strokeStyle = inks.frost;
  pen.lineCap = "round";
  pen.lineWidth = 0.022;
  pen.globalAlpha = 0.6;
  for (let i = 0; i < 2; i++) {
    const wide = 0.1 + chance() * 0.12;
    const x = (chance() - 0.5) * 0.2;
    pen.beginPath();
    pen.moveTo(x - wide, i * 0.07);
    pen.quadraticCurveTo(x, i * 0.07 - 0.05, x + wide, i * 0.07 + 0.01);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** @type {Glyph} */
export function shingle(pen, inks, chance) {
  pen.fillStyle = inks.dune;
  for (let i = 0; i < 5; i++) {
    pen.globalAlpha = 0.25 + chance() * 0.35;
    oval(pen, (chance() - 0.5) * 0.4, (chance() - 0.5) * 0.2, 0.014 + chance() * 0.012, 0.011);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

/** @type {Glyph} */
export function stone(pen, inks, chance, penned) {
  const size = 0.06 + chance() * 0.05;
  pen.fillStyle = inks.stone;
  oval(pen, 0, -size * 0.4, size, size * 0.7);
  pen.fill();
  pen.strokeStyle = inks.line;
  pen.lineWidth = 0.016;
  pen.globalAlpha = penned ? 0.9 : 0.5;
  pen.stroke();
  pen.globalAlpha = 1;
}
