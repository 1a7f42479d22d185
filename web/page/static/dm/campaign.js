// @ts-check
/** The campaign as its DM keeps it: name, description, a copy to begin anew with, another keeper, the archive, the end. */

import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choices, form, h } from "../ui/elements.js";
import { api, get, post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";
import { address } from "../net/address.js";

/** @typedef {import("./merge.js").Member} Member */

/** @param {import("../table/types.js").Table} table */
export async function open(table) {
  const path = `campaigns/${table.campaignId}`;
  const [about, { members }] = await Promise.all([get(`${path}/about`), get(`${path}/members`)]);
  const me = table.room.get().userId;
  const others = members.filter((/** @type {Member} */ m) => m.role === "dm" && m.userId !== me && !m.guest);
  const leave = () => location.assign(address("/"));
  openDialog(
    "This campaign",
    describing(path, about),
    h("hr"),
    duplicating(path, about.name),
    ...(others.length ? [h("hr"), handingOver(path, others)] : []),
    h("hr"),
    h(
      ".row.wrap",
      button(about.archived ? "Take out of the archive" : "Archive", { onclick: () => archive(path, about.archived) }),
      button("Delete campaign", { class: "btn danger", onclick: () => remove(path, about.name, leave) }, "trash"),
    ),
    h(
      "p.dim.small",
      "An archived campaign can be read by its members, and nobody changes it. Take it out again when you like.",
    ),
  );
}

/** @param {string} path @param {{name: string, description: string}} about */
function describing(path, about) {
  const name = h("input", { required: true, maxLength: 80, value: about.name });
  const description = h("textarea", { rows: 3, maxLength: 2000, value: about.description });
  const save = async () => {
    try {
      await api("PATCH", path, { name: name.value.trim(), description: description.value });
      toast("Saved.");
    } catch (error) {
      complain(error);
    }
  };
  return form(
    "form.stack",
    save,
    h("label", "Name", name),
    h("label", "What it is about", description),
    h(".row.end", h("button.btn.primary", "Save")),
  );
}

/** @param {string} path @param {string} now */
function duplicating(path, now) {
  const name = h("input", { required: true, maxLength: 80, value: `${now}, again`.slice(0, 80) });
  const make = async () => {
    try {
      location.assign(address(`/c/${(await post(`${path}/duplicate`, { name: name.value.trim() })).id}`));
    } catch (error) {
      complain(error);
    }
  };
  return form(
    "form.stack",
    make,
    h("label", "Begin another with the same map", name),
    h(
      "p.dim.small",
      "It has your map, notes, places, rules and settings. Players, tokens and all that happened stay here.",
    ),
    h(".row.end", h("button.btn", "Duplicate")),
  );
}

/** @param {string} path @param {Member[]} others */
function handingOver(path, others) {
  const to = h(
    "select",
    choices(
      others.map((m) => [m.userId, m.name]),
      others[0].userId,
    ),
  );
  const hand = async () => {
    try {
      await api("PUT", `${path}/keeper`, { to: to.value });
      toast("Handed over. It counts among their campaigns now; you stay a DM of it.");
    } catch (error) {
      complain(error);
    }
  };
  return form("form.stack", hand, h("label", "Hand over to", to), h(".row.end", h("button.btn", "Hand over")));
}

/** @param {string} path @param {boolean} archived */
async function archive(path, archived) {
  try {
    await api("PUT", `${path}/archived`, { archived: !archived });
    archived ? location.reload() : location.assign(address("/"));
  } catch (error) {
    complain(error);
  }
}

/** @param {string} path @param {string} name @param {() => void} leave */
async function remove(path, name, leave) {
  const text = "Nobody can open it any more. You have thirty days to take it back, on the page of your campaigns.";
  if (await confirm(`Delete ${name}?`, text, "Delete")) api("DELETE", path).then(leave, complain);
}
