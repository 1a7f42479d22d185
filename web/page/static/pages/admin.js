// @ts-check
/** The server, for its admins: what is wrong, people, campaigns, settings, and what admins did. */

import { api, get, post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choice, fill, h, icon } from "../ui/elements.js";
import { count } from "../ui/text.js";
import { ago } from "../ui/time.js";
import { showCard } from "./card.js";
import { copyField } from "./copy-field.js";
import { signInWords } from "./sign-in-words.js";
import { address } from "../net/address.js";

/**
 * @typedef {{id: string, name: string, email: string|null, guest: boolean, admin: boolean, createdAt: string, lastSeenAt: string|null, campaigns: number, secondFactor: boolean}} Person
 * @typedef {{id: string, name: string, members: number, events: number, lastSessionAt: string|null, deletedAt: string|null}} Campaign
 * @typedef {{version: string, accounts: number, guests: number, campaigns: number, events: number, databaseBytes: number, picturesBytes: number, diskFreeBytes: number, diskBytes: number, nodes: Node[], reportLagS: number, formerNames: FormerNames, quarantined: {id: string, name: string, why: string}[], settings: {name: string, value: string, meaning: string}[]}} Overview
 * @typedef {{campaigns: number, lagS: number, byItself: boolean, failed: {id: string, name: string, why: string}[]}} FormerNames
 * @typedef {{name: string, alive: boolean, startedAt: string, rooms: number}} Node
 * @typedef {{at: string, actor: string, action: string, subject: string, detail: string}} LogLine
 */

const VIEWS = /** @type {const} */ ([
  ["health", "Server"],
  ["people", "People"],
  ["campaigns", "Campaigns"],
  ["settings", "Settings"],
  ["log", "Log"],
]);

/** @param {HTMLElement} app */
export async function openAdmin(app) {
  /** @type {Overview} */
  let overview;
  try {
    overview = await get("admin");
  } catch (error) {
    const { status, message } = /** @type {{status: number, message: string}} */ (error);
    if (status === 401) return location.assign(address(`/?next=${encodeURIComponent("/admin")}`));
    const text = status === 403 ? "This page is for the server's admins." : message;
    return showCard(
      app,
      "Not for you",
      h("p.dim", text),
      h("a.btn.primary.wide", { href: address("/") }, "To your campaigns"),
    );
  }
  document.title = "Server · Hexroom";
  const body = h("section.stack.roomy");
  const tabs = h("div");
  const views = {
    health: () => showHealth(body, overview),
    people: () => showPeople(body),
    campaigns: () => showCampaigns(body),
    settings: () => showSettings(body, overview),
    log: () => showLog(body),
  };
  const open = (/** @type {keyof typeof views} */ view) => {
    /** @type {import("../ui/elements.js").Option<keyof typeof views>[]} */
    const options = VIEWS.map(([id, label]) => [id, label]);
    fill(tabs, choice("What to see", options, view, open, "seg"));
    Promise.resolve(views[view]()).catch(complain);
  };
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
          h("a.btn.ghost.small", { href: address("/account") }, "Account"),
          h("a.btn.ghost.small", { href: address("/") }, "Campaigns"),
        ),
        h("main.stack.roomy", h("h1", "This server"), tabs, body),
      ),
    ),
  );
  open("health");
}

/** @param {HTMLElement} body @param {Overview} overview */
function showHealth(body, overview) {
  const facts = [
    ["Version", overview.version],
    ["Accounts", `${overview.accounts}, and ${count(overview.guests, "guest")}`],
    ["Campaigns", String(overview.campaigns)],
    ["Events in the record", `about ${overview.events.toLocaleString()}`],
    ["Database", bytes(overview.databaseBytes)],
    ["Pictures", bytes(overview.picturesBytes)],
    ["Disk", `${bytes(overview.diskFreeBytes)} of ${bytes(overview.diskBytes)} free`],
    ["Nodes", overview.nodes.length ? h("ul.plainlist.lines", overview.nodes.map(nodeRow)) : "This server alone"],
    ["Report tables", overview.reportLagS > 1 ? `${Math.round(overview.reportLagS)} s behind` : "up to date"],
    ["Deleted accounts", formerNames(overview.formerNames)],
  ];
  const broken = overview.quarantined.map(({ id, name, why }) =>
    h(
      "li",
      h("strong", name || id),
      ` cannot be opened: ${why}. The other campaigns go on.`,
      h(
        "ol",
        h("li", h("code", `hexroom verify ${id}`), " names the first event that does not hold."),
        h("li", "Update Hexroom first if another node here is newer: it may have written what this one cannot read."),
        h(
          "li",
          "Else put the last good backup beside it: ",
          h("code", "hexroom restore FILE"),
          " on another machine, ",
          h("code", `hexroom export ${id} FILE`),
          " there, or play on there.",
        ),
        h("li", "It is tried again when somebody opens it."),
      ),
    ),
  );
  fill(
    body,
    broken.length > 0
      ? h(
          "section.stack",
          { role: "alert" },
          h("h2.danger-text", `${count(broken.length, "room")} to repair`),
          h("ul.todo", broken),
        )
      : h("p", "Every room that was opened is whole."),
    h("dl.facts", facts.map(([name, value]) => [h("dt", name), h("dd", value)]).flat()),
    h(
      "p.dim.small",
      "On the server, ",
      h("code", "hexroom doctor"),
      " checks more: disk, clock, mail, the public address.",
    ),
  );
}

