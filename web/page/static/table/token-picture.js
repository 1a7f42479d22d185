// @ts-check
/** A token's picture: chosen, cut to a circle by mouse, finger or keys, sent, and taken away. */

import { openDialog } from "../ui/dialogs.js";
import { button, form, h, on } from "../ui/elements.js";
import { sizeOf } from "../model/picture-size.js";
import { api } from "../net/api.js";
import { complain, speak } from "./notices.js";

/** Pixels of the circle that is sent; the server keeps half as many. */
const SIDE = 512;
/** Pixels of the circle on the screen. */
const SHOWN = 264;
const MOST_ZOOM = 8;
/** What the server takes of a picture's sides. */
const MOST_SIDE = 16_384;

/** How many bytes of a file are looked through for its size: a photograph says much of itself before. */
const HEAD = 512 * 1024;
/** Pixels of the longer side that a picture is decoded to, at most. */
const DECODED = 4096;
/** So many pixels some devices cannot open. */
const LARGE = 16_000_000;

/** Asks for the circle in a picture. @param {import("./types.js").Table} table @param {{id: string, label?: string}} token @param {File} file */
export async function open(table, token, file) {
  const size = sizeOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  const longer = Math.max(size?.width ?? 0, size?.height ?? 0);
  if (longer > MOST_SIDE) return complain(new Error(`A picture may have at most ${MOST_SIDE} pixels a side.`));
  // A phone would have no memory for all of a large one, and the circle needs few of its pixels.
  const smaller = size && longer > DECODED ? { resizeWidth: Math.round((size.width * DECODED) / longer) } : {};
  const picture = await createImageBitmap(file, { ...smaller, resizeQuality: "high" }).catch(() => null);
  if (!picture) return complain(new Error(whyNot(size)));
  crop(table, token, picture);
}

/** @param {import("../model/picture-size.js").Size|null} size */
const whyNot = (size) =>
  size && size.width * size.height > LARGE
    ? `This picture of ${size.width} × ${size.height} pixels is larger than this device can open. Make it smaller, and choose it again.`
    : "This file is no picture that can be shown: choose a PNG, JPEG or WebP.";

/** Takes the picture away; undo gives it back. @param {import("./types.js").Table} table @param {{id: string}} token */
export const remove = (table, token) =>
  api("DELETE", `campaigns/${table.campaignId}/tokens/${token.id}/picture`).then(
    () => speak("The picture is taken away."),
    complain,
  );

/** @param {import("./types.js").Table} table @param {{id: string, label?: string}} token @param {ImageBitmap} picture */
function crop(table, token, picture) {
  const canvas = h("canvas", {
    width: SHOWN * 2,
    height: SHOWN * 2,
    tabIndex: 0,
    role: "img",
    aria: { label: "The circle that is kept. Arrow keys move the picture, plus and minus make it larger and smaller." },
  });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  // What lies in the middle of the circle, in pixels of the picture, and how often the shorter side fits into it.
  let [x, y, zoom] = [picture.width / 2, picture.height / 2, 1];
  const shorter = Math.min(picture.width, picture.height);
  /** @type {HTMLInputElement} */
  const slider = h("input", {
    type: "range",
    min: 0,
    max: 100,
    value: 0,
    aria: { label: "Size" },
    oninput: () => zoomTo(MOST_ZOOM ** (Number(slider.value) / 100)),
  });

  const keepIn = () => {
    const half = shorter / zoom / 2;
    x = Math.min(picture.width - half, Math.max(half, x));
    y = Math.min(picture.height - half, Math.max(half, y));
  };
  /** @param {CanvasRenderingContext2D} on @param {number} side */
  const paint = (on, side) => {
    const cut = shorter / zoom;
    on.imageSmoothingQuality = "high";
    on.drawImage(picture, x - cut / 2, y - cut / 2, cut, cut, 0, 0, side, side);
  };
  const draw = () => {
    keepIn();
    pen.clearRect(0, 0, canvas.width, canvas.height);
    paint(pen, canvas.width);
  };
  const zoomTo = (/** @type {number} */ to) => {
    zoom = Math.min(MOST_ZOOM, Math.max(1, to));
    slider.value = String((Math.log(zoom) / Math.log(MOST_ZOOM)) * 100);
    draw();
  };
  const pan = (/** @type {number} */ dx, /** @type {number} */ dy) => {
    const unit = shorter / zoom / (canvas.clientWidth || SHOWN);
    [x, y] = [x - dx * unit, y - dy * unit];
    draw();
  };

  /** Fingers and mice that are down. @type {Map<number, {x: number, y: number}>} */
  const down = new Map();
  const spread = () => {
    const [a, b] = [...down.values()];
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  on(canvas, "pointerdown", (e) => {
    canvas.setPointerCapture(e.pointerId);
    down.set(e.pointerId, { x: e.clientX, y: e.clientY });
  });
  on(canvas, "pointermove", (e) => {
    const was = down.get(e.pointerId);
    if (!was) return;
    const before = spread();
    down.set(e.pointerId, { x: e.clientX, y: e.clientY });
    pan((e.clientX - was.x) / down.size, (e.clientY - was.y) / down.size);
    if (before) zoomTo((zoom * spread()) / before);
  });
  const lift = (/** @type {PointerEvent} */ e) => down.delete(e.pointerId);
  on(canvas, "pointerup", lift);
  on(canvas, "pointercancel", lift);
  on(
    canvas,
    "wheel",
    (e) => {
      e.preventDefault();
      zoomTo(zoom * Math.exp(-Math.max(-240, Math.min(240, e.deltaY)) * 0.002));
    },
    { passive: false },
  );
  const ARROWS = /** @type {Record<string, [number, number]>} */ ({
    ArrowLeft: [12, 0],
    ArrowRight: [-12, 0],
    ArrowUp: [0, 12],
    ArrowDown: [0, -12],
  });
  on(canvas, "keydown", (e) => {
    const step = ARROWS[e.key];
    if (step) pan(...step);
    else if (e.key === "+" || e.key === "=") zoomTo(zoom * 1.1);
    else if (e.key === "-") zoomTo(zoom / 1.1);
    else return;
    e.preventDefault();
  });

  const dialog = openDialog(
    `Picture of ${token.label ?? "the token"}`,
    form(
      "form.stack",
      () =>
        send(table, token, paint).then(() => {
          dialog.close();
          speak("The picture is on the token.");
        }, complain),
      h("p.dim.small", "Move the picture into the circle. Who sees the token sees its picture, and nobody else."),
      h(".crop", canvas),
      h("label", "Size", slider),
      h(".row.end", button("Cancel", { onclick: () => dialog.close() }), h("button.btn.primary", "Use this")),
    ),
  );
  on(dialog, "close", () => picture.close());
  draw();
  canvas.focus();
}

/** Sends the circle. @param {import("./types.js").Table} table @param {{id: string}} token @param {(pen: CanvasRenderingContext2D, side: number) => void} paint */
async function send(table, token, paint) {
  const whole = document.createElement("canvas");
  whole.width = whole.height = SIDE;
  paint(/** @type {CanvasRenderingContext2D} */ (whole.getContext("2d")), SIDE);
  const file = await new Promise((/** @type {(blob: Blob|null) => void} */ made) => whole.toBlob(made, "image/png"));
  if (!file) throw new Error("This browser could not cut the picture; try a smaller one.");
  return api("PUT", `campaigns/${table.campaignId}/tokens/${token.id}/picture`, file);
}
