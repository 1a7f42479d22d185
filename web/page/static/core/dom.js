// @ts-check
/** Elements without markup: texts are always texts. */

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
  if (tag === "button" && props.onclick) node.type = "button";
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
    else if (name === "aria") for (const [k, v] of Object.entries(value)) v == null ? node.removeAttribute(`aria-${k}`) : node.setAttribute(`aria-${k}`, String(v));
    else if (name === "vars") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, String(v));
    else if (name === "class" || name === "for" || name === "role" || !(name in node) || name === "list") value === false || node.setAttribute(name, value === true ? "" : value);
    else /** @type {any} */ (node)[name] = value;
  }
}

/** @param {HTMLElement} node @param {(Child|Child[])[]} children */
function append(node, children) {
  for (const child of children.flat()) if ((child && child !== true) || child === 0) node.append(child instanceof Node ? child : String(child));
}

/** Listens. @param {EventTarget} to @param {string} type @param {(e: any) => unknown} hear @param {any} [how] */
export const on = (to, type, hear, how) => to.addEventListener(type, hear, how);

const CONTROLS = "button:enabled, a[href], input:enabled, select:enabled, textarea, summary, [tabindex]";

/** How a control is known again after it was drawn anew. @param {any} e */
const markOf = (e) => e.dataset.f || e.getAttribute("aria-label") || e.name || e.textContent;

/** Remembers what has the focus. Returns what gives it back: to the same control or one like it; where there is none, for those who go by keys,
 * to what stands in its place, to what is around, or to the map. @param {ParentNode} within */
function holder(within) {
  const held = /** @type {any} */ (document.activeElement);
  const controls = () => /** @type {any[]} */ ([...within.querySelectorAll(CONTROLS)]);
  const at = controls().indexOf(held);
  const keys = held?.matches(":focus-visible");
  const around = within instanceof Element ? within.closest("[tabindex]") : null;
  return () => {
    const now = controls().filter((e) => e.checkVisibility({ visibilityProperty: true }));
    const same = now.find((e) => e === held) ?? now.find((e) => markOf(e) === markOf(held));
    const near = within === document ? null : now[Math.min(at, now.length - 1)];
    // Not for who pointed: the next press of Space would do what they never chose.
    (same ?? (keys ? near ?? around ?? document.querySelector("[role=gridcell][tabindex='0']") : null))?.focus({ preventScroll: true });
  };
}

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

/** Returns an icon of the sprite; decoration unless it has a title. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${new URL("../icons/icons.svg", import.meta.url).pathname}#${name}`);
  svg.append(use);
  return svg;
}

/** Returns a button with an icon and a label; `quiet` hides the label from the eye only. Without a class it looks as most of its sort.
 * @param {string} label @param {Record<string, any>} [props] @param {string} [glyph] @param {boolean} [quiet] @returns {HTMLButtonElement} */
export function button(label, props = {}, glyph, quiet = false) {
  return h("button", { class: quiet ? "btn ghost square small" : "btn", title: quiet ? label : null, ...props, ...(quiet && { aria: { label, ...props.aria } }) },
    glyph && icon(glyph), !quiet && h("span", label));
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
  const group = h(`.${look}`, { role: "radiogroup", aria: { label } }, options.map(([value, name, props, shown], i) => h("button", {
    role: "radio", tabIndex: i === Math.max(at, 0) ? 0 : -1, ...props, aria: { checked: i === at, label: shown === undefined ? null : name },
    onclick: () => choose(value),
    onkeydown(/** @type {KeyboardEvent} */ e) {
      const next = stepped(e, i, options.length);
      if (next === null) return;
      group.children[next].focus();
      group.children[next].click();
    },
  }, shown ?? name)));
  return group;
}

/** Returns what a select offers. @param {any[][]} all values with what is shown for them @param {any} [now] */
export const choices = (all, now) => all.map(([value, label]) => h("option", { value, selected: value === now }, label));

/** Shows a dialog over the page; it leaves with what was told in it, and gives the focus back. @param {HTMLDialogElement} dialog @param {() => void} [left] */
function show(dialog, left) {
  const back = holder(document);
  on(dialog, "close", () => {
    left?.();
    // Notices stand in the dialog while it is open: the page behind it is inert.
    document.body.append(...dialog.querySelectorAll("#toasts, #spoken"));
    dialog.remove();
    if (document.activeElement === document.body) back();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks before something is done; resolves to what was chosen. Escape means no.
 * @param {string} title @param {string} text @param {string} yes @param {{danger?: boolean}} [opts] @returns {Promise<boolean>} */
export function confirm(title, text, yes, { danger = true } = {}) {
  return new Promise((resolve) => {
    const dialog = show(h("dialog.dialog", { aria: { labelledby: "confirm-title" } },
      h("form", { method: "dialog" },
        h("h2", { id: "confirm-title" }, title),
        h("p", text),
        h(".row.end",
          h("button.btn", { value: "no" }, "Cancel"),
          h(danger ? "button.btn.danger" : "button.btn.primary", { value: "yes" }, yes)))), () => resolve(dialog.returnValue === "yes"));
  });
}

/** Opens a dialog of one's own; closed by Escape, its button or a click outside. @param {string} title @param {...Child} children */
export function openDialog(title, ...children) {
  const typed = () => [...dialog.querySelectorAll("textarea")].map((t) => t.value).join("\n");
  const leave = async (/** @type {Event} */ e) => {
    e.preventDefault();
    if (typed() === before || (await confirm("Throw away what you wrote?", "It was not saved.", "Throw away"))) dialog.close();
  };
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog.dialog", { aria: { label: title }, oncancel: leave, onclick: (/** @type {Event} */ e) => e.target === dialog && leave(e) },
    h("header.row", h("h2.grow", title), button("Close", { class: "btn ghost square", onclick: leave }, "close", true)), ...children));
  const before = typed();
  return show(dialog);
}

/** Opens a wide dialog that a panel lives in. @param {string} title @param {{close: () => void}} panel @param {...Child} children */
export function openPanel(title, panel, ...children) {
  const dialog = openDialog(title, ...children);
  dialog.classList.add("wide");
  on(dialog, "close", panel.close);
  return dialog;
}

/** Returns a form; `submit` is asked once at a time, and what it returns is waited for.
 * @param {string} what as of `h` @param {() => any} submit @param {...Child} children */
export function form(what, submit, ...children) {
  const node = h(what, { onsubmit: async (/** @type {Event} */ e) => {
    e.preventDefault();
    if (node.ariaBusy) return;
    node.ariaBusy = "true";
    try {
      await submit();
    } finally {
      node.ariaBusy = null;
    }
  } }, ...children);
  return node;
}

