// @ts-check
/** The pictures of tokens: fetched when a token that wears one is drawn, and kept for a while. */

import { address } from "../net/address.js";

/** More would take more than 32 MB. */
const KEEP = 120;
/** How long the server is not asked again for what it did not give. */
const REST_MS = 10_000;

/** Gives a picture as the viewer saw it in a replay; null where there is none. @typedef {(image: string) => Promise<Blob|null>} PastImage */

/** Returns a function that gives a picture by its id once it has come, and `ask`s for a new drawing then.
 * @param {{campaignId: string, past: () => PastImage|null, ask: () => void}} opts */
export function createFaces({ campaignId, past, ask }) {
  /** In the order in which they were drawn last. @type {Map<string, {bitmap: ImageBitmap|null, asked: number}>} */
  const kept = new Map();

  /** @param {string} image @returns {Promise<Blob|null>} */
  const present = async (image) => {
    const answer = await fetch(address(`/api/campaigns/${campaignId}/images/${image}`), {
      cache: "no-cache",
      credentials: "same-origin",
    });
    return answer.ok ? answer.blob() : null;
  };
  const load = async (/** @type {string} */ image) => {
    const face = { bitmap: /** @type {ImageBitmap|null} */ (null), asked: performance.now() };
    kept.set(image, face);
    const blob = await ((await past()?.(image).catch(() => null)) ?? present(image).catch(() => null));
    if (!blob) return;
    face.bitmap = await createImageBitmap(blob).catch(() => null);
    ask();
  };

  return (/** @type {string|null|undefined} */ image) => {
    if (!image) return null;
    const face = kept.get(image);
    if (face) {
      kept.delete(image);
      kept.set(image, face);
    }
    if (!face || (!face.bitmap && performance.now() - face.asked > REST_MS)) load(image);
    if (kept.size > KEEP) {
      const [oldest, gone] = /** @type {[string, {bitmap: ImageBitmap|null}]} */ (kept.entries().next().value);
      kept.delete(oldest);
      gone.bitmap?.close();
    }
    return face?.bitmap ?? null;
  };
}
