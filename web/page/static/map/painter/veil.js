// @ts-check
/** What is known to whom, laid over a painted square: land that nobody sees is cooled and hatched, with a glow where the seen begins; a player's
 * land is feathered into the unknown; what waits in staging is told by violet stripes. */

/** @param {Uint8ClampedArray} data the square with all that stands on it @param {import("./ground.js").Raster} raster @param {import("./themes.js").Theme} theme
 * @param {{x: number, y: number, dm: boolean, strength: number, density: number}} how x, y: the square's corner in pixels of the level, so that stripes go on over edges */
export function layVeil(data, raster, theme, { x: left, y: top, dm, strength, density }) {
  const { known, hidden, ghost, side } = raster;
  const [cr, cg, cb] = theme.hidden;
  const [gr, gg, gb] = theme.glow;
  const stripe = Math.round(9 * density);
  // So that no place is below 0, where remainders are, too.
  const first = left + top + 1e6 * stripe;
  for (let y = 0, i = 0; y < side; y++)
    for (let x = 0; x < side; x++, i++) {
      const to = i * 4;
      const seen = known[i];
      if (seen < 255) data[to + 3] = (data[to + 3] * seen) / 255;
      if (!seen) continue;
      if (dm && hidden[i]) {
        const h = hidden[i] / 255;
        const t = h <= 0.3 ? 0 : h >= 0.7 ? 1 : (h - 0.3) / 0.4;
        const light = data[to] * 0.3 + data[to + 1] * 0.59 + data[to + 2] * 0.11;
        const gray = t * strength * 0.5;
        const cool = t * strength * 0.3;
        const line = (first + x + y) % stripe < density ? t * strength * 0.2 : 0;
        // The glow lies on the lit side of the border.
        const glow = h > 0.04 && h < 0.5 ? (1 - Math.abs(h - 0.2) / 0.3) * 0.5 * strength : 0;
        data[to] = mixed(data[to], light, gray, cr, cool, line, gr, glow);
        data[to + 1] = mixed(data[to + 1], light, gray, cg, cool, line, gg, glow);
        data[to + 2] = mixed(data[to + 2], light, gray, cb, cool, line, gb, glow);
      }
      if (ghost[i]) {
        const g = ghost[i] / 255;
        const wash = 0.16 * g + ((left + x - top - y + 1e6 * stripe) % (stripe * 2) < stripe ? 0.13 * g : 0);
        data[to] += (150 - data[to]) * wash;
        data[to + 1] += (104 - data[to + 1]) * wash;
        data[to + 2] += (232 - data[to + 2]) * wash;
      }
    }
}

/** @param {number} value @param {number} light @param {number} gray @param {number} tint @param {number} cool @param {number} line @param {number} lamp @param {number} glow */
function mixed(value, light, gray, tint, cool, line, lamp, glow) {
  let v = value + (light - value) * gray;
  v += (tint - v) * cool;
  v -= v * line;
  return glow > 0 ? v + (lamp - v) * glow : v;
}
