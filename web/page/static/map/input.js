// @ts-check
/** Hands on the map: mouse, pen and fingers become panning, zooming, strokes, drags of tokens and questions. */

import { on } from "../ui/elements.js";

const LONG_MS = 520;
const SLOP = 7;

/** What the table makes of it. Places are CSS pixels of the host.
 * @typedef {{
 *   paints: () => boolean, grab: (x: number, y: number, pointer: string) => boolean,
 *   hover: (x: number, y: number|null) => void, tap: (x: number, y: number, e: PointerEvent) => void, twice: (x: number, y: number) => void,
 *   begin: (x: number, y: number, e: PointerEvent) => void, stroke: (x: number, y: number, e: PointerEvent) => void, finish: (done: boolean) => void,
 *   drag: (x: number, y: number) => void, drop: (x: number, y: number, done: boolean) => void,
 *   cycle: (x: number, y: number) => void, ask: (x: number, y: number) => void, press: (x: number, y: number) => void}} Hands */

/** @param {HTMLElement} host @param {any} scene @param {Hands} hands @returns {{space: (down: boolean) => void, cancel: () => boolean}} */
export function listen(host, scene, hands) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  /** @type {"none"|"maybe"|"pan"|"stroke"|"token"|"pinch"} */
  let doing = "none";
  let start = { x: 0, y: 0 };
  let last = start;
  let timer = 0;
  let space = false;
  let spread = 0;
  let spaced = false;

  const at = (/** @type {PointerEvent|WheelEvent|MouseEvent} */ e) => {
    const box = host.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const stop = (/** @type {boolean} */ done) => {
    clearTimeout(timer);
    if (doing === "stroke") hands.finish(done);
    if (doing === "token") hands.drop(last.x, last.y, done);
    doing = "none";
    host.dataset.doing = "none";
  };
  const become = (/** @type {typeof doing} */ what) => {
    doing = what;
    host.dataset.doing = what;
  };

  on(host, "pointerdown", (e) => {
    if (e.target instanceof Element && e.target.closest("button, input, a")) return;
    host.setPointerCapture(e.pointerId);
    const p = at(e);
    fingers.set(e.pointerId, p);
    if (fingers.size === 2) {
      stop(false);
      become("pinch");
      spread = gap(fingers);
      last = middle(fingers);
      return;
    }
    if (fingers.size > 2) return;
    start = last = p;
    const left = e.button === 0;
    if (e.button === 1 || (left && (space || e.altKey))) {
      e.preventDefault();
      spaced = left && space;
      return become("pan");
    }
    if (!left) return;
    if (hands.grab(p.x, p.y, e.pointerType)) {
      become("token");
      if (e.pointerType === "touch") timer = setTimeout(() => { stop(false); hands.press(p.x, p.y); }, LONG_MS);
      return;
    }
    if (hands.paints() && e.pointerType !== "touch") {
      become("stroke");
      return hands.begin(p.x, p.y, e);
    }
    become("maybe");
    if (e.pointerType === "touch") {
      timer = setTimeout(() => {
        if (doing !== "maybe") return;
        become("none");
        navigator.vibrate?.(12);
        hands.press(p.x, p.y);
      }, LONG_MS);
    }
  });

  on(host, "pointermove", (e) => {
    const p = at(e);
    if (!fingers.has(e.pointerId)) return hands.hover(p.x, p.y);
    fingers.set(e.pointerId, p);
    if (doing === "pinch") {
      if (fingers.size < 2) return;
      const [m, now] = [middle(fingers), gap(fingers)];
      scene.pan(m.x - last.x, m.y - last.y);
      if (spread > 0) scene.zoom(now / spread, m);
      [last, spread] = [m, now];
      return;
    }
    if (doing === "maybe" && Math.hypot(p.x - start.x, p.y - start.y) > SLOP) {
      clearTimeout(timer);
      if (hands.paints()) {
        become("stroke");
        hands.begin(start.x, start.y, e);
      } else become("pan");
    }
    if (doing === "token" && Math.hypot(p.x - start.x, p.y - start.y) > SLOP) clearTimeout(timer);
    if (doing === "pan") scene.pan(p.x - last.x, p.y - last.y);
    if (doing === "stroke") for (const move of e.getCoalescedEvents?.() ?? [e]) {
      const m = at(move);
      hands.stroke(m.x, m.y, e);
    }
    if (doing === "token") hands.drag(p.x, p.y);
    last = p;
  });

  const up = (/** @type {PointerEvent} */ e) => {
    if (!fingers.delete(e.pointerId)) return;
    const p = at(e);
    if (doing === "maybe" && e.type === "pointerup") {
      clearTimeout(timer);
      become("none");
      if (hands.paints()) {
        hands.begin(p.x, p.y, e);
        hands.finish(true);
      } else hands.tap(p.x, p.y, e);
      return;
    }
    if (doing === "pan" && spaced && e.type === "pointerup" && Math.hypot(p.x - start.x, p.y - start.y) <= SLOP) hands.cycle(p.x, p.y);
    spaced = false;
    if (doing === "pinch" && fingers.size) return;
    stop(e.type === "pointerup");
  };
  on(host, "pointerup", up);
  on(host, "pointercancel", up);
  on(host, "pointerleave", () => hands.hover(0, null));
  on(host, "dblclick", (e) => { const p = at(e); hands.twice(p.x, p.y); });
  on(host, "contextmenu", (e) => {
    e.preventDefault();
    if (/** @type {any} */ (e).pointerType === "touch") return;
    const p = at(e);
    stop(false);
    hands.ask(p.x, p.y);
  });
  on(host, "wheel", (e) => {
    e.preventDefault();
    const step = e.deltaMode === 1 ? e.deltaY * 24 : e.deltaY;
    scene.zoom(Math.exp(-Math.max(-240, Math.min(240, step)) * (e.shiftKey ? 0.0006 : 0.0018)), at(e));
  }, { passive: false });

  return {
    /** Ends a stroke or the drag of a token without doing it. Returns whether there was one. */
    cancel() {
      const busy = doing === "stroke" || doing === "token";
      if (busy) stop(false);
      return busy;
    },
    space(down) {
      space = down;
      host.dataset.space = String(down);
    },
  };
}

/** @param {Map<number, {x: number, y: number}>} fingers */
function gap(fingers) {
  const [a, b] = [...fingers.values()];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** @param {Map<number, {x: number, y: number}>} fingers */
function middle(fingers) {
  const [a, b] = [...fingers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
