// @ts-check
/** A token's dialog: label, colour, icon, whose it is, and whether players see it. */

import { confirm, openDialog } from "../ui/dialogs.js";
import { button, choice, choices, fill, form, h, icon } from "../ui/elements.js";
import { playersOf } from "../ui/text.js";
import { complain } from "./notices.js";

const COLORS = ["#b3402e", "#c9782a", "#d9b13b", "#5d8a4a", "#2f7f8c", "#3f62a8", "#7a4ea3", "#4a4f57"];
const HUES = ["Red", "Orange", "Gold", "Green", "Teal", "Blue", "Violet", "Slate"];

/** @param {import("./types.js").Table} table @param {Partial<import("../model/types.js").Token> & {hexKey: string}} token with an id to change one, without to make one */
export function open(table, token) {
  const { room, commands } = table;
  const { people, role } = room.get();
  const { id } = token;
  const dm = role === "dm";
  const players = playersOf(people);
  let color = token.color || COLORS[Object.keys(room.get().tokens).length % COLORS.length];
  const colors = h("div");
  const draw = () =>
    fill(
      colors,
      choice(
        "Colour",
        COLORS.map((c, i) => [c, HUES[i], { title: HUES[i], vars: { "--swatch": c } }, ""]),
        color,
        (c) => {
          color = c;
          draw();
        },
        "swatches",
      ),
    );
  draw();
  const editor = form(
    "form.stack",
    () => {
      const data = new FormData(editor);
      const icon = String(data.get("icon") ?? "").trim();
      const ownerId = String(data.get("owner") ?? "");
      const fields = dm
        ? {
            label: String(data.get("label")).trim(),
            icon,
            color,
            visible: data.get("visible") === "on",
            ...(ownerId || token.ownerId ? { ownerId } : {}),
            tokenType: ownerId ? "player" : (token.tokenType ?? "npc"),
          }
        : { icon };
      return (id ? commands.updateToken(id, fields) : commands.createToken({ hexKey: token.hexKey, ...fields })).then(
        () => dialog.close(),
        complain,
      );
    },
    dm &&
      h(
        "label",
        "Name",
        h("input", {
          name: "label",
          required: true,
          maxLength: 80,
          value: token.label ?? "",
          placeholder: "Goblin scout",
          autofocus: true,
        }),
      ),
    h(
      "label",
      "Sign",
      h("input", {
        name: "icon",
        maxLength: 4,
        value: token.icon ?? "",
        placeholder: "One or two letters, or an emoji",
      }),
    ),
    dm && colors,
    dm &&
      h(
        "label",
        "Belongs to",
        h(
          "select",
          { name: "owner" },
          h("option", { value: "" }, "Nobody (the DM moves it)"),
          choices(
            players.map((p) => [p.userId, p.name]),
            token.ownerId,
          ),
        ),
      ),
    dm &&
      h(
        "label.check",
        h("input", { type: "checkbox", name: "visible", checked: token.visible !== false }),
        "Players see it on hexes they see",
      ),
    id &&
      h(
        ".row",
        h("span.grow", "Picture"),
        h("label.btn.small", { for: "token-picture" }, icon("upload"), token.picture ? "Another" : "Choose"),
        h("input.sr", {
          type: "file",
          id: "token-picture",
          accept: "image/png,image/jpeg,image/webp",
          aria: { label: "Picture of the token" },
          onchange: (e) => {
            const file = e.target.files?.[0];
            if (!file) return;
            dialog.close();
            table.open("token-picture", token, file);
          },
        }),
        token.picture &&
          button("Remove", {
            class: "btn small danger-text",
            onclick: () => {
              dialog.close();
              table.open("token-picture#remove", token);
            },
          }),
      ),
    h(
      ".row",
      dm &&
        id &&
        button(
          "Delete",
          {
            class: "btn danger-text",
            onclick: async () => {
              if (await confirm("Delete this token?", `${token.label} leaves the map.`, "Delete")) {
                dialog.close();
                commands.deleteToken(id).catch(complain);
              }
            },
          },
          "trash",
        ),
      h("span.grow"),
      h("button.btn.primary", id ? "Save" : "Put it here"),
    ),
  );
  const dialog = openDialog(id ? `Token: ${token.label}` : `New token on hex ${table.label(token.hexKey)}`, editor);
}
