// @ts-check
/** Runs all checks and writes the outcome: an item each, and on the list how many failed. */

import { checks } from "./check.js";
import "./extent.check.js";
import "./furniture.check.js";
import "./hand-line.check.js";
import "./hex.check.js";
import "./labels.check.js";
import "./reduce.check.js";
import "./map-objects.check.js";
import "./ways.check.js";
import "./keys.check.js";
import "./log-rows.check.js";
import "./picture-size.check.js";
import "./pieces.check.js";
import "./prose.check.js";
import "./commands.check.js";
import "./tile-cache.check.js";
import "./tokens.check.js";
import "./two-marks.check.js";
import "./vectors.check.js";
import "./veil.check.js";
import "./words.check.js";

const list = /** @type {HTMLElement} */ (document.getElementById("result"));
let failed = 0;
for (const { name, run } of checks) {
  const item = list.appendChild(document.createElement("li"));
  item.textContent = name;
  try {
    await run();
    item.dataset.is = "good";
  } catch (error) {
    failed++;
    item.dataset.is = "bad";
    item.textContent = `${name}: ${/** @type {any} */ (error).message}`;
  }
}
list.dataset.failed = String(failed);
