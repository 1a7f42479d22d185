// @ts-check
/** The second factor of one's account: passkeys, and codes of an authenticator app, after the password. */

import { api, get, post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { openDialog } from "../ui/dialogs.js";
import { button, fill, form, h } from "../ui/elements.js";
import { ago } from "../ui/time.js";
import { copyField } from "./copy-field.js";
import { deviceName } from "./device-name.js";
import { canUsePasskeys, makePasskey, signChallenge } from "./passkeys.js";

/**
 * @typedef {{id: string, name: string, host: string, createdAt: string, lastUsedAt: string|null}} Passkey
 * @typedef {{on: boolean, available: boolean, recoveryCodesLeft: number, app: boolean, passkeys: Passkey[]}} FactorState
 * @typedef {{secret: string, url: string, picture: string}} FactorStarted
 * @typedef {{password: string, code?: string, passkey?: object}} Proof
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
    fill(node, ...(state.on || state.available ? shown(node, state) : []));
  } catch (error) {
    complain(error);
  }
}

/** Returns whether a passkey can be asked for in this browser, at this address. @param {FactorState} state */
const hasPasskeyHere = (state) => canUsePasskeys() && state.passkeys.some(({ host }) => host === location.hostname);

const heading = () => h("h2", "Second factor");

/** @param {HTMLElement} node @param {FactorState} state */
function shown(node, state) {
  const startApp = async () => {
    try {
      setUpApp(node, state, await post("me/second-factor"));
    } catch (error) {
      complain(error);
    }
  };
  const left = state.recoveryCodesLeft;
  return [
    heading(),
    h(
      "p.dim",
      state.on
        ? `On. You have ${left} recovery ${left === 1 ? "code" : "codes"} left.`
        : "Off. With it, signing in takes your password and a passkey (a fingerprint, a PIN, a security key) or a code of an authenticator app.",
    ),
    (state.app || state.passkeys.length > 0) &&
      h(
        "ul.plainlist",
        state.passkeys.map((passkey) => passkeyRow(node, state, passkey)),
        state.app && appRow(node, state),
      ),
    h(
      ".row.wrap",
      canUsePasskeys() && button("Add a passkey", { onclick: () => addPasskey(node, state) }),
      !state.app && button("Set up an app", { onclick: startApp }),
      state.on && button("New recovery codes", { onclick: () => renewCodes(node, state) }),
      state.on && button("Switch it off", { onclick: () => switchOff(node, state) }),
    ),
    !canUsePasskeys() && h("p.dim.small", "Passkeys need https, or an address that begins with http://localhost."),
  ];
}

/** @param {HTMLElement} node @param {FactorState} state @param {Passkey} passkey */
function passkeyRow(node, state, passkey) {
  const remove = () =>
    prove(state, `Remove the passkey ${passkey.name}`, "Remove", async (proof) => {
      await post(`me/passkeys/${passkey.id}/remove`, proof);
      await draw(node);
    });
  const rename = () => {
    const name = nameField(passkey.name);
    const save = async () => {
      try {
        await api("PATCH", `me/passkeys/${passkey.id}`, { name: name.value.trim() });
        dialog.close();
        await draw(node);
      } catch (error) {
        complain(error);
      }
    };
    const dialog = openDialog(
      "Rename the passkey",
      form("form.stack", save, h("label", "Name", name), h(".row.end", h("button.btn.primary", "Save"))),
    );
  };
  const elsewhere = passkey.host !== location.hostname && `for ${passkey.host}`;
  const used = passkey.lastUsedAt ? `used ${ago(passkey.lastUsedAt)}` : `made ${ago(passkey.createdAt)}`;
  return h(
    "li.row.wrap",
    h(".grow", h(".who", passkey.name), h(".dim.small", ["passkey", elsewhere, used].filter(Boolean).join(" · "))),
    h(
      ".row",
      button("Rename", { class: "btn small", aria: { label: `Rename ${passkey.name}` }, onclick: rename }),
      button("Remove", { class: "btn small", aria: { label: `Remove ${passkey.name}` }, onclick: remove }),
    ),
  );
}

/** @param {HTMLElement} node @param {FactorState} state */
function appRow(node, state) {
  const end = () =>
    prove(state, "Remove the authenticator app", "Remove", async (proof) => {
      await post("me/second-factor/app/off", proof);
      await draw(node);
    });
  return h(
    "li.row.wrap",
    h(".grow", h(".who", "Authenticator app")),
    button("Remove", { class: "btn small", aria: { label: "Remove the authenticator app" }, onclick: end }),
  );
}

/** @param {HTMLElement} node @param {FactorState} state */
function addPasskey(node, state) {
  const name = nameField(deviceName(navigator.userAgent));
  const add = async (/** @type {Proof} */ proof) => {
    const passkey = await makePasskey(await post("me/passkeys/challenge", proof));
    const { recoveryCodes } = await post("me/passkeys", { name: name.value.trim(), passkey });
    await showChanged(node, recoveryCodes, "The passkey is added.");
  };
  prove(state, "Add a passkey", "Continue", add, h("label", "Name, for you to know it by", name));
}

/** @param {HTMLElement} node @param {FactorState} state */
function renewCodes(node, state) {
  prove(state, "New recovery codes", "Make new codes", async (proof) => {
    const { recoveryCodes } = await post("me/second-factor/recovery-codes", proof);
    await showChanged(node, recoveryCodes, "");
  });
}

/** @param {HTMLElement} node @param {FactorState} state */
function switchOff(node, state) {
  prove(state, "Switch the second factor off", "Switch it off", async (proof) => {
    await post("me/second-factor/off", proof);
    toast("The second factor is off.", { kind: "good" });
    await draw(node);
  });
}

/** Asks for the password, and for a code or a passkey where a factor is on, then runs; stays open where that fails.
 * @param {FactorState} state @param {string} title @param {string} yes @param {(proof: Proof) => Promise<void>} run
 * @param {...HTMLElement} fields */
function prove(state, title, yes, run, ...fields) {
  const password = passwordField();
  const code = codeField();
  const here = hasPasskeyHere(state);
  code.required = !here;
  const go = async () => {
    try {
      /** @type {Proof} */
      const proof = { password: password.value };
      if (state.on && code.value) proof.code = code.value;
      else if (state.on) proof.passkey = await signChallenge(await post("me/second-factor/challenge"));
      await run(proof);
      dialog.close();
    } catch (error) {
      complain(error);
    }
  };
  const dialog = openDialog(
    title,
    form(
      "form.stack",
      go,
      ...fields,
      h("label", "Your password", password),
      state.on &&
        h(
          "label",
          "Code of the app, or a recovery code",
          code,
          here && h("span.dim.small", "Leave it empty to use a passkey."),
        ),
      h(".row.end", h("button.btn.primary", yes)),
    ),
  );
}

/** Shows the secret, and asks for a code that proves the app has it. @param {HTMLElement} node @param {FactorState} state @param {FactorStarted} started */
function setUpApp(node, state, started) {
  const picture = URL.createObjectURL(new Blob([started.picture], { type: "image/svg+xml" }));
  const free = () => URL.revokeObjectURL(picture);
  const code = codeField();
  code.inputMode = "numeric";
  const password = passwordField();
  const recovery = codeField();
  const confirm = async () => {
    try {
      const body = { password: password.value, code: code.value };
      if (hasPasskeyHere(state))
        Object.assign(body, { passkey: await signChallenge(await post("me/second-factor/challenge")) });
      else if (state.on) Object.assign(body, { recoveryCode: recovery.value });
      const { recoveryCodes } = await post("me/second-factor/confirm", body);
      await showChanged(node, recoveryCodes, "The app is added.");
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
      state.on && !hasPasskeyHere(state) && h("label", "A recovery code", recovery),
      h(
        ".row.end",
        button("Cancel", { type: "button", onclick: () => draw(node) }),
        h("button.btn.primary", "Switch it on"),
      ),
    ),
  );
}

/** Shows recovery codes where there are new ones, else what has changed. @param {HTMLElement} node @param {string[]} codes @param {string} done */
async function showChanged(node, codes, done) {
  if (codes.length) return showRecovery(node, codes);
  toast(done, { kind: "good" });
  await draw(node);
}

/** @param {HTMLElement} node @param {string[]} codes */
function showRecovery(node, codes) {
  const title = h("h2", { tabIndex: -1 }, "Your recovery codes");
  fill(
    node,
    title,
    h(
      "p",
      "The second factor is on. Keep these codes where your phone is not: each signs you in once if you lose it. Any that you had before are good no more.",
    ),
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

/** Returns a field for a code of an authenticator app, or a recovery code. */
export function codeField() {
  return h("input", { name: "code", required: true, maxLength: 40, autocomplete: "one-time-code", spellcheck: false });
}

function passwordField() {
  return h("input", { name: "second", type: "password", required: true, autocomplete: "current-password" });
}

/** @param {string} value */
function nameField(value) {
  return h("input", { name: "passkey", required: true, maxLength: 80, value, autocomplete: "off" });
}
