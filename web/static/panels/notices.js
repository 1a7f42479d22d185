// @ts-check
/** What is told in passing: toasts for the eye, a polite live region for the ear, the banner of a lost line. */

import { button, fill, h } from "../core/dom.js";

const region = () => /** @type {HTMLElement} */ (document.getElementById("spoken"));
const toasts = () => /** @type {HTMLElement} */ (document.getElementById("toasts"));

/** Shows words for a while. @param {string} text @param {{kind?: "note"|"good"|"bad", act?: {label: string, run: () => void}, ms?: number}} [how] */
export function toast(text, { kind = "note", act, ms = kind === "bad" ? 7000 : 4500 } = {}) {
  const node = h(".toast", { data: { kind } }, h("span", text));
  const gone = () => { node.dataset.leaving = ""; setTimeout(() => node.remove(), 200); };
  if (act) node.append(button(act.label, { class: "btn small", onclick: () => { act.run(); gone(); } }));
  node.append(button("Dismiss", { onclick: gone }, "close", true));
  const same = [...toasts().children].find((c) => c.firstChild?.textContent === text);
  same?.remove();
  toasts().append(node);
  if (toasts().children.length > 3) toasts().firstElementChild?.remove();
  setTimeout(gone, ms);
  speak(text);
}

/** Says why something did not work. @param {any} error */
export const complain = (error) => toast(error?.message || "That did not work.", { kind: "bad" });

let spoken = 0;
/** @type {string[]} */
let words = [];

/** Says something to those who listen; what comes close together is said together. @param {string} text */
export function speak(text) {
  words.push(text);
  spoken ||= setTimeout(() => {
    spoken = 0;
    region().textContent = [...new Set(words)].slice(-4).join(". ");
    words = [];
  }, 150);
}

/** Returns the banner of a line. @param {any} line store @param {() => void} retry @param {any} pending store of unanswered commands */
export function lineBanner(line, retry, pending) {
  const node = h(".banner", { role: "status", hidden: true });
  let timer = 0;
  let shown = 0;
  const draw = () => {
    clearTimeout(timer);
    const { phase, retryAt, reason, tries } = line.get();
    if (phase === "closed") {
      node.hidden = false;
      node.dataset.kind = "bad";
      return fill(node, h("strong", "Not at the table"), h("span", reason), h("a.btn.small", { href: "/" }, "To your campaigns"));
    }
    if (phase !== "lost") {
      node.hidden = true;
      shown = 0;
      return;
    }
    // A line that is back at once is not worth a word.
    shown ||= Date.now();
    const wait = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    timer = setTimeout(draw, 400);
    if (Date.now() - shown < 700) return;
    node.hidden = false;
    node.dataset.kind = "wait";
    const kept = pending?.get().length;
    fill(node, h("span.pulse", { aria: { hidden: true } }), h("strong", "Connection lost"),
      h("span", `${wait > 1 ? `Trying again in ${wait} s.` : "Trying again…"}${kept ? ` What you did (${kept}) is kept and sent once.` : tries > 3 ? " The map stays as it was." : ""}`),
      wait > 2 && button("Try now", { class: "btn small", onclick: retry }));
  };
  line.subscribe((/** @type {any} */ s) => s, draw);
  return node;
}