/** @param {FormerNames} names */
function formerNames({ campaigns, lagS, byItself, failed }) {
  if (campaigns === 0) return "no stored event names them";
  const where = `events of ${count(campaigns, "campaign")} still name them, which nobody is shown`;
  if (!byItself) return [where, ": ", h("code", "hexroom campaign reseal --all"), " takes the names out."];
  const since = `${where}. The server takes the names out; the oldest waits for ${count(Math.ceil(lagS / 60), "minute")}.`;
  if (failed.length === 0) return since;
  const rows = failed.map(({ id, name, why }) =>
    h("li", h("strong", name || id), ` could not be written anew: ${why}. It is tried again by itself.`),
  );
  return [since, h("ul.plainlist.lines", rows)];
}

/** @param {Node} node */
function nodeRow(node) {
  const is = node.alive ? `${count(node.rooms, "room")}, since ${ago(node.startedAt)}` : "gone";
  return h("li", node.name, h("span.dim", ` · ${is}`));
}

/** @param {HTMLElement} body */
async function showPeople(body) {
  const search = h("input", { type: "search", placeholder: "Name, e-mail or id", aria: { label: "Find people" } });
  const guests = h("input", { type: "checkbox" });
  const rows = h("div");
  const draw = async () => {
    const query = new URLSearchParams({ search: search.value.trim(), guests: guests.checked ? "1" : "0" });
    /** @type {Person[]} */
    const people = (await get(`admin/people?${query}`)).people;
    fill(
      rows,
      people.length
        ? h(
            "ul.plainlist",
            people.map((person) => personRow(person, draw)),
          )
        : h("p.dim", "Nobody is called that."),
    );
  };
  const again = () => draw().catch(complain);
  search.addEventListener("input", again);
  guests.addEventListener("change", again);
  fill(body, h(".row.wrap", h(".grow", search), h("label.check", guests, "Guests too")), rows);
  await draw();
}

/** @param {Person} person @param {() => Promise<void>} draw */
function personRow(person, draw) {
  const path = `admin/people/${person.id}`;
  const done = (/** @type {string} */ text) => () => {
    toast(text, { kind: "good" });
    return draw();
  };
  const reset = async () => {
    const { url } = await post(`${path}/reset`);
    const text = `Give this link to ${person.name} in a way that only they can read. It sets a new password, once, within an hour; then every browser is signed out and every token revoked.`;
    openDialog("A new password", h("p", text), copyField("Link for a new password", url));
  };
  const endFactor = async () => {
    const text = `Do so for who lost their authenticator app or passkeys, and the recovery codes, once you know that it is ${person.name} who asks. The password stays as it is.`;
    if (!(await confirm(`Switch off the second factor of ${person.name}?`, text, "Switch off"))) return;
    await api("DELETE", `${path}/second-factor`).then(done(`${person.name} signs in by password alone now.`));
  };
  const signOut = async () => {
    const text = "All their browsers and bots have to sign in again.";
    if (!(await confirm(`Sign ${person.name} out everywhere?`, text, "Sign out"))) return;
    await api("DELETE", `${path}/sign-ins`).then(done(`${person.name} is signed out.`));
  };
  const remove = async () => {
    const text = `Do so for who cannot do it themselves any more. What goes, for good: ${person.name}'s name, e-mail, password, sign-ins, tokens and seats, and campaigns that nobody else is in. What stays: what happened at tables, told of "a former member", and what they wrote there. Backups made before still have the name.`;
    if (!(await confirm(`Delete the account of ${person.name}?`, text, "Delete"))) return;
    await api("DELETE", path).then(done("The account is deleted."));
  };
  const setAdmin = async () => {
    const admin = !person.admin;
    const text = admin
      ? "Admins see everybody's names and e-mails, make links for new passwords, and delete campaigns. They see no campaign's secrets."
      : "They can no longer open this page.";
    const title = admin ? `Make ${person.name} an admin?` : `Take the admin's rights from ${person.name}?`;
    if (!(await confirm(title, text, admin ? "Make admin" : "Take away", { danger: !admin }))) return;
    await api("PATCH", path, { admin }).then(
      done(admin ? `${person.name} is an admin.` : `${person.name} is no admin any more.`),
    );
  };
  const act = (/** @type {string} */ label, /** @type {() => Promise<void>} */ run, style = "") =>
    button(label, { class: `btn small ${style}`, onclick: () => run().catch(complain) });
  return h(
    "li.row.wrap",
    h(
      ".grow",
      h(
        ".who",
        person.name,
        person.admin && h("span.dim", " · admin"),
        person.secondFactor && h("span.dim", " · second factor"),
      ),
      h(
        ".dim.small",
        `${person.email ?? "guest"} · ${count(person.campaigns, "campaign")} · ${person.lastSeenAt ? `here ${ago(person.lastSeenAt)}` : "never here"}`,
      ),
    ),
    !person.guest && act("New password", reset),
    person.secondFactor && act("Second factor off", endFactor),
    act("Sign out", signOut),
    !person.guest && act(person.admin ? "Take admin away" : "Make admin", setAdmin),
    act("Delete", remove, "danger-text"),
  );
}

