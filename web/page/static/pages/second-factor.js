// @ts-check
/** The second factor of one's account: a code of an authenticator app after the password. */

import { get, post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { button, fill, form, h } from "../ui/elements.js";
import { copyField } from "./copy-field.js";

/**
 * @typedef {{on: boolean, available: boolean, recoveryCodesLeft: number}} FactorState
 * @typedef {{secret: string, url: string, picture: string}} FactorStarted
 */

/** Returns the section; it stays empty for an account without a password. */
export function secondFactor() {
  const node = h("section.stack", { aria: { label: "Second factor" } });
  draw(node);
  return node;
}

/** @param {HTMLElement} node */
async function draw(node) {
  try {
    /** @type {FactorState} */
    const state = await get("me/second-factor");
    if (state.on) fill(node, ...whileOn(node, state));
    else if (state.available) fill(node, ...whileOff(node));
    else fill(node);
  } catch (error) {
    complain(error);
  }
}

const heading = () => h("h2", "Second factor");

/** @param {HTMLElement} node */
function whileOff(node) {
  const start = async () => {
    try {
      setUp(node, await post("me/second-factor"));
    } catch (error) {
      complain(error);
    }
  };
  return [
    heading(),
    h("p.dim", "Off. With it, signing in takes your password and a code of an authenticator app on your phone."),
    h(".row", button("Set it up", { onclick: start })),
  ];
}

/** Shows the secret, and asks for a code that proves the app has it. @param {HTMLElement} node @param {FactorStarted} started */
function setUp(node, started) {
  const picture = URL.createObjectURL(new Blob([started.picture], { type: "image/svg+xml" }));
  const free = () => URL.revokeObjectURL(picture);
  const code = codeField();
  code.inputMode = "numeric";
  const password = passwordField();
  const confirm = async () => {
    try {
      const body = { password: password.value, code: code.value };
      const { recoveryCodes } = await post("me/second-factor/confirm", body);
      showRecovery(node, recoveryCodes);
    } catch (error) {
      complain(error);
    }
  };
  fill(
    node,
    heading(),
    h("p", "Scan this with an authenticator app, or type the secret into it. Then enter the code that it shows."),
    h("img.qr", { src: picture, alt: "QR code of the secret", onload: free, onerror: free }),
    copyField("Secret", started.secret),
    form(
      "form.stack",
      confirm,
      h("label", "Code of the app", code),
      h("label", "Your password", password),
      h(
        ".row.end",
        button("Cancel", { type: "button", onclick: () => draw(node) }),
        h("button.btn.primary", "Switch it on"),
      ),
    ),
  );
}

/** @param {HTMLElement} node @param {string[]} codes */
function showRecovery(node, codes) {
  const title = h("h2", { tabIndex: -1 }, "Your recovery codes");
  fill(
    node,
    title,
    h("p", "The second factor is on. Keep these codes where your phone is not: each signs you in once if you lose it."),
    h(
      "ul.recovery-codes",
      { aria: { label: "Recovery codes" } },
      codes.map((code) => h("li", h("code", code))),
    ),
    h("p.dim.small", "They are shown this once."),
    h(".row.end", button("I have kept them", { class: "btn primary", onclick: () => draw(node) })),
  );
  title.focus();
}

/** @param {HTMLElement} node @param {FactorState} state */
function whileOn(node, state) {
  const code = codeField();
  const password = passwordField();
  const end = async () => {
    try {
      await post("me/second-factor/off", { password: password.value, code: code.value });
      toast("The second factor is off.", { kind: "good" });
      await draw(node);
    } catch (error) {
      complain(error);
    }
  };
  const left = state.recoveryCodesLeft;
  return [
    heading(),
    h(
      "p.dim",
      `On. You have ${left} recovery ${left === 1 ? "code" : "codes"} left; for new ones, switch it off and on.`,
    ),
    form(
      "form.stack",
      end,
      h("label", "Code of the app, or a recovery code", code),
      h("label", "Your password", password),
      h(".row.end", h("button.btn", "Switch it off")),
    ),
  ];
}

/** Returns a field for a code of an authenticator app, or a recovery code. */
export function codeField() {
  return h("input", { name: "code", required: true, maxLength: 40, autocomplete: "one-time-code", spellcheck: false });
}

function passwordField() {
  return h("input", { name: "second", type: "password", required: true, autocomplete: "current-password" });
}
