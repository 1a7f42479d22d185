// @ts-check
/** A check is a sentence and a function that raises where it is not true. */

/** @type {{name: string, run: () => void|Promise<void>}[]} */
export const checks = [];

/** @param {string} name @param {() => void|Promise<void>} run */
export const check = (name, run) => checks.push({ name, run });

/** Raises unless both are the same as JSON. @param {unknown} found @param {unknown} expected */
export function equal(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, found ${a}`);
}

/** @param {unknown} is @param {string} [what] */
export function that(is, what = "expected it to hold") {
  if (!is) throw new Error(what);
}
