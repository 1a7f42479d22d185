// @ts-check
/** What a table hands to its panels. Types alone. */

/** @template S @typedef {import("../model/store.js").Store<S>} Store */
/** @typedef {import("../model/reduce.js").Room} Room */
/** @typedef {import("../model/types.js").Targets} Targets */
/** @typedef {import("../map/layers/backdrop.js").Picture} Picture */
/** @typedef {ReturnType<typeof import("../net/live-room.js").followRoom>} LiveRoom */
/** @typedef {LiveRoom["commands"]} Commands */
/** @typedef {ReturnType<typeof import("../map/scene.js").createScene>} Scene */
/** @typedef {typeof import("./panels.js").PANELS} Panels */

/** @typedef {"look"|"reveal"|"hide"|"terrain"|"draw"|"measure"|"sketch"} Tool */
/** @typedef {"brush"|"rect"|"lasso"|"fill"} Shape */
/** What the terrain tool does: it paints a terrain, copies a piece of the land, or lays down what was copied. @typedef {"paint"|"copy"|"paste"} Paints */
/** @typedef {"reveal"|"hide"|Paints} Does */
/** What the hand holds, and which tab lies beside the map; `flip` while Shift turns revealing into hiding;
 * `stroke` what the stroke under way does, which no key changes any more; `draw` what the drawing tool draws.
 * @typedef {{tool: Tool, draw: import("../model/things.js").What, shape: Shape, radius: number, tier: "full"|"terrain", targets: Targets, terrain: string, paints: Paints, piece: import("../model/pieces.js").Piece, flip: boolean, stroke: Does|null, tab: "people"|"notes"|"log",
 *   selected: string|null, held: string}} Controls */

/** @typedef {{name: string, archived?: boolean, lastSession?: {startedAt: string, endedAt: string|null}|null}} Campaign */

/** Members of a campaign are listed with their role. @typedef {import("../model/types.js").Person} Person */

/** One's own room, live: what is known of it, and what can be asked of it.
 * @typedef {{campaignId: string, live: LiveRoom, room: Store<Room>, commands: Commands, campaign: Store<Campaign>, session: Store<{startedAt: string|null}>}} OwnRoom */

/** The room on the map: one's own, a player's, or one of the past.
 * @typedef {{shown: Store<Store<Room>>, now: () => Room, readOnly: () => boolean, label: (key: string) => string,
 *   whenShown: (select: (room: Room) => unknown[], hear: () => void) => void, scene: Scene}} ShownRoom */

/** The hand on the map. @typedef {{ui: Store<Controls>, carry: import("./carry.js").Carry, select: (key: string|null, go?: boolean) => void, hold: (token: string) => void,
 *   ask: (key: string) => void, point: (key: string) => void, undo: () => void, redo: () => void, unstage: (change: import("../model/types.js").StagedChange) => void, take: (version: number|undefined, what: unknown) => void, readout: () => void, relabel: () => void, focusMap: () => void, myToken: () => import("../model/types.js").Token|undefined, findMe: () => void, goTo: () => void,
 *   shapeAt: (key: string) => string[], drawing?: import("../dm/draw.js").Drawing, ruler?: import("./ruler.js").Ruler, sketch?: import("./sketch.js").Sketch}} Hand */

/** The parts around the map. @typedef {{openSide: (tab: Controls["tab"]) => void, sessions: () => void, clock: () => Promise<void>,
 *   open: (name: keyof Panels|`${keyof Panels}#${string}`, ...rest: unknown[]) => void,
 *   later: <K extends keyof Panels>(name: K, run: (module: Awaited<ReturnType<Panels[K]>>) => unknown) => void,
 *   menus: HTMLElement, reveal: import("./announcements.js").News}} Parts */

/** The picture under the grid. `picture` lays it, or none; the one that is there by now if it is not said which.
 * @typedef {{pictured: Store<Picture|null>, picture: (of?: Picture|null) => Promise<void>, aligning?: boolean, away?: boolean}} Backdrop */

/** @typedef {import("./viewpoint.js").Viewpoint} Viewpoint */

/** All of it; a panel names what it takes. @typedef {OwnRoom & ShownRoom & Hand & Parts & Backdrop & Viewpoint} Table */

export {};
