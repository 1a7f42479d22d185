// @ts-check
/** What is told in passing: toasts for the eye, a polite live region for the ear, the banner of a lost line. */

import { button, fill, h } from "../ui/elements.js";
import { refusalWords, sentences } from "../ui/text.js";
import { address, here } from "../net/address.js";
import { keepClear } from "./notice-place.js";

/** Returns a place of index.html, within the dialog that is open: the page behind one is inert. @param {string} id */
function placed(id) {
  const node = /** @type {HTMLElement} */ (document.getElementById(id));
  const over = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (node.parentElement !== over) over.append(node);
  return node;
}
const toasts = () => placed("toasts");

/** Shows words for a while. @param {string} text @param {{kind?: "note"|"good"|"bad", act?: {label: string, run: () => void}, ms?: number}} [how] */
export function toast(text, { kind = "note", act, ms = kind === "bad" ? 7000 : 4500 } = {}) {
  const node = h(".toast", { data: { kind } }, h("span", { title: text }, text));
  const gone = () => {
    node.dataset.leaving = "";
    setTimeout(() => node.remove(), 200);
  };
  if (act)
    node.append(
      button(act.label, {
        class: "btn small",
        onclick: () => {
          act.run();
          gone();
        },
      }),
    );
  node.append(button("Dismiss", { onclick: gone }, "close", true));
  const same = [...toasts().children].find((c) => c.firstChild?.textContent === text);
  same?.remove();
  toasts().append(node);
  if (toasts().children.length > 3) toasts().firstElementChild?.remove();
  keepClear(toasts());
  setTimeout(gone, ms);
  speak(text);
}

/** Says why something did not work. @param {unknown} error */
export const complain = (error) =>
  toast(refusalWords(/** @type {{code?: string, message?: string}} */ (error ?? {})), { kind: "bad" });

let spoken = 0;
/** @type {string[]} */
let words = [];

/** Says something to those who listen; what comes close together is said together, and no words are not said. @param {string} text */
export function speak(text) {
  if (!text.trim()) return;
  words.push(text);
  spoken ||= setTimeout(() => {
    spoken = 0;
    placed("spoken").textContent = sentences([...new Set(words)].slice(-4));
    words = [];
  }, 150);
}

/** Returns the banner of a line. @param {import("./types.js").Store<import("../net/socket.js").Line>} line @param {() => void} retry @param {Pick<import("./types.js").Commands, "pending"|"held">} commands whose `pending` and `held` are stores: what is unanswered, and whether the room asked to wait */
export function lineBanner(line, retry, { pending, held }) {
  const node = h(".banner", { role: "status", hidden: true });
  let timer = 0;
  let shown = 0;
  const tell = (/** @type {string} */ kind, /** @type {import("../ui/elements.js").Child[]} */ ...words) => {
    node.hidden = false;
    node.dataset.kind = kind;
    fill(node, ...words);
  };
  const draw = () => {
    clearTimeout(timer);
    const { phase, retryAt, reason, tries, code } = line.get();
    if (phase === "closed") {
      const out = code === 4001;
      return tell(
        "bad",
        h("strong", out ? "You are signed out" : "Not at the table"),
        h("span", out ? "Sign in again, and you come back here." : reason),
        h(
          "a.btn.small",
          { href: out ? address(`/?next=${encodeURIComponent(here())}`) : address("/") },
          out ? "Sign in" : "To your campaigns",
        ),
      );
    }
    const kept = pending.get().length;
    if (phase !== "lost") {
      shown = 0;
      if (phase === "open" && held.get() && kept)
        return tell(
          "wait",
          h("span.pulse", { aria: { hidden: true } }),
          h("strong", "The table is catching up"),
          h("span", `What you did (${kept}) is kept, and sent again by itself.`),
        );
      node.hidden = true;
      return;
    }
    // A line that is back at once is not worth a word.
    shown ||= Date.now();
    const wait = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    timer = setTimeout(draw, 400);
    if (Date.now() - shown < 700) return;
    tell(
      "wait",
      h("span.pulse", { aria: { hidden: true } }),
      h("strong", "Connection lost"),
      h(
        "span",
        `${wait > 1 ? `Trying again in ${wait} s.` : "Trying again…"}${kept ? ` What you did (${kept}) is kept and sent once.` : tries > 3 ? " The map stays as it was." : ""}`,
      ),
      wait > 2 && button("Try now", { class: "btn small", onclick: retry }),
    );
  };
  line.subscribe((now) => now, draw);
  pending.subscribe((now) => now, draw);
  held.subscribe((now) => now, draw);
  return node;
}