/** @param {HTMLElement} body */
async function showCampaigns(body) {
  /** @type {Campaign[]} */
  const campaigns = (await get("admin/campaigns")).campaigns;
  const again = () => showCampaigns(body).catch(complain);
  const remove = async (/** @type {Campaign} */ campaign) => {
    const text = "Its members will not find it any more. For thirty days it can be restored.";
    if (!(await confirm(`Delete ${campaign.name}?`, text, "Delete"))) return;
    await api("DELETE", `admin/campaigns/${campaign.id}`).then(again, complain);
  };
  const restore = (/** @type {Campaign} */ campaign) =>
    post(`admin/campaigns/${campaign.id}/restore`).then(again, complain);
  const row = (/** @type {Campaign} */ campaign) =>
    h(
      "li.row.wrap",
      h(
        ".grow",
        h(".who", campaign.name, campaign.deletedAt && h("span.dim", ` · deleted ${ago(campaign.deletedAt)}`)),
        h(
          ".dim.small",
          `${count(campaign.members, "member")} · ${count(campaign.events, "event")} · ${campaign.lastSessionAt ? `played ${ago(campaign.lastSessionAt)}` : "never played"}`,
        ),
      ),
      campaign.deletedAt
        ? button("Restore", { class: "btn small", onclick: () => restore(campaign) })
        : button("Delete", { class: "btn small danger-text", onclick: () => remove(campaign) }),
    );
  fill(body, campaigns.length ? h("ul.plainlist", campaigns.map(row)) : h("p.dim", "There are no campaigns yet."));
}

/** @param {HTMLElement} body @param {Overview} overview */
function showSettings(body, overview) {
  fill(
    body,
    h("p.dim", "As they are in force; they are set in the server's environment."),
    h(
      "dl.facts",
      overview.settings
        .map(({ name, value, meaning }) => [
          h("dt", h("code", name)),
          h("dd", h(".who", value || "not set"), h(".dim.small", meaning)),
        ])
        .flat(),
    ),
  );
}

/** @param {HTMLElement} body */
async function showLog(body) {
  /** @type {LogLine[]} */
  const lines = (await get("admin/log")).lines;
  const row = (/** @type {LogLine} */ line) =>
    h("li", h("span.dim.small", `${ago(line.at)} · ${line.actor} · `), `${line.action} ${line.detail || line.subject}`);
  /** @type {(import("./sign-in-words.js").SignInLine & {name: string})[]} */
  const signIns = (await get("admin/sign-in-log")).lines;
  fill(
    body,
    h("h2", "What admins did"),
    lines.length ? h("ul.plainlist.lines", lines.map(row)) : h("p.dim", "Nothing yet."),
    h("h2", "Who signed in"),
    h(
      "ul.plainlist.lines",
      signIns.map((line) => h("li", h("span.who", line.name), h("span.dim.small", ` · ${signInWords(line)}`))),
    ),
  );
}

/** @param {number} size in bytes */
function bytes(size) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  let value = size;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${value < 10 && at > 0 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}
