// @ts-check
/** Elements without markup: texts are always texts. */

import { holder } from "./focus.js";

/** @typedef {Node|string|number|boolean|null|undefined} Child */

/** Returns an element: `h("p.dim.small", "text")`; a div where only classes are named. Of the properties, which may be left out, `on…` are listeners,
 * `data` and `aria` objects, other names properties where there are such, else attributes.
 * @param {string} what @param {...any} rest properties, children @returns {any} */
export function h(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  node.className = classes.join(" ");
  const props = rest[0]?.constructor === Object ? rest.shift() : {};
  // A button with something of its own to do does not send the form it is in.
  if (node instanceof HTMLButtonElement && props.onclick) node.type = "button";
  assign(node, props);
  append(node, rest);
  return node;
}

/** @param {HTMLElement} node @param {Record<string, any>} props */
export function assign(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "aria")
      for (const [k, v] of Object.entries(value))
        v == null ? node.removeAttribute(`aria-${k}`) : node.setAttribute(`aria-${k}`, String(v));
    else if (name === "vars") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, String(v));
    else if (name === "class" || name === "for" || name === "role" || !(name in node) || name === "list")
      value === false || node.setAttribute(name, value === true ? "" : value);
    else /** @type {any} */ (node)[name] = value;
  }
}

/** @param {HTMLElement} node @param {(Child|Child[])[]} children */
function append(node, children) {
  for (const child of children.flat())
    if ((child && child !== true) || child === 0) node.append(child instanceof Node ? child : String(child));
}

/** Listens. @param {EventTarget} to @param {string} type @param {(e: any) => unknown} hear @param {any} [how] */
export const on = (to, type, hear, how) => to.addEventListener(type, hear, how);

/** Puts children in place of what was there, and keeps the focus. @param {HTMLElement} node @param {...(Child|Child[])} children */
export function fill(node, ...children) {
  const held = document.activeElement;
  const back = held !== node && node.contains(held) ? holder(node) : null;
  node.replaceChildren();
  append(node, children);
  back?.();
  return node;
}

/** Hides a part of the page or shows it; the focus does not stay in what is hidden. @param {HTMLElement} node @param {boolean} hidden */
export function hide(node, hidden) {
  const back = hidden && node.contains(document.activeElement) ? holder(node) : null;
  node.hidden = hidden;
  back?.();
}

const SVG = "http://www.w3.org/2000/svg";

/** Returns the address of the sprite: it lies beside the page's own icon, wherever a script was bundled into. */
const sprite = () =>
  new URL("icons.svg", /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]")).href).pathname;

/** Returns an icon of the sprite; decoration unless it has a title. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite()}#${name}`);
  svg.append(use);
  return svg;
}

/** Returns a button with an icon and a label; `quiet` hides the label from the eye only. Without a class it looks as most of its sort.
 * @param {string} label @param {Record<string, any>} [props] @param {string} [glyph] @param {boolean} [quiet] @returns {HTMLButtonElement} */
export function button(label, props = {}, glyph, quiet = false) {
  return h(
    "button",
    {
      class: quiet ? "btn ghost square small" : "btn",
      title: quiet ? label : null,
      ...props,
      ...(quiet && { aria: { label, ...props.aria } }),
    },
    glyph && icon(glyph),
    !quiet && h("span", label),
  );
}

const ARROWS = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 });

/** Takes an arrow key that moves among a few, round and round. Returns the place it leads to; null for other keys.
 * @param {KeyboardEvent} e @param {number} at @param {number} of how many there are */
export function stepped(e, at, of) {
  if (!ARROWS[e.key]) return null;
  e.preventDefault();
  e.stopPropagation();
  return (at + ARROWS[e.key] + of) % of;
}

/** Returns one choice of a few, an APG radio group: arrow keys choose, Tab goes by.
 * @param {string} label @param {any[][]} options a value, its name, and perhaps properties and what is shown in place of the name
 * @param {any} now @param {(value: any) => unknown} choose @param {string} [look] */
export function choice(label, options, now, choose, look = "seg") {
  const at = options.findIndex(([value]) => value === now);
  const group = h(
    `.${look}`,
    { role: "radiogroup", aria: { label } },
    options.map(([value, name, props, shown], i) =>
      h(
        "button",
        {
          role: "radio",
          tabIndex: i === Math.max(at, 0) ? 0 : -1,
          ...props,
          aria: { checked: i === at, label: shown === undefined ? null : name },
          onclick: () => choose(value),
          onkeydown(/** @type {KeyboardEvent} */ e) {
            const next = stepped(e, i, options.length);
            if (next === null) return;
            group.children[next].focus();
            group.children[next].click();
          },
        },
        shown ?? name,
      ),
    ),
  );
  return group;
}

/** Returns what a select offers. @param {any[][]} all values with what is shown for them @param {any} [now] */
export const choices = (all, now) =>
  all.map(([value, label]) => h("option", { value, selected: value === now }, label));

/** Returns a form; `submit` is asked once at a time, and what it returns is waited for.
 * @param {string} what as of `h` @param {() => any} submit @param {...Child} children */
export function form(what, submit, ...children) {
  const node = h(
    what,
    {
      onsubmit: async (/** @type {Event} */ e) => {
        e.preventDefault();
        if (node.ariaBusy) return;
        node.ariaBusy = "true";
        try {
          await submit();
        } finally {
          node.ariaBusy = null;
        }
      },
    },
    ...children,
  );
  return node;
}
