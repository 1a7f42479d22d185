// @ts-check
/** The first screen: getting in for those who are new, the campaigns for those who are not. */

import { openPanel } from "../ui/dialogs.js";
import { button, choice, fill, form, h, icon } from "../ui/elements.js";
import { ago, meeting } from "../ui/time.js";
import { ROLES, list } from "../ui/text.js";
import { checkSignedIn, get, post } from "../net/api.js";
import { complain } from "../table/notices.js";
import { scape } from "./landscape.js";
import { putAway } from "./put-away.js";
import { codeField } from "./second-factor.js";
import { address } from "../net/address.js";

/** @typedef {import("../net/answers.js").CampaignCard} CampaignCard */

/** @param {HTMLElement} app */
export async function openHome(app) {
  const me = await get("me").catch((error) => (error.status === 401 ? null : (complain(error), null)));
  document.title = "Hexroom";
  me ? campaigns(app, me) : gate(app);
}

/** Why somebody came back from another service without being signed in. @type {Record<string, string>} */
const PROBLEMS = {
  cancelled: "You were not signed in: the other service said no, or you did.",
  expired: "That took too long, or came from another browser. Try again.",
  refused:
    "The other service's answer could not be trusted, so nobody was signed in. Whoever runs this server finds the reason in its log.",
  provider: "The other service does not answer just now. Try again later, or sign in with your password.",
  taken:
    "There is an account here with your e-mail already. Sign in with its password once; then the other service opens it too.",
  closed:
    "Nobody can make an account here just now: open the invite link your DM sent you first, or ask whoever runs this server.",
};

/** Returns buttons for the services that people can sign in by. */
function services() {
  const node = h("div.stack");
  const button = (/** @type {string} */ name) =>
    h("a.btn.wide", { href: address("/api/auth/oidc/start") }, `Continue with ${name}`);
  get("auth/services").then(
    ({ services: names }) => fill(node, names.map(button)),
    () => undefined,
  );
  return node;
}

/** @param {HTMLElement} app */
function gate(app) {
  const land = scape();
  // Who was sent here from a table has been at it before.
  let fresh = !location.search.includes("next=");
  const filled = () => /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(card)));
  const card = form("form.stack", () => submit(filled()));
  /** Signs up or in by what was filled in, and a passkey perhaps. @param {Record<string, unknown>} body */
  const submit = async (body) => {
    fill(error);
    try {
      await post(fresh ? "auth/signup" : "auth/login", body);
      await checkSignedIn();
      const next = new URLSearchParams(location.search).get("next") ?? "";
      if (/^\/(c\/[\w-]+(\/home)?|join\/[\w-]+|account|admin)$/.test(next)) return location.assign(address(next));
      land.close();
      await openHome(app);
    } catch (failure) {
      const { code, message } = /** @type {import("../net/api.js").ApiError} */ (failure);
      if (code === "code_needed" && askCode()) return usePasskey(false);
      const wrongCode = code === "code_needed" && !body.passkey;
      fill(error, wrongCode ? "This code does not fit, or was used before." : message);
    }
  };
  const second = h("div.stack");
  /** Asks for a passkey where the account has one here, and goes on with it. @param {boolean} aloud whether to say why not */
  const usePasskey = async (aloud) => {
    const { email, password } = filled();
    try {
      const { canUsePasskeys, signChallenge } = await import("./passkeys.js");
      if (!canUsePasskeys()) return;
      const challenge = await post("auth/passkey", { email, password });
      if (second.children.length === 1)
        second.append(button("Use a passkey", { class: "btn wide", onclick: () => usePasskey(true) }));
      await submit({ email, password, passkey: await signChallenge(challenge) });
    } catch (failure) {
      const { code, message } = /** @type {import("../net/api.js").ApiError} */ (failure);
      if (aloud || code !== "invalid_state") fill(error, message);
    }
  };
  /** Asks for a code after the password; returns whether it was not asked for before. */
  const askCode = () => {
    if (second.hasChildNodes()) return false;
    const field = codeField();
    fill(second, h("label", "Code of your authenticator app, or a recovery code", field));
    field.focus();
    return true;
  };
  const problem = PROBLEMS[new URLSearchParams(location.search).get("problem") ?? ""] ?? "";
  const error = h("p.danger-text", { role: "alert" }, problem);
  const kind = h("div");
  const draw = () => {
    fill(second);
    fill(
      kind,
      choice(
        "Account",
        [
          [true, "I am new"],
          [false, "I have an account"],
        ],
        fresh,
        (is) => {
          fresh = is;
          draw();
        },
        "seg.wide",
      ),
    );
    fill(
      card,
      fresh &&
        h(
          "label",
          "Name",
          h("input", {
            name: "name",
            required: true,
            maxLength: 80,
            autocomplete: "nickname",
            placeholder: "What players call you",
          }),
        ),
      h("label", "Email", h("input", { name: "email", type: "email", required: true, autocomplete: "email" })),
      h(
        "label",
        "Password",
        h("input", {
          name: "password",
          type: "password",
          required: true,
          minLength: fresh ? 8 : 1,
          autocomplete: fresh ? "new-password" : "current-password",
          placeholder: fresh ? "At least 8 characters" : "",
        }),
      ),
      second,
      error,
      h("button.btn.primary.wide", fresh ? "Create your table" : "Sign in"),
      !fresh && h("a.small", { href: address("/forgotten") }, "Forgotten your password?"),
    );
  };
  draw();
  const link = h("input", { type: "text", placeholder: "Paste it here", aria: { label: "Invite link" } });
  fill(
    app,
    h(
      ".hero.page",
      land.node,
      h(
        "header.pitch",
        h(
          ".words",
          h("h1", "You hold the map. They see what you show them."),
          h(
            "p",
            "Hexroom is a table for hex crawls: lift the fog for everyone or for one, prepare in secret, take anything back. Players need a link and a name.",
          ),
        ),
      ),
      h(
        "main.gate",
        h("span.brand", icon("hex"), "Hexroom"),
        kind,
        card,
        services(),
        h("hr"),
        form(
          "form.stack",
          () => {
            const token = /([A-Za-z0-9_-]{16,})\/?$/.exec(link.value.trim())?.[1];
            token
              ? location.assign(address(`/join/${token}`))
              : complain(new Error("That does not look like an invite link."));
          },
          h("h2", "Were you sent an invite link?"),
          h(".row", link, h("button.btn", "Join")),
        ),
      ),
    ),
  );
}

