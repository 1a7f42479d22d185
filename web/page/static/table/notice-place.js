// @ts-check
/** Where notices are: no control is under them, whatever is open on the table. */

const CONTROLS = "a, button, input, label, select, summary, textarea";
/** How far they move at a time, and how close together it is looked for controls; each control is larger. CSS pixels. */
const STEP = 12;
/** How often it is looked whether they still are where they may be. */
const LOOK_MS = 250;

let timer = 0;

/** Keeps notices off controls while there are any, from where the style sheet has them: from the top down, or from the bottom up. @param {HTMLElement} toasts */
export function keepClear(toasts) {
  place(toasts);
  timer ||= setInterval(() => {
    if (toasts.firstElementChild) return place(toasts);
    clearInterval(timer);
    timer = 0;
    toasts.style.translate = "";
  }, LOOK_MS);
}

/** @param {HTMLElement} toasts */
function place(toasts) {
  const moved = Number.parseFloat(toasts.style.translate.split(" ")[1]) || 0;
  const boxes = [...toasts.children].map((toast) => toast.getBoundingClientRect());
  const whole = toasts.getBoundingClientRect();
  if (free(boxes, 0, toasts)) return;
  const down = whole.top - moved < innerHeight / 2;
  const most = innerHeight - whole.height - 2 * STEP;
  for (let by = 0; by < most; by += STEP) {
    const to = down ? by : -by;
    if (!free(boxes, to - moved, toasts)) continue;
    toasts.style.translate = `0 ${to}px`;
    return;
  }
}

/** Whether there is no control where notices would be. @param {DOMRect[]} boxes @param {number} by how far they moved @param {HTMLElement} toasts */
function free(boxes, by, toasts) {
  return boxes.every((box) => {
    for (let y = box.top; y <= box.bottom; y += STEP)
      for (let x = box.left; x <= box.right; x += STEP) {
        const top = document.elementsFromPoint(x, y + by).find((each) => !toasts.contains(each));
        if (top?.closest(CONTROLS)) return false;
      }
    return true;
  });
}
