// @ts-check
/** The painter as the page uses it: in a worker where there is one, else in the page's idle moments. Wishes are answered one by one. */

/** How soon a painter is started again that could not be fetched. */
const AGAIN_MS = 1_000;

/** @typedef {{type: "square", id: string, bitmap: CanvasImageSource|null}|{type: "fog", theme: string, picture: Blob}} Painted */
/** @typedef {{post: (message: any) => void, close: () => void}} Painting */

/** Returns the address of a worker: beside the page's own script, in a bundle too. @param {string} path */
const besideApp = (path) => new URL(path, /** @type {HTMLScriptElement} */ (document.querySelector('script[src$="app.js"]')).src).href;

/** Starts a painter of the ground. @param {(painted: Painted) => void} hear @returns {Painting} */
export const startPainting = (hear) => start("map/painter/worker.js", inPage, hear);

/** What the painter of things answers. @typedef {{type: "chunk", ticket: number, bitmap: any}|{type: "moved", rects: import("./camera.js").Rect[]}} PaintedThings */

/** Starts a painter of what lies on the map. @param {(painted: PaintedThings) => void} hear @returns {Painting} */
export const startThings = (hear) => start("map/painter/things-worker.js", thingsInPage, hear);

/** @param {string} path @param {(hear: (painted: any) => void) => Promise<(message: any) => void>} otherwise @param {(painted: any) => void} hear @returns {Painting} */
function start(path, otherwise, hear) {
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
  // Neither is to be had while the server is away, as right after it was killed.
  const here = () =>
    otherwise(hear).then(
      (to) => closed || begin(to),
      () => setTimeout(() => closed || attempt(), AGAIN_MS),
    );
  /** All that was said, for a painter that must begin anew. @type {any[]} */
  let said = [];
  const attempt = () => {
    said = [];
    try {
      const worker = new Worker(trusted(besideApp(path)), { type: "module" });
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
  };
  attempt();
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

/** Paints the ground in idle moments of the page. @param {(painted: Painted) => void} hear @returns {Promise<(message: any) => void>} */
async function inPage(hear) {
  const [{ createPainter }, { fogPicture }] = await Promise.all([import("./painter/paint.js"), import("./painter/fog.js")]);
  const painter = createPainter();
  const idly = createIdleWork();
  return (m) => {
    if (m.type === "manner") return painter.set(m.manner);
    if (m.type === "land") {
      if (m.anew) painter.land.clear();
      return painter.land.set(m.hexes, m.names);
    }
    idly(() => {
      if (m.type === "fog") return void fogPicture(m.theme).then((picture) => hear({ type: "fog", theme: m.theme, picture }));
      return hear({ type: "square", id: m.id, bitmap: /** @type {any} */ (painter.paint(m.square)) });
    });
  };
}

/** Paints what lies on the map in idle moments of the page. @param {(painted: PaintedThings) => void} hear @returns {Promise<(message: any) => void>} */
async function thingsInPage(hear) {
  const [{ createThingPainter }, { answerTo }] = await Promise.all([import("./layers/map-objects.js"), import("./painter/things.js")]);
  const painter = createThingPainter();
  const idly = createIdleWork();
  return (m) =>
    idly(() => {
      const answer = answerTo(painter, m);
      if (answer) hear(answer.type === "moved" ? answer : { type: "chunk", ticket: answer.ticket, bitmap: answer.canvas });
    });
}

/** Returns what runs one piece of work after the other when the page is idle. */
function createIdleWork() {
  /** @type {(() => void)[]} */
  const work = [];
  const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ run) => setTimeout(run, 4));
  const next = () => {
    work.shift()?.();
    if (work.length) idle(next);
  };
  return (/** @type {() => void} */ run) => {
    work.push(run);
    if (work.length === 1) idle(next);
  };
}
