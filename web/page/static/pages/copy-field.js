// @ts-check
/** A field with a link, or another text, to copy. */

import { toast } from "../table/notices.js";
import { button, h } from "../ui/elements.js";

/** @param {string} label @param {string} url */
export function copyField(label, url) {
  const field = h("input", {
    type: "text",
    readOnly: true,
    value: url,
    aria: { label },
    onfocus: () => field.select(),
  });
  const copy = async () => {
    field.select();
    if (await copied(url)) toast("Copied.", { kind: "good" });
    else toast("The browser did not let us copy it. It is selected: press Ctrl+C.");
  };
  return h(".row", field, button("Copy", { class: "btn primary", onclick: copy }, "copy"));
}

/** Returns whether the text is in the clipboard. Without a secure context there is only the old way. @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
