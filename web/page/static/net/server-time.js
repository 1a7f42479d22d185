// @ts-check
/** What time it is for the server: the clock of a device may be an hour off. */

/** What an answer may take, in ms; a smaller difference is none. */
const SLOW_MS = 5000;
let ahead = 0;

/** Takes over the time that an answer was written at. @param {string|null} date of its header */
export function hearDate(date) {
  const off = Date.parse(date ?? "") - Date.now();
  if (!Number.isNaN(off)) ahead = Math.abs(off) > SLOW_MS ? off : 0;
}

/** Returns the server's time, in ms. */
export const serverNow = () => Date.now() + ahead;
