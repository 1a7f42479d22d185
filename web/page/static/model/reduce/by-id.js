// @ts-check
/** Lists as maps. */

/** @param {any[]} [all] @returns {Record<string, any>} */
export const byId = (all = []) => Object.fromEntries(all.map((each) => [each.id, each]));
