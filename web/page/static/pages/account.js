// @ts-check
/** One's own account: name, e-mail, password, the browsers that are signed in, tokens of bots, and a guest's way back. */

import { api, get, post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { confirm } from "../ui/dialogs.js";
import { button, fill, form, h, icon } from "../ui/elements.js";
import { ago } from "../ui/time.js";
import { botTokens } from "./bot-tokens.js";
import { deviceName } from "./device-name.js";
import { ownData } from "./own-data.js";
import { seatLink } from "./seat-link.js";
import { secondFactor } from "./second-factor.js";
import { signInWords } from "./sign-in-words.js";
import { address } from "../net/address.js";

/**
 * @typedef {{userId: string, name: string, email: string|null, guest: boolean, admin: boolean}} Me
 * @typedef {{id: string, device: string, createdAt: string, lastUsedAt: string, current: boolean}} SignIn
 * @typedef {import("./sign-in-words.js").SignInLine} SignInLine
 */

/** @param {HTMLElement} app */
export async function openAccount(app) {
  document.title = "Your account · Hexroom";
  /** @type {Me|null} */
  const me = await get("me").catch(() => null);
  if (!me) return location.assign(address(`/?next=${encodeURIComponent("/account")}`));
  const signIns = h("section.stack");
  fill(
    app,
    h(
      ".page",
      h(
        ".inner.narrow",
        h(
          "header.top",
          h("a.brand", { href: address("/") }, icon("hex"), "Hexroom"),
          h("span.grow"),
          me.admin && h("a.btn.ghost.small", { href: address("/admin") }, "Server"),
          h("a.btn.ghost.small", { href: address("/") }, "Campaigns"),
        ),
        h(
          "main.stack.roomy",
          h("h1", "Your account"),
          nameForm(me),
          me.guest ? wayBack() : secrets(me),
          !me.guest && secondFactor(),
          signIns,
          !me.guest && botTokens(),
          ownData(me),
        ),
      ),
    ),
  );
  await listSignIns(signIns);
}

/** @param {Me} me */
function nameForm(me) {
  const name = h("input", { name: "name", required: true, maxLength: 80, value: me.name, autocomplete: "nickname" });
  return form(
    "form.stack",
    () =>
      change(
        { name: name.value.trim() },
        "Your name is changed. At tables where you sit already you keep the old one.",
      ),
    h("label", "Name", h(".row", name, h("button.btn", "Save"))),
  );
}

/** @param {Me} me */
function secrets(me) {
  const email = h("input", { name: "email", type: "email", required: true, value: me.email, autocomplete: "email" });
  const password = h("input", { name: "new", type: "password", minLength: 8, autocomplete: "new-password" });
  const current = h("input", { name: "current", type: "password", required: true, autocomplete: "current-password" });
  const save = async () => {
    const body = { currentPassword: current.value };
    if (email.value !== me.email) Object.assign(body, { email: email.value });
    if (password.value) Object.assign(body, { password: password.value });
    if (Object.keys(body).length === 1) return toast("Nothing is changed yet.");
    await change(body, "email" in body || !password.value ? "Saved." : "Saved. Other browsers were signed out.");
    current.value = "";
    password.value = "";
  };
  return form(
    "form.stack",
    save,
    h("h2", "E-mail and password"),
    h("label", "E-mail", email),
    h("label", "New password", password, h("span.dim.small", "Leave it empty to keep the old one.")),
    h("label", "Your password now", current),
    h(".row.end", h("button.btn.primary", "Save")),
  );
}

function wayBack() {
  const node = h("section.stack");
  const make = async () => {
    try {
      const { url } = await post("me/way-back");
      fill(
        node,
        h("h2", "Your way back"),
        h("p", "Keep this link. It opens your seat on any device; whoever has it sits there as you."),
        ...seatLink("Your way back", url),
      );
    } catch (error) {
      complain(error);
    }
  };
  return fill(
    node,
    h("h2", "Your way back"),
    h("p.dim", "You are a guest: this browser is your key. A link lets you back in on another one."),
    h(".row", button("Make a link", { class: "btn primary", onclick: make }, "link")),
    h("p.dim.small", "A new link replaces the one before."),
  );
}

/** @param {HTMLElement} node */
async function listSignIns(node) {
  /** @type {SignIn[]} */
  const all = (await get("me/sign-ins").catch((error) => (complain(error), { signIns: [] }))).signIns;
  const end = (/** @type {SignIn} */ one) =>
    api("DELETE", `me/sign-ins/${one.id}`).then(() => listSignIns(node), complain);
  const endOthers = async () => {
    const text = "Every other browser and every bot of yours has to sign in again.";
    if (!(await confirm("Sign out everywhere else?", text, "Sign out"))) return;
    await api("DELETE", "me/sign-ins").then(() => listSignIns(node), complain);
  };
  fill(
    node,
    h("h2", "Where you are signed in"),
    h(
      "ul.plainlist",
      all.map((one) =>
        h(
          "li.row",
          h(
            ".grow",
            h(".who", deviceName(one.device)),
            h(".dim.small", one.current ? "this browser" : `used ${ago(one.lastUsedAt)}`),
          ),
          !one.current &&
            button(`Sign out ${deviceName(one.device)}`, { class: "btn small", onclick: () => end(one) }, "out"),
        ),
      ),
    ),
    all.length > 1 && h(".row", button("Sign out everywhere else", { onclick: endOthers })),
    await latestSignIns(),
  );
}

/** How many sign-ins are shown: what came before is in the data that one can download. */
const SHOWN = 20;

/** Returns how the account was signed in to lately, and what was refused. */
async function latestSignIns() {
  /** @type {SignInLine[]} */
  const lines = (await get("me/sign-in-log").catch((error) => (complain(error), { lines: [] }))).lines;
  return (
    lines.length > 0 &&
    h(
      "details",
      h("summary", "Latest sign-ins"),
      h(
        "ul.plainlist.lines",
        lines.slice(0, SHOWN).map((line) => h("li.small", signInWords(line))),
      ),
    )
  );
}

/** @param {Record<string, string>} body @param {string} done */
async function change(body, done) {
  try {
    await api("PATCH", "me", body);
    toast(done, { kind: "good" });
  } catch (error) {
    complain(error);
  }
}
