// @ts-check
/** A value that can be watched: set replaces it, subscribers hear of what they selected. */

/** @template S @typedef {{get: () => S, set: (next: S) => void, update: (part: Partial<S>) => void,
 *   subscribe: <T>(select: (s: S) => T, hear: (now: T, was: T|undefined) => void) => () => void}} Store */

/** Subscribers are called at once with the present value, then whenever the selection changes.
 * @template S @param {S} initial @returns {Store<S>} */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<() => void>} */
  const watchers = new Set();
  const set = (/** @type {S} */ next) => {
    if (next === state) return;
    state = next;
    for (const watch of [...watchers]) watch();
  };
  return {
    get: () => state,
    set,
    update: (part) => set({ ...state, ...part }),
    subscribe(select, hear) {
      let last = select(state);
      const watch = () => {
        const now = select(state);
        if (now === last) return;
        const was = last;
        last = now;
        hear(now, was);
      };
      watchers.add(watch);
      hear(last, undefined);
      return () => watchers.delete(watch);
    },
  };
}

/** Watches a group of values compared one by one. @template S @param {Store<S>} store
 * @param {(s: S) => unknown[]} select @param {() => void} hear */
export function watchAll(store, select, hear) {
  /** @type {unknown[]} */
  let last = [];
  return store.subscribe((s) => {
    const now = select(s);
    if (now.length === last.length && now.every((v, i) => v === last[i])) return last;
    return (last = now);
  }, hear);
}
