// @ts-check
/** The home page of a campaign, for its members: what it is, when one meets next, who is in, recaps, and the map to take along. */

import { address } from "../net/address.js";
import { api, get } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { button, fill, form, h, icon } from "../ui/elements.js";
import { ROLES } from "../ui/text.js";
import { ago, meeting } from "../ui/time.js";
import { openClosed } from "./denied.js";

/** @typedef {{name: string, description: string, nextAt: string|null, cover: string|null, archived: boolean}} About */
/** @typedef {{userId: string, name: string, role: import("../model/types.js").Role, online: boolean}} Member */
/** @typedef {import("../net/answers.js").PastSession} PastSession */

/** Formats of the map, for people and for programs. */
const FILES = [
  ["png", "Picture"],
  ["pdf", "To print"],
  ["svg", "Drawing"],
  ["json", "Hexroom map"],
  ["text", "Text Mapper"],
];

/** @param {HTMLElement} app @param {string} id */
export async function openCampaignHome(app, id) {
  const path = `campaigns/${id}`;
  /** @type {[About, {role: string, members: Member[]}, {sessions: PastSession[]}]} */
  let answers;
  try {
    answers = await Promise.all([get(`${path}/about`), get(path), get(`${path}/sessions`)]);
  } catch (error) {
    const { status } = /** @type {{status: number}} */ (error);
    if (status === 401 || status === 404 || status === 400) return openClosed(app, status === 401 ? 4001 : 4003);
    return complain(error);
  }
  const [about, { role, members }, { sessions }] = answers;
  const dm = role === "dm";
  document.title = `${about.name} · Hexroom`;
  const again = () => openCampaignHome(app, id).catch(complain);
  fill(
    app,
    h(
      ".page",
      h(
        ".inner.campaign-home",
        h(
          "header.top",
          h("a.brand", { href: address("/") }, icon("hex"), "Hexroom"),
          h("span.grow"),
          h("a.btn.ghost.small", { href: address("/") }, "Campaigns"),
        ),
        h(
          "main.stack.roomy",
          cover(id, about.cover),
          h(
            ".row.wrap",
            h("h1.grow", about.name),
            h("a.btn.primary", { href: address(`/c/${id}`) }, about.archived ? "Look at the map" : "To the table"),
          ),
          about.description && h("p.description", about.description),
          h(
            ".halves",
            section(
              "Next session",
              about.nextAt ? h("p.when", meeting(about.nextAt)) : h("p.dim", "No date yet."),
              dm && !about.archived && dateForm(path, about.nextAt, again),
            ),
            section("Who is in", h("ul.plainlist", members.map(memberRow))),
            section("What happened", recaps(id, sessions, dm)),
            section(
              "The map, to take along",
              h("p.dim.small", dm ? "As you see it, secrets and all." : "What you were shown, and no more."),
              h(
                ".row.wrap",
                FILES.map(([format, label]) => fileLink(path, format, label)),
              ),
            ),
          ),
          dm && !about.archived && section("Cover", coverForm(path, about.cover, again)),
        ),
      ),
    ),
  );
}

/** @param {string} title @param {...import("../ui/elements.js").Child} children */
const section = (title, ...children) => h("section.stack", h("h2", title), ...children);

/** Returns the cover, or the map as far as one was shown it. @param {string} id @param {string|null} picture */
function cover(id, picture) {
  const path = picture ? `cover/${picture}` : "map/export?format=png&side=1200";
  const alt = picture ? "" : "The map, as far as you know it";
  const image = h("img.cover", {
    src: address(`/api/campaigns/${id}/${path}`),
    alt,
    data: { of: picture ? "cover" : "map" },
  });
  // Who was shown nothing yet has no map.
  image.addEventListener("error", () => image.remove());
  return image;
}

/** @param {Member} member */
function memberRow(member) {
  return h(
    "li.row",
    h("span.grow", member.name, h("span.dim", ` · ${ROLES[member.role] ?? member.role}`)),
    member.online && h("span.small", "at the table"),
  );
}

/** @param {string} id @param {PastSession[]} sessions @param {boolean} dm */
function recaps(id, sessions, dm) {
  const past = sessions.filter((session) => session.endedAt);
  if (!past.length) return h("p.dim", "After each session its recap is here.");
  const row = (/** @type {PastSession} */ session) =>
    h(
      "li.row.wrap",
      h("span.grow", day(session.startedAt), h("span.dim", ` · ${ago(session.startedAt)}`)),
      h(
        "a.btn.small",
        {
          href: address(`/api/sessions/${session.id}/recap?format=html${dm ? "&as=players" : ""}`),
          target: "_blank",
          rel: "noopener",
        },
        "Recap",
      ),
      h("a.btn.small", { href: address(`/c/${id}?session=${session.id}`) }, "Watch"),
    );
  return h("ul.plainlist", past.slice(0, 12).map(row));
}

/** @param {string} at */
const day = (at) => new Date(at).toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" });

/** @param {string} path @param {string} format @param {string} label */
const fileLink = (path, format, label) =>
  h("a.btn.small", { href: address(`/api/${path}/map/export?format=${format}&labels=1`), download: "" }, label);

/** @param {string} path @param {string|null} at @param {() => void} again */
function dateForm(path, at, again) {
  const field = h("input", {
    type: "datetime-local",
    required: true,
    value: at ? localTime(at) : "",
    aria: { label: "When you meet next" },
  });
  const save = (/** @type {string|null} */ nextAt) =>
    api("PATCH", path, { nextAt }).then(() => {
      toast(nextAt ? "Your players see the date here." : "There is no date any more.");
      again();
    }, complain);
  return form(
    "form.row.wrap",
    () => save(new Date(field.value).toISOString()),
    field,
    h("button.btn.small", at ? "Change" : "Set"),
    at && button("Take back", { class: "btn ghost small", onclick: () => save(null) }),
  );
}

/** Returns a time as a field for local times has it. @param {string} at */
function localTime(at) {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {string} path @param {string|null} picture @param {() => void} again */
function coverForm(path, picture, again) {
  const file = h("input", {
    type: "file",
    accept: "image/png,image/jpeg,image/webp",
    aria: { label: "Picture for the cover" },
  });
  file.addEventListener("change", () => {
    if (file.files?.[0]) api("PUT", `${path}/cover`, file.files[0]).then(again, complain);
  });
  return h(
    ".row.wrap",
    file,
    picture &&
      button("Without cover", {
        class: "btn ghost small",
        onclick: () => api("DELETE", `${path}/cover`).then(again, complain),
      }),
    h("p.dim.small", "PNG, JPEG or WebP, up to 10 MB. Without one, members see the map as far as they know it."),
  );
}
