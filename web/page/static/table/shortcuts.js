// @ts-check
/** The keys of this browser: what somebody chose in place of the usual ones. */

import { keep, saved } from "../map/theme.js";
import { cleanedKeys, shownKey } from "../model/keys.js";
import { createStore } from "../model/store.js";

/** What was chosen, by intent. */
export const ownKeys = createStore(cleanedKeys(saved("shortcuts", {})));

ownKeys.subscribe(
  (s) => s,
  (now, was) => was && keep("shortcuts", now),
);

/** Returns a label with the key that asks for the same, if there is one. @param {string} label @param {string} intent */
export function withKey(label, intent) {
  const key = shownKey(intent, ownKeys.get());
  return key ? `${label} (${key})` : label;
}
