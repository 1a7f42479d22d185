// @ts-check
/** The invite link: a name, one button, and one is on the map. */

import { fill, form, h, icon } from "../ui/elements.js";
import { ROLES } from "../ui/text.js";
import { checkSignedIn, get, post } from "../net/api.js";
import { scape } from "./landscape.js";
import { markNewSeat } from "./seat-link.js";
import { address } from "../net/address.js";

const DEAD = "This link no longer works. Ask your DM for a new one.";
const LOOK_MS = 4000;

/** @param {HTMLElement} app @param {string} token */
export async function openJoin(app, token) {
  const land = scape();
  const error = h("p.danger-text", { role: "alert" });
  const name = h("input", {
    name: "name",
    required: true,
    maxLength: 80,
    autocomplete: "nickname",
    placeholder: "Ana",
    autofocus: true,
    enterKeyHint: "go",
  });
  const go = h("button.btn.primary.wide", "Take a seat");
  const title = h("h1", "You are invited");
  const greeting = h("p.dim", "Your DM holds the map. What they reveal, you see here.");
  const patience = h(".patience", { role: "status", hidden: true });
  const label = h("label", "Your name at the table", name);
  /** @type {any} */
  let me = null;
  const card = form(
    "form",
    async () => {
      fill(error);
      try {
        const { campaignId, waiting } = await post(
          `invites/${encodeURIComponent(token)}/accept`,
          me ? {} : { name: name.value.trim() },
        );
        if (!me) {
          await checkSignedIn();
          markNewSeat();
        }
        if (waiting) wait();
        else enter(campaignId);
      } catch (failure) {
        const { status, message } = /** @type {import("../net/api.js").ApiError} */ (failure);
        fill(error, status === 404 || status === 410 ? DEAD : message);
      }
    },
    label,
    error,
    go,
  );
  // Until it is known who asks, the form could only ask for the wrong thing.
  card.hidden = true;
  const enter = (/** @type {string} */ campaignId) => location.assign(address(`/c/${campaignId}${location.search}`));

  /** Says that the DM was asked, and goes on by itself once somebody is let in. */
  function wait() {
    me ??= {};
    card.hidden = true;
    patience.hidden = false;
    fill(greeting);
    fill(
      patience,
      h("span.pulse", { aria: { hidden: true } }),
      h("strong", "Your DM was asked to let you in."),
      h("span.dim", "Keep this page open: it goes on by itself."),
    );
    setTimeout(look, LOOK_MS);
  }

  async function look() {
    const now = await get(`invites/${encodeURIComponent(token)}/request`).catch((failure) => failure);
    if (now.standing === "in") return enter(now.campaignId);
    // Whatever else comes of a look, but for a plain no, is worth another one.
    if (now.standing !== "out" && now.status !== 404) return void setTimeout(look, LOOK_MS);
    card.hidden = false;
    patience.hidden = true;
    label.hidden = true;
    name.required = false;
    fill(error, now.status === 404 ? DEAD : "Your DM did not let you in. You can ask again.");
    fill(go, "Ask again");
    go.focus();
  }

  fill(
    app,
    h(
      ".join",
      land.node,
      h(
        "main.join-card",
        h("span.brand.row", { vars: { "justify-content": "center" } }, icon("hex"), "Hexroom"),
        title,
        greeting,
        patience,
        card,
      ),
    ),
  );
  const [who, invite, now] = await Promise.all(
    ["me", `invites/${token}`, `invites/${token}/request`].map((path) => get(path).catch(() => null)),
  );
  me = who;
  if (invite?.campaignName) fill(title, invite.campaignName);
  if (invite?.approval) fill(go, "Ask to come in");
  if (now?.standing === "waiting") return wait();
  card.hidden = false;
  if (me) {
    label.hidden = true;
    name.required = false;
    fill(
      greeting,
      `You join as ${me.name}${invite?.role ? `, as ${ROLES[invite.role]?.toLowerCase() === "dm" ? "DM" : ROLES[invite.role]?.toLowerCase()}` : ""}.`,
    );
    go.focus();
  } else name.focus();
}
