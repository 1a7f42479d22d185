// @ts-check
/** Elements without markup: texts are always texts. */

/** @typedef {Node|string|number|boolean|null|undefined} Child */

/** Returns an element. `on…` are listeners, `data` and `aria` objects, other names properties where there are such, else attributes.
 * @param {string} tag @param {Record<string, any>} [props] @param {...(Child|Child[])} children @returns {any} */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  assign(node, props);
  append(node, children);
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

/** Puts children in place of what was there. @param {HTMLElement} node @param {...(Child|Child[])} children */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
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

/** Returns a button with an icon and a label; `quiet` hides the label from the eye only.
 * @param {string} label @param {Record<string, any>} [props] @param {string} [glyph] @param {boolean} [quiet] @returns {HTMLButtonElement} */
export function button(label, props = {}, glyph, quiet = false) {
  return h("button", { type: "button", ...(quiet ? { title: props.title ?? label, aria: { label, ...props.aria } } : {}), ...props },
    glyph && icon(glyph), !quiet && h("span", {}, label));
}

/** Asks before something is done; resolves to what was chosen. Escape means no.
 * @param {string} title @param {string} text @param {string} yes @param {{danger?: boolean}} [opts] @returns {Promise<boolean>} */
export function confirm(title, text, yes, { danger = true } = {}) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "dialog", aria: { labelledby: "confirm-title" } },
      h("form", { method: "dialog" },
        h("h2", { id: "confirm-title" }, title),
        h("p", {}, text),
        h("div", { class: "row end" },
          h("button", { value: "no", class: "btn" }, "Cancel"),
          h("button", { value: "yes", class: danger ? "btn danger" : "btn primary" }, yes))));
    dialog.addEventListener("close", () => { resolve(dialog.returnValue === "yes"); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Opens a dialog of one's own; closed by Escape, its button or a click outside. @param {string} title @param {...Child} children */
export function openDialog(title, ...children) {
  const close = button("Close", { class: "btn ghost square" }, "close", true);
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { class: "dialog", aria: { label: title } },
    h("header", { class: "row" }, h("h2", {}, title), h("span", { class: "grow" }), close), ...children));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (e) => e.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
