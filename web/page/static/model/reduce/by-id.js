// @ts-check
/** Lists as maps. */

/** @template {{id: string}} E @param {E[]} [all] @returns {Record<string, E>} */
export const byId = (all = []) => Object.fromEntries(all.map((each) => [each.id, each]));