/** @param {HTMLElement} app @param {any} me */
async function campaigns(app, me) {
  const grid = h(".cards");
  const hello = h("h1", `Welcome, ${me.name}`);
  const sub = h("p.dim");
  fill(
    app,
    h(
      ".page",
      h(
        ".inner",
        h(
          "header.top",
          h("a.brand", { href: address("/") }, icon("hex"), "Hexroom"),
          h("span.grow"),
          me.admin && h("a.btn.ghost.small", { href: address("/admin") }, "Server"),
          h("a.btn.ghost.small", { href: address("/account") }, "Account"),
          button(
            "Sign out",
            {
              class: "btn ghost small",
              onclick: () => post("auth/logout").then(() => location.assign(address("/")), complain),
            },
            "out",
          ),
        ),
        h("main", hello, sub, grid, putAway()),
      ),
    ),
  );
  const { campaigns: all } = await get("campaigns").catch((error) => (complain(error), { campaigns: [] }));
  fill(
    sub,
    all.length
      ? "Your campaigns"
      : me.guest
        ? "You are at no table. Open the invite link your DM sent you."
        : "A campaign is a map and the people who explore it. Make your first one; it takes a minute.",
  );
  fill(
    grid,
    all.map((/** @type {CampaignCard} */ c, /** @type {number} */ n) =>
      h(
        ".carded",
        h(
          "a.card",
          { href: address(`/c/${c.id}`) },
          face(c, n),
          h("h2", c.name),
          h("span.role", { data: { role: c.role } }, ROLES[c.role] ?? c.role),
          h(
            ".dim.small",
            here(c),
            h("br"),
            c.lastSession
              ? c.lastSession.endedAt
                ? `Last session ${ago(c.lastSession.startedAt)}`
                : `Session ${c.lastSession.status === "paused" ? "paused" : "running"} since ${ago(c.lastSession.startedAt)}`
              : "No session yet",
            c.nextAt && new Date(c.nextAt) > new Date() && [h("br"), `Next: ${meeting(c.nextAt)}`],
          ),
        ),
        h("a.small.to-home", { href: address(`/c/${c.id}/home`), aria: { label: "About this campaign" } }, "About"),
      ),
    ),
    !me.guest && h("button.card.new", { onclick: create }, icon("plus"), "New campaign"),
  );
}

/** How many cards show their map: to draw it, the server opens the room. */
const MAPS = 6;

/** Returns the campaign's cover, or the map as far as one was shown it. @param {CampaignCard} c @param {number} n its place */
function face(c, n) {
  if (!c.cover && n >= MAPS) return null;
  const path = c.cover ? `cover/${c.cover}` : "map/export?format=png&side=480";
  const image = h("img.face", { src: address(`/api/campaigns/${c.id}/${path}`), alt: "", loading: "lazy" });
  image.addEventListener("error", () => image.remove());
  return image;
}

/** @param {CampaignCard} c */
function here(c) {
  const online = Array.isArray(c.online) ? c.online : [];
  if (!Array.isArray(c.online)) return c.online ? `${c.online} at the table` : "Nobody at the table";
  return online.length
    ? `${list(online.map((p) => (typeof p === "string" ? p : p.name)))} at the table`
    : "Nobody at the table";
}

/** The new campaign: a name, and a map that is shown while it is made. */
async function create() {
  const { mapMaker } = await import("../dm/generator.js");
  const name = h("input", {
    name: "name",
    required: true,
    maxLength: 80,
    placeholder: "The Sunken Marches",
    autofocus: true,
  });
  const go = h("button.btn.primary", "Create campaign");
  const maker = mapMaker((is) => {
    go.disabled = !is;
  });
  let id = "";
  openPanel(
    "New campaign",
    maker,
    form(
      "form.stack",
      async () => {
        try {
          // Asked again after the map was refused, the campaign is not made twice.
          id ||= (await post("campaigns", { name: name.value.trim() })).id;
          await maker.store(id);
          location.assign(address(`/c/${id}`));
        } catch (error) {
          complain(error);
        }
      },
      h("label", "Name", name),
      maker.node,
      h(".row.end", go),
    ),
  );
}
