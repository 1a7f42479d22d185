// @ts-check
/** The parts of a table that are loaded when somebody first asks for them. */

export const PANELS = {
  backdrop: () => import("../dm/backdrop.js"),
  campaign: () => import("../dm/campaign.js"),
  draw: () => import("../dm/draw.js"),
  "event-log": () => import("../history/event-log.js"),
  generator: () => import("../dm/generator.js"),
  handout: () => import("./handout.js"),
  help: () => import("../pages/help.js"),
  "hex-card": () => import("./hex-card.js"),
  "hex-story": () => import("../history/hex-story.js"),
  import: () => import("../dm/import.js"),
  invite: () => import("../dm/invite.js"),
  knowledge: () => import("../history/knowledge.js"),
  legend: () => import("./legend.js"),
  me: () => import("./me.js"),
  "note-editor": () => import("../dm/note-editor.js"),
  notes: () => import("./notes.js"),
  "reveal-to": () => import("../dm/reveal-to.js"),
  rules: () => import("../dm/rules.js"),
  sessions: () => import("../history/sessions.js"),
  "skill-checks": () => import("../dm/skill-checks.js"),
  "thing-editor": () => import("../dm/thing-editor.js"),
  "token-picture": () => import("./token-picture.js"),
  tokens: () => import("./tokens.js"),
  webhook: () => import("../dm/webhook.js"),
};
