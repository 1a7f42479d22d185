// @ts-check
/** The painter as the page uses it: in a worker where there is one, else in the page's idle moments. Wishes are answered one by one. */

/** @typedef {{type: "square", id: string, bitmap: CanvasImageSource|null}|{type: "fog", theme: string, picture: Blob}} Painted */
/** @typedef {{post: (message: any) => void, close: () => void}} Painting */

/** Beside the page's own script, in a bundle too. */
const WORKER = new URL(
  "map/painter/worker.js",
  /** @type {HTMLScriptElement} */ (document.querySelector('script[src$="app.js"]')).src,
).href;

/** Starts a painter. @param {(painted: Painted) => void} hear @returns {Painting} */
export function startPainting(hear) {
  /** @type {any[]} */
  const early = [];
  /** @type {((message: any) => void)|null} */
  let post = null;
  let stop = () => {};
  let closed = false;
  const begin = (/** @type {(message: any) => void} */ to) => {
    post = to;
    for (const message of early.splice(0)) to(message);
  };
  const here = () => inPage(hear).then((to) => closed || begin(to));
  /** All that was said, for a painter that must begin anew. @type {any[]} */
  let said = [];
  try {
    const worker = new Worker(trusted(WORKER), { type: "module" });
    let works = false;
    worker.onmessage = ({ data }) => {
      works = true;
      said = [];
      hear(data);
    };
    worker.onerror = () => {
      if (works || closed) return;
      // No module workers here, or none that draws: what it was told is told again.
      worker.terminate();
      post = null;
      early.push(...said);
      here();
    };
    stop = () => worker.terminate();
    if (typeof OffscreenCanvas === "undefined") throw new Error("no OffscreenCanvas");
    begin((message) => {
      if (!works) said.push(message);
      worker.postMessage(message);
    });
  } catch {
    stop();
    here();
  }
  return {
    post: (message) => (post ? post(message) : early.push(message)),
    close() {
      closed = true;
      stop();
    },
  };
}

/** @param {string} url @returns {any} */
function trusted(url) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  return types ? (policy ??= types.createPolicy("hexroom-painter", { createScriptURL: (/** @type {string} */ own) => own })).createScriptURL(url) : url;
}
/** @type {any} */
let policy = null;

/** Paints in idle moments of the page. @param {(painted: Painted) => void} hear @returns {Promise<(message: any) => void>} */
async function inPage(hear) {
  const [{ createPainter }, { fogPicture }] = await Promise.all([import("./painter/paint.js"), import("./painter/fog.js")]);
  const painter = createPainter();
  /** @type {(() => void)[]} */
  const work = [];
  const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ run) => setTimeout(run, 4));
  const next = () => {
    work.shift()?.();
    if (work.length) idle(next);
  };
  return (m) => {
    if (m.type === "manner") return painter.set(m.manner);
    if (m.type === "land") {
      if (m.anew) painter.land.clear();
      return painter.land.set(m.hexes, m.names);
    }
    work.push(() => {
      if (m.type === "fog") return void fogPicture(m.theme).then((picture) => hear({ type: "fog", theme: m.theme, picture }));
      return hear({ type: "square", id: m.id, bitmap: /** @type {any} */ (painter.paint(m.square)) });
    });
    if (work.length === 1) idle(next);
  };
}
