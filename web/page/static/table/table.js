// @ts-check
/** The table: the map with what lies around it, for DMs, players and spectators; live, through other eyes, and in the past. */

import { button, fill, h, icon } from "../ui/elements.js";
import { parseKey } from "../model/hex.js";
import { labelOf, styleOf } from "../model/labels.js";
import { createStore, watchAll } from "../model/store.js";
import { followCampaign, look, settings } from "../map/theme.js";
import { listen } from "../map/input.js";
import { createFaces } from "../map/faces.js";
import { createScene } from "../map/scene.js";
import { createTwin, firstPlace } from "../map/aria-grid.js";
import { get } from "../net/api.js";
import { followRoom } from "../net/live-room.js";
import { apart, createHands } from "./pointer.js";
import { withDrawing } from "./draw-hands.js";
import { menus } from "./menus.js";
import { complain, lineBanner, speak, toast } from "./notices.js";
import { createUndo } from "./undo.js";
import { bottomBar } from "./bottom-bar.js";
import { FIRST } from "./controls.js";
import { createCarry } from "./carry.js";
import { createNews } from "./announcements.js";
import { describe } from "./describe.js";
import { firstSteps } from "./first-steps.js";
import { askForHex } from "./go-to.js";
import { listenToKeys } from "./keyboard.js";
import { watchMode } from "./mode-notice.js";
import { PANELS } from "./panels.js";
import { otherEyes } from "./viewpoint.js";
import { phaseOverlay, sessionBar } from "./session-bar.js";
import { screenLead, screensLead } from "./screen.js";
import { sidePanel } from "./side-panel.js";
import { createDoor } from "../dm/door.js";
import { stagedStrip } from "../dm/staged-list.js";
import { brushBar, toolRail } from "./tools.js";
import { zoomButtons } from "./zoom-buttons.js";

/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./types.js").Controls} Controls */

