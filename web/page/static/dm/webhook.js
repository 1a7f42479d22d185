// @ts-check
/** Where the recap of each session is posted when it ends: set, tried, forgotten. DMs only; the address is never shown again. */

import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choices, fill, form, h } from "../ui/elements.js";
import { ago } from "../ui/time.js";
import { playersOf } from "../ui/text.js";
import { api, get, post } from "../net/api.js";
import { complain, toast } from "../table/notices.js";

const STATES = /** @type {Record<string, string>} */ ({
  waiting: "waits to be tried again",
  making: "is being written",
  sending: "is being posted",
  sent: "was posted",
  "given up": "was not posted",
});

/** @param {import("../table/types.js").Table} table */
export async function open(table) {
  const path = `campaigns/${table.campaignId}/webhook`;
  const body = h("div", h("p.dim", "Looking…"));
  const dialog = openDialog("Post recaps", body);
  const run = (/** @type {() => Promise<unknown>} */ act) => () => act().catch(complain);

  /** @param {any} now */
  const draw = (now) => {
    const url = h("input", {
      type: "password",
      autocomplete: "off",
      spellcheck: false,
      required: !now.url,
      placeholder: now.url ?? "https://discord.com/api/webhooks/…",
    });
    const players = playersOf(table.room.get().people);
    const audience = h(
      "select",
      choices(
        /** @type {[string, string][]} */ ([
          ["players", "All players: what every one of them was told"],
          ...players.map((p) => [p.userId, `${p.name}: what they were told`]),
          ["dm", "The DM: everything, secrets too"],
        ]),
        now.audience,
      ),
    );
    const picture = h("input", { type: "checkbox", checked: now.picture });
    const save = async () => {
      draw(
        await api("PUT", path, {
          ...(url.value ? { url: url.value.trim() } : {}),
          audience: audience.value,
          picture: picture.checked,
        }),
      );
      toast("Recaps will be posted there when a session ends.");
    };
    const tried = async () => {
      const { ok, why } = await post(`${path}/test`);
      ok ? toast("The test arrived.") : toast(`The test did not arrive: ${why}.`, { kind: "bad" });
    };
    const forget = async () => {
      if (!(await confirm("Post no more recaps?", "The address is forgotten.", "Forget it"))) return;
      await api("DELETE", path);
      draw(await get(path));
    };
    fill(
      body,
      h(
        "p.dim",
        "When a session ends, what happened is posted to a webhook in Discord's form, with a link to watch it again.",
      ),
      now.last &&
        h(
          now.last.state === "given up" ? "strong" : "p",
          { class: "small", role: "status" },
          `The last recap ${STATES[now.last.state] ?? now.last.state}, ${ago(now.last.at)}${now.last.why ? `: ${now.last.why}` : ""}.`,
        ),
      form(
        "form.stack",
        run(save),
        h("label", now.url ? "Address (kept secret; write another one to change it)" : "Address (kept secret)", url),
        h("label", "Told for", audience),
        h("label.check", picture, "With the map, as it opened"),
        h(
          ".row.end",
          now.url && button("Forget it", { class: "btn", onclick: run(forget) }, "trash"),
          now.url && button("Send a test", { class: "btn", onclick: run(tried) }, "send"),
          h("button.btn.primary", "Keep"),
        ),
      ),
    );
  };
  try {
    draw(await get(path));
  } catch (error) {
    dialog.close();
    complain(error);
  }
}

/** Tells a DM what becomes of the recap of a session that has just ended. @param {import("../table/types.js").Table} table */
export async function watchPost(table) {
  const path = `campaigns/${table.campaignId}/webhook`;
  const { sessionId } = table.room.get();
  for (const wait of [6, 15, 60, 300, 900, 1200]) {
    await new Promise((done) => setTimeout(done, wait * 1000));
    const { url, last } = await get(path);
    if (!url) return;
    if (last?.sessionId === sessionId && last.state === "sent") return toast("The recap was posted.");
    if (last?.sessionId === sessionId && last.state === "given up")
      return toast(`The recap was not posted: ${last.why}.`, { kind: "bad" });
  }
}
