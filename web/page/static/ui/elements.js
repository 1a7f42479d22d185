// @ts-check
/** Elements without markup: texts are always texts. */

import { holder } from "./focus.js";

/** @typedef {Node|string|number|boolean|null|undefined} Child */
/** @typedef {keyof HTMLElementTagNameMap} Tag */
/** The element that a name such as "p.dim.small" makes; a div where it names classes alone.
 * @template {string} W
 * @typedef {W extends Tag ? HTMLElementTagNameMap[W] : W extends `${infer T extends Tag}.${string}` ? HTMLElementTagNameMap[T] : HTMLDivElement} ElementOf */
/** An event, its target being the control that it is listened to on.
 * @template {Event} E @template T @typedef {E & {currentTarget: T, target: T}} EventOn */
/** Properties of an element: `on…` are listeners, `data`, `aria` and `vars` (custom properties) are objects, others properties or attributes.
 * @template [T=HTMLElement]
 * @typedef {{data?: Record<string, unknown>, aria?: Record<string, unknown>, vars?: Record<string, string|number>,
 *   onclick?: ((e: EventOn<MouseEvent, T>) => unknown)|null, oninput?: (e: EventOn<InputEvent, T>) => unknown, onchange?: (e: EventOn<Event, T>) => unknown,
 *   onkeydown?: (e: EventOn<KeyboardEvent, T>) => unknown, onsubmit?: (e: EventOn<SubmitEvent, T>) => unknown,
 *   onpointerdown?: (e: EventOn<PointerEvent, T>) => unknown, oncancel?: (e: EventOn<Event, T>) => unknown, [name: string]: unknown}} Props */

/** Returns an element: `h("p.dim.small", "text")`; a div where only classes are named.
 * @template {string} W @param {W} what @param {...(Props<ElementOf<W>>|Child|Child[])} rest properties, which may be left out, and children
 * @returns {ElementOf<W>} */
export function h(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  node.className = classes.join(" ");
  const [first, ...others] = rest;
  const props = isProps(first) ? first : {};
  // A button with something of its own to do does not send the form it is in.
  if (node instanceof HTMLButtonElement && props.onclick) node.type = "button";
  assign(node, props);
  append(node, /** @type {(Child|Child[])[]} */ (isProps(first) ? others : rest));
  return /** @type {ElementOf<W>} */ (/** @type {unknown} */ (node));
}

/** @param {unknown} value @returns {value is Props} */
const isProps = (value) => value?.constructor === Object;

/** @param {HTMLElement} node @param {Props} props */
export function assign(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value !== undefined && value !== null) assignOne(node, name, value);
  }
}

/** Properties that are set as attributes though elements have a property of that name. */
const ATTRIBUTES = ["class", "for", "role", "list"];

/** @param {HTMLElement} node @param {string} name @param {unknown} value */
function assignOne(node, name, value) {
  if (name.startsWith("on")) {
    node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  } else if (name === "data") {
    Object.assign(node.dataset, value);
  } else if (name === "aria") {
    for (const [key, state] of Object.entries(/** @type {object} */ (value))) {
      if (state === null || state === undefined) node.removeAttribute(`aria-${key}`);
      else node.setAttribute(`aria-${key}`, String(state));
    }
  } else if (name === "vars") {
    for (const [key, of] of Object.entries(/** @type {object} */ (value))) node.style.setProperty(key, String(of));
  } else if (ATTRIBUTES.includes(name) || !(name in node)) {
    if (value !== false) node.setAttribute(name, value === true ? "" : String(value));
  } else {
    Reflect.set(node, name, value);
  }
}

/** @param {HTMLElement} node @param {(Child|Child[])[]} children */
function append(node, children) {
  for (const child of children.flat())
    if ((child && child !== true) || child === 0) node.append(child instanceof Node ? child : String(child));
}

/** Listens to an element, or to the document.
 * @template {keyof HTMLElementEventMap} K @param {HTMLElement|Document} to @param {K} type @param {(e: HTMLElementEventMap[K]) => unknown} hear
 * @param {AddEventListenerOptions|boolean} [how] */
export const on = (to, type, hear, how) => to.addEventListener(type, /** @type {EventListener} */ (hear), how);

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
 * @param {string} label @param {Props<HTMLButtonElement>} [props] @param {string|null} [glyph] @param {boolean} [quiet] @returns {HTMLButtonElement} */
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

/** A choice: its value and name, and perhaps properties and what is shown in place of the name.
 * @template V @typedef {[value: V, name: string, props?: Props<HTMLButtonElement>, shown?: Child|Child[]]} Option */

/** Returns one choice of a few, an APG radio group: arrow keys choose, Tab goes by.
 * @template V @param {string} label @param {Option<V>[]} options @param {NoInfer<V>} now @param {(value: V) => unknown} choose @param {string} [look] */
export function choice(label, options, now, choose, look = "seg") {
  const at = options.findIndex(([value]) => value === now);
  /** @type {HTMLButtonElement[]} */
  const buttons = options.map(([value, name, props, shown], i) =>
    h(
      "button",
      {
        role: "radio",
        tabIndex: i === Math.max(at, 0) ? 0 : -1,
        ...props,
        aria: { checked: i === at, label: shown === undefined ? null : name },
        onclick: () => choose(value),
        onkeydown(e) {
          const next = stepped(e, i, options.length);
          if (next === null) return;
          buttons[next].focus();
          buttons[next].click();
        },
      },
      ...[shown ?? name].flat(),
    ),
  );
  return h(`.${look}`, { role: "radiogroup", aria: { label } }, buttons);
}

/** Returns what a select offers. @param {(readonly [string|number, string])[]} all values with what is shown for them @param {string|number|null} [now] */
export const choices = (all, now) =>
  all.map(([value, label]) => h("option", { value, selected: value === now }, label));

/** Returns a form; `submit` is asked once at a time, and what it returns is waited for.
 * @param {`form.${string}`|"form"} what as of `h` @param {() => unknown} submit @param {...(Child|Child[])} children @returns {HTMLFormElement} */
export function form(what, submit, ...children) {
  /** @type {HTMLFormElement} */
  const node = h(
    /** @type {"form"} */ (what),
    {
      onsubmit: async (e) => {
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