/** Opens the table of a campaign in the page, and returns it. @param {HTMLElement} app @param {string} campaignId */
export function openTable(app, campaignId) {
  const host = h(".map", { id: "map", data: { tool: "look" }, aria: { hidden: true } });
  const scene = createScene(host, {
    look,
    style,
    face: createFaces({ campaignId, past: () => table.pastImage(), ask: () => scene.touch() }),
    moved: (camera, wide) => {
      for (const lead of leads) lead(camera, wide);
    },
  });
  const mayLead = () => room.get().role === "dm" && !table.readOnly();
  const leads = [
    screenLead(campaignId, mayLead),
    screensLead(
      () => room.get(),
      (...to) => commands.leadScreen(...to),
      () => mayLead() && live.line.get().phase === "open",
    ),
  ];
  const news = createNews(campaignId, scene);
  const live = followRoom({
    campaignId,
    heard: (m, now, was) => {
      news.heard(m, now, was, table.shown.get() === live.room);
      if (m.type.startsWith("handout:") && now.role !== "dm")
        table.later("handout", (p) => p.heard(table, m, now, was));
      if (m.type === "session:statusChanged" || m.type === "session:state") table.clock();
      if (m.type === "member:waiting" || m.type === "session:state") door.look();
    },
  });
  const { room, commands } = live;
  /** @type {import("./types.js").Store<Controls>} */
  const ui = createStore(FIRST);
  // Which picture was asked for last.
  let pictureTurn = 0;
  /** The table without what is made for it below. @type {Omit<Table, keyof import("./types.js").Viewpoint | "menus" | "carry">} */
  const core = {
    campaignId,
    live,
    room,
    commands,
    ui,
    scene,
    reveal: news,
    campaign: createStore(/** @type {import("./types.js").Campaign} */ ({ name: "Hexroom" })),
    session: createStore(/** @type {{startedAt: string|null}} */ ({ startedAt: null })),
    shown: createStore(room),
    readOnly: () => table.shown.get() !== room,
    /** Returns the room that is shown. */
    now: () => table.shown.get().get(),
    /** Hears of changes in the room that is shown, whichever that is. */
    whenShown(select, hear) {
      let stop = () => {};
      table.shown.subscribe(
        (s) => s,
        (of) => {
          stop();
          stop = watchAll(of, select, hear);
        },
      );
    },
    label(key) {
      const { q, r } = parseKey(key);
      const { map } = table.now();
      return labelOf(q, r, map?.orientation ?? "flat", style(), map?.parity);
    },
    select(key, go = false) {
      ui.update({ selected: key });
      scene.overlay.selected = key;
      if (key) {
        twin.place(key);
        scene.goTo(key, !go);
      }
      readout();
      scene.touch();
    },
    hold: (id) => ui.update({ held: id }),
    ask(key) {
      table.select(key);
      table.later("hex-card", (m) => {
        if (!card) stage.append((card = m.hexCard(table)).node);
        card.open(key);
      });
    },
    focusMap: () => twin.focus(),
    myToken() {
      const { tokens, userId } = table.now();
      return Object.values(tokens).find((token) => token.ownerId === userId);
    },
    findMe() {
      const token = table.myToken();
      if (token) table.select(token.hexKey, true);
    },
    readout: () => readout(),
    relabel: () => {
      readout();
      twin.refresh();
    },
    async clock() {
      const c = await get(`campaigns/${campaignId}`).catch(() => null);
      if (!c) return;
      if (c.archived && !table.campaign.get()?.archived)
        toast("This campaign is archived: you can look at everything, and change nothing.", { ms: 30_000 });
      table.campaign.set(c);
      document.title = `${c.name} · Hexroom`;
      table.session.set({ startedAt: c.lastSession && !c.lastSession.endedAt ? c.lastSession.startedAt : null });
    },
    shapeAt: (key) => hands.shapeAt(key),
    point(key) {
      commands.point(key).catch(complain);
    },
    ...createUndo({ room, commands }),
    openSide(tab) {
      ui.update({ tab });
      side.dataset.open = "true";
      /** @type {HTMLElement|null} */ (side.querySelector(`[data-tab=${tab}]`))?.focus();
    },
    goTo: () => askForHex(table, stage, style),
    pictured: createStore(/** @type {import("./types.js").Picture|null} */ (null)),
    /** Lays a picture under the grid, or none; the one that is there by now if it is not said which. */
    async picture(said = undefined) {
      const turn = ++pictureTurn;
      const now = said === undefined ? await get(`campaigns/${campaignId}/map/picture`).catch(() => undefined) : said;
      if (now === undefined || table.aligning || (!now && !scene.under())) return;
      const { createPicture } = await import("../map/layers/backdrop.js");
      // Answers may overtake each other; how it lies now is what was asked for last.
      if (turn !== pictureTurn) return;
      (
        scene.under() ??
        scene.lay((of) => createPicture({ campaignId, me: () => room.get().userId, past: table.pastTile, ...of }))
      ).set(now);
      table.pictured.set(now);
    },
    sessions: () => table.open("sessions"),
    /** Opens a panel that is loaded when it is first asked for; `module#function` where that is not called `open`. */
    open: (name, ...rest) => {
      const [module, what = "open"] = /** @type {[keyof typeof PANELS, string?]} */ (name.split("#"));
      /** @typedef {Record<string, (table: Table, ...rest: unknown[]) => void>} Openers */
      table.later(module, (m) => /** @type {Openers} */ (/** @type {unknown} */ (m))[what](table, ...rest));
    },
    later: (name, run) => {
      const load = /** @type {() => Promise<Parameters<typeof run>[0]>} */ (PANELS[name]);
      load()
        .then(run, () =>
          complain({ message: "This part of the page did not come. If the server runs, load the page anew." }),
        )
        .catch(complain);
    },
  };
  const eyes = otherEyes(core);
  const table = /** @type {Table} */ (Object.assign(core, eyes.actions, { carry: createCarry(core) }));
  table.menus = menus(table).node;

  const hands = withDrawing(createHands(table), table);
  const input = listen(host, scene, hands);
  const twin = createTwin({
    map: () => table.now().map,
    label: (key) => describe(table, key),
    start: () => firstPlace(table.now()),
    focused: (key) => {
      table.carry.over(key);
      table.ruler?.over(key);
      ui.update({ selected: key });
      scene.overlay.selected = key;
      scene.goTo(key, true);
      if (hands.paints()) scene.overlay.brush = hands.shapeAt(key);
      scene.overlay.brushKind = ui.get().tool;
      readout();
      scene.touch();
    },
    act: (key, e) => {
      if (table.carry.drop(key)) return;
      if (hands.paints()) hands.apply(hands.shapeAt(key), e.shiftKey);
      else table.ask(key);
    },
    ask: (key) => table.ask(key),
  });
  /** What is on a hex, once that was asked. @type {ReturnType<typeof import("./hex-card.js").hexCard>|null} */
  let card = null;
  const read = h("button.readout", {
    tabIndex: -1,
    aria: { hidden: true },
    onclick: () => {
      const { selected } = ui.get();
      if (selected) table.ask(selected);
    },
  });
  const hint = h(".hint", { role: "status", hidden: true }, icon("stage"), "The DM is preparing…");
  const rail = toolRail(table);
  const brush = brushBar(table);
  const zoom = zoomButtons(table);
  const stage = h(
    "main.stage",
    { aria: { label: "Map" } },
    twin.grid,
    host,
    rail,
    brush,
    table.carry.node,
    hint,
    read,
    zoom,
    phaseOverlay(table),
    eyes.scrubber,
  );
  const side = sidePanel(table);
  const door = createDoor(table);
  fill(
    app,
    h(
      ".table",
      button("Skip to the map", { class: "btn primary skip", onclick: () => twin.focus() }),
      sessionBar(table),
      h(
        ".notice-row",
        lineBanner(live.line, live.retry, commands),
        eyes.banner,
        door.node,
        stagedStrip(table),
        firstSteps(table),
      ),
      stage,
      side,
      bottomBar(table, side),
    ),
  );

  // Before the scene hears of it, which would paint in the look before.
  table.whenShown(
    (s) => [s.settings, s.ready],
    () => {
      const { ready, settings: rules } = table.now();
      // In a replay as the campaign looked then; while that is on its way, as it does.
      if (ready && followCampaign(rules.mapLook)) scene.repaint();
    },
  );
  scene.show(room);
  // Another tool is in the hand now.
  ui.subscribe((s) => s.tool, table.carry.cancel);
  table.shown.subscribe(
    (s) => s,
    (of) => {
      // What is in the hand is of the live table.
      if (of !== room) table.carry.cancel();
      if (of !== room || table.away) {
        scene.show(of, { keep: true });
        table.away = of !== room;
      }
    },
  );
  watchAll(
    room,
    (s) => [s.role],
    () => {
      const { role } = room.get();
      document.documentElement.dataset.role = role;
      rail.hidden = role !== "dm";
      if (role !== "dm") ui.update({ tool: "look" });
    },
  );
  table.whenShown(
    (s) => [s.picture],
    () => table.picture(table.now().picture),
  );
  table.whenShown(
    (s) => [s.preparing, s.role],
    () => {
      const s = table.now();
      hint.hidden = !(s.preparing && s.role !== "dm");
    },
  );
  table.whenShown(
    (s) => [s.terrain, s.shown, s.viewers, s.tokens, s.notes, s.pins, s.map],
    () => {
      twin.refresh();
      readout();
    },
  );
  ui.subscribe(
    (s) => s.tool,
    (tool) => {
      host.dataset.tool = tool;
      // The stroke under way is still of the tool before.
      if (!ui.get().stroke) scene.overlay.brush = null;
      scene.touch();
      speak(
        { look: "", draw: `draw a ${ui.get().draw}`, measure: "ruler", sketch: "draw by hand" }[
          /** @type {string} */ (tool)
        ] ?? `${tool} brush`,
      );
    },
  );

  /** Returns how hexes are labelled, here or by the campaign. */
  function style() {
    return settings.style ?? styleOf(table?.now().settings.labelStyle);
  }

  function readout() {
    const key = scene.overlay.hover ?? ui.get().selected;
    if (!key || !table.now().map) return fill(read);
    const [label, ...rest] = describe(table, key).split(": ");
    const far = apart(ui.get().selected, scene.overlay.hover, table.now().settings);
    fill(read, h("b", label), ` ${rest.join(": ")}${far ? ` · ${far} away` : ""}`, ui.get().selected && icon("next"));
  }

  // What was not sent yet would be lost with the page.
  addEventListener("beforeunload", (e) => {
    if (commands.pending.get().length) e.preventDefault();
  });
  addEventListener("blur", () => {
    ui.update({ flip: false });
    input.space(false);
  });
  live.line.subscribe(
    (l) => l.phase,
    (phase) => {
      // Never let in: a screen of its own. Thrown out later, one keeps the map and is told in the banner.
      if (phase === "closed" && !room.get().ready)
        import("../pages/denied.js").then((m) => m.openClosed(app, live.line.get().code));
    },
  );
  watchMode(table);
  listenToKeys(table, {
    hands,
    input,
    side,
    describe: (key) => describe(table, key),
    closeCard() {
      const was = Boolean(card?.isOpen());
      card?.close();
      return was;
    },
  });
  eyes.fromAddress();
  return table;
}
