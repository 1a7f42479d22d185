// @ts-check
/** A button that opens a short menu beside itself, for what is done rarely. */

import { button, fill, h, icon, on } from "./elements.js";

/** An entry of a menu; `apart` from the harmless ones, `checked` or not where it is one of several to choose. @typedef {{label: string, glyph: string, apart?: boolean, checked?: boolean, run: () => unknown}} MenuEntry */

/** Moves the focus in a menu by arrow keys, Home and End; a slider and a list keep theirs. @param {HTMLElement} menu @param {KeyboardEvent} e */
export function walk(menu, e) {
  const at = /** @type {HTMLElement} */ (e.target);
  const all = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("button, input, select")]);
  const last = all.length - 1;
  const now = all.indexOf(at);
  const to = { ArrowDown: now === last ? 0 : now + 1, ArrowUp: now ? now - 1 : last, Home: 0, End: last }[e.key];
  if (to === undefined || at.matches("select, [type=range]")) return;
  e.preventDefault();
  e.stopPropagation();
  all[to].focus();
}

/** Returns a button that opens a menu over the page, whatever it lies in. Arrow keys go through it; Escape, Tab and a click elsewhere close it.
 * @param {string} label @param {MenuEntry[]} entries @returns {HTMLButtonElement} */
export function moreMenu(label, entries) {
  const opener = button(
    label,
    {
      aria: { haspopup: "menu", expanded: false },
      onclick: () => (menu?.isConnected ? close() : open()),
      onkeydown(e) {
        if (menu || e.key !== "ArrowDown") return;
        e.preventDefault();
        e.stopPropagation();
        open();
      },
    },
    "dots",
    true,
  );
  /** @type {HTMLElement|null} */
  let menu = null;

  function open() {
    menu = fill(
      h(".menu.more-menu", { role: "menu", aria: { label } }),
      entries.map(({ label: name, glyph, apart, checked, run }) =>
        h(
          "button.item",
          {
            role: checked === undefined ? "menuitem" : "menuitemcheckbox",
            aria: { checked },
            class: apart ? "item apart" : "item",
            tabIndex: -1,
            onclick: () => {
              close(true);
              run();
            },
          },
          icon(glyph),
          h("span.grow", name),
          checked && icon("check"),
        ),
      ),
    );
    on(menu, "keydown", (e) => {
      if (e.key === "Tab") return close(true);
      if (e.key !== "Escape") return walk(/** @type {HTMLElement} */ (e.currentTarget), e);
      e.preventDefault();
      e.stopPropagation();
      close(true);
    });
    document.body.append(menu);
    place(menu, opener.getBoundingClientRect());
    opener.setAttribute("aria-expanded", "true");
    for (const type of OUTSIDE) document.addEventListener(type, outside, true);
    menu.querySelector("button")?.focus();
  }

  function close(back = false) {
    for (const type of OUTSIDE) document.removeEventListener(type, outside, true);
    menu?.remove();
    menu = null;
    opener.setAttribute("aria-expanded", "false");
    if (!back) return;
    // The list that it is in may have been drawn anew meanwhile.
    const now = opener.isConnected ? opener : document.querySelector(`[aria-label="${CSS.escape(label)}"]`);
    /** @type {HTMLElement|null} */ (now)?.focus();
  }

  const outside = (/** @type {Event} */ e) => {
    const at = /** @type {Node} */ (e.target);
    if (!menu?.contains(at) && !opener.contains(at)) close();
  };
  return opener;
}

/** What closes a menu when it happens elsewhere. */
const OUTSIDE = ["pointerdown", "scroll"];

/** Puts a menu below its button, or above where there is more room. @param {HTMLElement} menu @param {DOMRect} by */
function place(menu, by) {
  const { offsetWidth: w, offsetHeight: tall } = menu;
  const below = by.bottom + 4;
  const top = below + tall <= innerHeight ? below : Math.max(4, by.top - tall - 4);
  menu.style.setProperty("--left", `${Math.max(4, Math.min(by.right - w, innerWidth - w - 4))}px`);
  menu.style.setProperty("--top", `${top}px`);
}
