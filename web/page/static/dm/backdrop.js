// @ts-check
/** The DM's panel for the picture under the grid: laid, moved by hand and by numbers, taken away. */

import { confirm } from "../ui/dialogs.js";
import { button, choices, fill, h, on } from "../ui/elements.js";
import { bounds } from "../model/hex.js";
import { api, readAnswer } from "../net/api.js";
import { complain, speak, toast } from "../table/notices.js";
import { markHexes } from "./mark-hexes.js";
import { address } from "../net/address.js";

const MOST = 50 * 2 ** 20;

/** @typedef {import("../model/placement.js").Alignment} Alignment */

/** Opens the panel over the map. @param {import("../table/types.js").Table} table */
export function open(table) {
  const { scene, room, campaignId } = table;
  const path = `campaigns/${campaignId}/map/picture`;
  const layer = scene.under;
  const host = /** @type {HTMLElement} */ (scene.host);
  if (host.parentElement?.querySelector(".picture")) return;
  let timer = 0;
  // One after the other: two on their way could overtake each other.
  let kept = Promise.resolve();
  /** @type {XMLHttpRequest|null} */
  let upload = null;

  /** Draws how it would lie, and keeps it once the hands rest. @param {Partial<Alignment>} part */
  const align = (part) => {
    const now = layer()?.get();
    if (!now) return;
    const alignment = { ...now.alignment, ...part };
    if (alignment.scaleY === undefined) delete alignment.scaleY;
    layer()?.align(alignment);
    numbers(alignment);
    clearTimeout(timer);
    table.aligning = true;
    timer = setTimeout(() => {
      kept = kept
        .then(() => api("PUT", `${path}/alignment`, alignment))
        .catch(complain)
        .finally(() => {
          table.aligning = false;
        });
    }, 350);
  };
  const field = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {import("../ui/elements.js").Props} */ props,
  ) =>
    h(
      "label",
      label,
      h("input", {
        type: "number",
        name,
        step: "any",
        ...props,
        oninput: (e) => {
          const value = Number(e.target.value);
          if (e.target.value !== "" && Number.isFinite(value) && e.target.checkValidity()) align({ [name]: value });
        },
      }),
    );
  const fields = h(
    ".row.low.wrap.numbers",
    field("x", "From the left", {}),
    field("y", "From the top", {}),
    field("scale", "Scale", { min: 0.0001, max: 10_000 }),
    field("scaleY", "Scale, height", { min: 0.0001, max: 10_000 }),
    field("rotation", "Turned, °", { min: -360, max: 360 }),
  );
  /** Which columns the grid pushes: wrong, every second hex has a label of its neighbour. */
  const pushing = () => {
    const { map } = room.get();
    if (!map) return null;
    const pointy = map.orientation === "pointy";
    const line = pointy ? "row" : "column";
    return h(
      "label.row",
      pointy ? "Pushed right" : "Pushed down",
      h(
        "select",
        {
          data: { f: "parity" },
          onchange: (/** @type {any} */ e) => table.commands.parity(e.target.value).catch(complain),
        },
        choices(
          [
            ["odd", `Every second ${line}`],
            ["even", `The first, third … ${line}`],
          ],
          map.parity ?? "odd",
        ),
      ),
    );
  };
  const byNumbers = h("details", h("summary", "By numbers"), fields);
  const height = /** @type {HTMLElement} */ (fields.querySelector("[name=scaleY]")?.parentElement);
  const stretched = h("input", {
    type: "checkbox",
    onchange: (e) => {
      align({ scaleY: e.target.checked ? layer()?.get()?.alignment.scale : undefined });
    },
  });
  const numbers = (/** @type {Alignment} */ a) => {
    stretched.checked = a.scaleY !== undefined;
    height.hidden = !stretched.checked;
    for (const input of fields.querySelectorAll("input"))
      if (document.activeElement !== input)
        input.value = String(Math.round((a[/** @type {keyof Alignment} */ (input.name)] ?? a.scale) * 10_000) / 10_000);
  };

  const bar = h("progress", { max: 1, value: 0, aria: { label: "Upload" } });
  const doing = h("span.dim", { role: "status" }, "Sending");
  /** The server cuts it into tiles, which takes seconds and has no measure. */
  const sent = () => {
    doing.textContent = "Sent. Making it ready…";
    bar.removeAttribute("value");
  };
  const send = (/** @type {File} */ file) => {
    if (file.size > MOST) return complain(new Error("The picture is larger than 50 MB."));
    const x = (upload = new XMLHttpRequest());
    x.open("PUT", address(`/api/${path}`));
    x.upload.onprogress = (e) => {
      bar.value = e.loaded / e.total;
      if (e.loaded === e.total) sent();
    };
    x.onloadend = async () => {
      upload = null;
      try {
        if (!x.status && !stopped) throw new Error("The picture did not arrive. Is the server running?");
        if (x.status) {
          readAnswer(x.status, x.responseText);
          await table.picture();
          speak("The picture is laid.");
        }
      } catch (error) {
        complain(error);
      }
      draw();
    };
    stopped = false;
    doing.textContent = "Sending";
    bar.value = 0;
    x.send(file);
    draw();
  };
  let stopped = false;
  const choose = h("input", {
    type: "file",
    class: "sr",
    id: "picture-file",
    accept: "image/png,image/jpeg,image/webp",
    onchange: () => {
      const file = choose.files?.[0];
      if (file) send(file);
      choose.value = "";
    },
  });
  const body = h(".stack");
  /** What asks for two hexes of the picture, while it does. @type {ReturnType<typeof markHexes>|null} */
  let marking = null;
  const mark = () => {
    marking = markHexes(table, {
      now: () => layer()?.get()?.alignment,
      align,
      stretched: () => stretched.checked,
      ended: () => {
        marking = null;
        draw();
      },
    });
    fill(body, marking.node);
  };
  const draw = () => {
    if (marking) return;
    layer()?.preview(true);
    const now = layer()?.get();
    glass.hidden = !now || Boolean(upload);
    fill(
      body,
      upload
        ? h(
            ".row",
            doing,
            bar,
            button("Cancel", {
              class: "btn small",
              onclick: () => {
                stopped = true;
                upload?.abort();
              },
            }),
          )
        : !now
          ? [
              h(
                "p.dim",
                "A drawn map, as PNG, JPEG or WebP up to 50 MB, lies under your grid. Players get only the pixels of hexes they see.",
              ),
              h("label.btn.primary", { for: "picture-file" }, "Choose a picture"),
              choose,
            ]
          : [
              h(
                "p.dim.small.wide-only",
                "Drag the picture into place; Shift and drag makes it larger or smaller, Alt turns it. The wheel zooms the map.",
              ),
              h(
                ".row.wrap",
                button("Mark two hexes", { class: "btn small", onclick: mark }, "ping"),
                button(
                  "Fit to the map",
                  {
                    class: "btn small",
                    onclick: () => {
                      const { map } = room.get();
                      if (map) align(fitted(now, map));
                    },
                  },
                  "fit",
                ),
                h("label.btn.small", { for: "picture-file" }, "Another"),
                choose,
                button(
                  "Remove",
                  {
                    class: "btn small danger-text",
                    onclick: async () => {
                      if (
                        await confirm(
                          "Remove the picture?",
                          "It goes from everybody's map; undo brings it back.",
                          "Remove",
                        )
                      )
                        api("DELETE", path)
                          .then(() => table.picture(), complain)
                          .then(draw);
                    },
                  },
                  "trash",
                ),
              ),
              h(".row.wrap", pushing()),
              h("label.check", stretched, "Stretched: width and height each have a scale"),
              byNumbers,
            ],
    );
    if (now) numbers(now.alignment);
  };

  /** @type {{x: number, y: number, a: Alignment}|null} */
  let from = null;
  /** Whether the hand drags: a click may be a little unsteady. @param {PointerEvent} e */
  const strayed = (e) => Math.hypot(e.clientX - (from?.x ?? 0), e.clientY - (from?.y ?? 0)) > 6;
  const glass = h(".glass", { aria: { hidden: true } });
  on(glass, "pointerdown", (e) => {
    const picture = layer()?.get();
    if (e.button || !picture) return;
    glass.setPointerCapture(e.pointerId);
    from = { x: e.clientX, y: e.clientY, a: picture.alignment };
  });
  on(glass, "pointermove", (e) => {
    if (!from || (marking && !strayed(e))) return;
    const [dx, dy, k] = [e.clientX - from.x, e.clientY - from.y, scene.camera().scale];
    const { a } = from;
    if (!e.shiftKey && !e.altKey) return align({ x: a.x + dx / k, y: a.y + dy / k });
    // About the hex under the hand, which stays where it is.
    const box = host.getBoundingClientRect();
    const at = scene.pointAt(from.x - box.left, from.y - box.top);
    const [f, turn] = e.shiftKey ? [Math.exp(dx / 300), 0] : [1, dx / 8];
    const [cos, sin] = [Math.cos((turn * Math.PI) / 180) * f, Math.sin((turn * Math.PI) / 180) * f];
    const [ox, oy] = [a.x - at.x, a.y - at.y];
    align({
      x: at.x + ox * cos - oy * sin,
      y: at.y + ox * sin + oy * cos,
      scale: bounded(a.scale * f),
      ...(a.scaleY !== undefined && { scaleY: bounded(a.scaleY * f) }),
      rotation: (a.rotation + turn) % 360,
    });
  });
  on(glass, "pointerup", (e) => {
    if (from && marking && !strayed(e)) {
      const box = host.getBoundingClientRect();
      const [x, y] = [e.clientX - box.left, e.clientY - box.top];
      marking.take(scene.pointAt(x, y), scene.hexAt(x, y).key);
    }
    from = null;
  });
  on(glass, "pointercancel", () => {
    from = null;
  });
  on(
    glass,
    "wheel",
    (e) => {
      e.preventDefault();
      const box = host.getBoundingClientRect();
      scene.zoom(Math.exp(-Math.max(-240, Math.min(240, e.deltaY)) * 0.0018), {
        x: e.clientX - box.left,
        y: e.clientY - box.top,
      });
    },
    { passive: false },
  );

  const panel = h(
    "section.picture",
    { tabIndex: -1, aria: { label: "Picture under the map" } },
    h(
      "header.row",
      h("h2.grow", "Picture under the map"),
      button("Done", { class: "btn small", onclick: () => close() }, "check"),
    ),
    body,
  );
  on(panel, "keydown", (e) => e.key === "Escape" && (e.stopPropagation(), close()));
  const close = () => {
    marking?.stop();
    layer()?.preview(false);
    panel.remove();
    glass.remove();
    upload?.abort();
    for (const stop of stops) stop();
    /** @type {HTMLElement|null} */ (document.querySelector(".menus [aria-haspopup]"))?.focus();
  };
  const stops = [
    table.pictured.subscribe(
      (p) => p,
      () => draw(),
    ),
    room.subscribe(
      (s) => s.map?.parity,
      () => draw(),
    ),
  ];
  table.ui.update({ tool: "look" });
  host.after(glass, panel);
  draw();
  panel.focus();
  if (!room.get().map) toast("There is no map yet: lay one first, and the picture under it.");
}

/** @param {number} scale */
const bounded = (scale) => Math.min(10_000, Math.max(0.0001, scale));

/** Returns an alignment by which the picture covers the map. @param {{width: number, height: number}} picture @param {import("../model/types.js").MapInfo} map */
function fitted(picture, map) {
  const rect = bounds(map);
  const scale = Math.max(rect.w / picture.width, rect.h / picture.height);
  return {
    x: rect.x + (rect.w - picture.width * scale) / 2,
    y: rect.y + (rect.h - picture.height * scale) / 2,
    scale,
    scaleY: undefined,
    rotation: 0,
  };
}

/** Lays a picture under a new map; the server lays the first over all of it. @param {string} campaignId @param {File} file */
export const layPicture = (campaignId, file) => api("PUT", `campaigns/${campaignId}/map/picture`, file);
