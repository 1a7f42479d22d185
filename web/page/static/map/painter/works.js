// @ts-check
/** What people made: houses, fields and ruins. Drawn in sizes of a hex, standing on the origin. */

/** @typedef {import("./heights.js").Glyph} Glyph */

/** @param {import("./heights.js").Pen} pen @param {number[][]} points */
function shape(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

/** A house seen from its corner: a lit gable, a roof in shade. @type {Glyph} */
export function house(pen, inks, chance, penned) {
  const wide = 0.13 + chance() * 0.05;
  const deep = 0.16 + chance() * 0.07;
  const wall = 0.1 + chance() * 0.03;
  const roof = 0.1 + chance() * 0.03;
  const [left, mid, right] = [-wide * 0.9, wide * 0.1, wide * 0.1 + deep];
  const slant = -0.045;
  pen.lineJoin = "round";
  if (!penned) {
    pen.globalAlpha = 0.25;
    pen.fillStyle = inks.shadow;
    shape(pen, [[left, 0.03], [mid, 0.06], [right + 0.1, 0.02], [right, slant]]);
    pen.fill();
    pen.globalAlpha = 1;
  }
  const peakAt = [(left + mid) / 2, -wall - roof];
  const ridge = [peakAt[0] + deep, peakAt[1] + slant];
  const faces = /** @type {[string, number[][]][]} */ ([
    [inks.wall, [[left, 0], [left, -wall], peakAt, [mid, -wall + 0.02], [mid, 0.03]]],
    [inks.stone, [[mid, 0.03], [mid, -wall + 0.02], [right, -wall + slant + 0.02], [right, slant + 0.02]]],
    [chance() < 0.5 ? inks.roof : inks.roofDark, [[mid + 0.02, -wall + 0.04], peakAt, ridge, [right + 0.02, -wall + slant + 0.04]]],
  ]);
  pen.strokeStyle = inks.line;
  pen.lineWidth = penned ? 0.022 : 0.016;
  for (const [color, points] of faces) {
    pen.fillStyle = color;
    shape(pen, points);
    pen.fill();
    pen.globalAlpha = penned ? 1 : 0.7;
    pen.stroke();
    pen.globalAlpha = 1;
  }
  pen.fillStyle = inks.window;
  pen.fillRect((left + mid) / 2 - 0.018, -wall * 0.62, 0.036, 0.05);
}

/** A strip of a ploughed field. @type {Glyph} */
export function field(pen, inks, chance, penned) {
  const turn = Math.floor(chance() * 3) * 0.5 - 0.5;
  pen.save();
  pen.rotate(turn);
  pen.fillStyle = chance() < 0.5 ? inks.hillLight : inks.grass;
  pen.globalAlpha = penned ? 0.15 : 0.28;
  pen.fillRect(-0.3, -0.19, 0.6, 0.38);
  pen.strokeStyle = inks.furrow;
  pen.globalAlpha = 0.75;
  pen.lineWidth = 0.02;
  for (let y = -0.16; y < 0.18; y += 0.065) {
    pen.beginPath();
    pen.moveTo(-0.28, y);
    pen.bezierCurveTo(-0.1, y - 0.02, 0.1, y + 0.02, 0.28, y);
    pen.stroke();
  }
  pen.globalAlpha = 0.55;
  pen.strokeStyle = inks.line;
  pen.lineWidth = 0.016;
  pen.strokeRect(-0.3, -0.19, 0.6, 0.38);
  pen.restore();
  pen.globalAlpha = 1;
}

/** A broken wall or a pair of columns. @type {Glyph} */
export function ruin(pen, inks, chance, penned) {
  const columns = chance() < 0.5;
  pen.lineJoin = "round";
  pen.strokeStyle = inks.line;
  pen.lineWidth = 0.022;
  const block = (/** @type {number[][]} */ points, /** @type {string} */ color) => {
    shape(pen, points);
    pen.fillStyle = color;
    pen.fill();
    pen.globalAlpha = penned ? 1 : 0.75;
    pen.stroke();
    pen.globalAlpha = 1;
  };
  if (columns) {
    for (const [x, high] of [[-0.17, 0.34], [0.0, 0.22], [0.17, 0.3]]) {
      block([[x - 0.05, 0], [x - 0.04, -high], [x + 0.01, -high + (chance() - 0.5) * 0.06], [x + 0.05, -high + 0.03], [x + 0.05, 0]], inks.wall);
      block([[x + 0.015, 0], [x + 0.015, -high + 0.03], [x + 0.05, -high + 0.03], [x + 0.05, 0]], inks.stone);
    }
    block([[-0.24, 0.05], [-0.22, 0], [0.24, 0], [0.26, 0.05]], inks.stone);
  } else {
    block([[-0.28, 0.04], [-0.28, -0.3], [-0.16, -0.26], [-0.12, -0.34], [-0.04, -0.16], [0.06, -0.2], [0.12, -0.06], [0.24, -0.08], [0.27, 0.04]], inks.wall);
    pen.lineWidth = 0.014;
    pen.globalAlpha = 0.6;
    for (const y of [-0.05, -0.13, -0.21]) {
      pen.beginPath();
      pen.moveTo(-0.27, y);
      pen.lineTo(0.1 + y * 0.9, y);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
}
