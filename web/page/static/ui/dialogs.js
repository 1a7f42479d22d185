// @ts-check
/** Dialogs over the page. */

import { button, h, on } from "./elements.js";
import { holder } from "./focus.js";

/** @typedef {import("./elements.js").Child} Child */

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
    const dialog = show(
      h(
        "dialog.dialog",
        { aria: { labelledby: "confirm-title" } },
        h(
          "form",
          { method: "dialog" },
          h("h2", { id: "confirm-title" }, title),
          h("p", text),
          h(
            ".row.end",
            h("button.btn", { value: "no" }, "Cancel"),
            h(danger ? "button.btn.danger" : "button.btn.primary", { value: "yes" }, yes),
          ),
        ),
      ),
      () => resolve(dialog.returnValue === "yes"),
    );
  });
}

/** Opens a dialog of one's own; closed by Escape, its button or a click outside. @param {string} title @param {...Child} children */
export function openDialog(title, ...children) {
  const typed = () => [...dialog.querySelectorAll("textarea")].map((t) => t.value).join("\n");
  const leave = async (/** @type {Event} */ e) => {
    e.preventDefault();
    if (typed() === before || (await confirm("Throw away what you wrote?", "It was not saved.", "Throw away")))
      dialog.close();
  };
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      "dialog.dialog",
      { aria: { label: title }, oncancel: leave, onclick: (/** @type {Event} */ e) => e.target === dialog && leave(e) },
      h(
        "header.row",
        h("h2.grow", title),
        button("Close", { class: "btn ghost square", onclick: leave }, "close", true),
      ),
      ...children,
    )
  );
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
