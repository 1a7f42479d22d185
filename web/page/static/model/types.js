// @ts-check
/** What a room is made of, as the server words it. Types alone: the reference of messages is docs/reference/messages.md. */

/** @typedef {"dm"|"player"|"spectator"} Role */
/** @typedef {"hidden"|"terrain"|"full"} Tier */
/** @typedef {{userId: string, name: string, role: Role, online: boolean}} Person */

/** Whom a command is for: everyone, the named, or the players whose token is at most so many hexes away.
 * @typedef {"all"|{playerIds: string[], within?: undefined}|{within: number, playerIds?: undefined}} Targets */

/** @typedef {{terrain: string, variant?: number}} Ground */
/** The tier of everyone, and of those for whom it is another. @typedef {{everyone: Tier, apart: Record<string, Tier>}} Viewers */
/** @typedef {{gridWidth: number, gridHeight: number, hexSize: number, orientation: "flat"|"pointy", parity?: "odd"|"even", name: string, measured?: boolean}} MapInfo */

/** @typedef {{id: string, hexKey: string, label: string, ownerId: string|null, icon?: string, color?: string, tokenType?: string, visible?: boolean, picture?: string}} Token */
/** @typedef {{skill: string, dc: number}} Check */
/** A note; what only DMs may know of it is there for them alone.
 * @typedef {{id: string, hexKey: string, kind: string, title: string, playerText?: string, dmText?: string, audience?: "seen"|"all"|"dm"|{playerIds: string[]},
 *   hint?: string, radius?: number, check?: Check|null, site?: string}} Note  site: how it is drawn on the map */
/** What a player noted on a hex. @typedef {{id: string, hexKey: string, text: string, by: string, party: boolean}} Pin */
/** What a player drew by hand: `points` from the middle of the hex, in hundredths of its size. @typedef {{id: string, hexKey: string, points: string, by: string, color: string, party: boolean}} Stroke */
/** The picture of a note, to whom it was shown; `shownTo` is there for DMs alone.
 * @typedef {{id: string, title: string, image: string, width: number, height: number, shownTo?: "all"|{playerIds: string[]}, keptFrom?: string[]}} Handout */
/** @typedef {{id: string, players: "all"|{playerIds: string[]}, within: number, tier: Tier, shownTo: "owner"|"players"|"all"}} Rule */
/** @typedef {{userId: string, skill: string, die: number, modifier: number, dc: number, total: number, success: boolean, noteId: string, tokenId: string}} Roll */

/** A change that waits to be published, with the command's own fields.
 * @typedef {{id: string, by: string, type: string, description: string, data?: {hexKeys?: string[]|"all", changes?: {key: string, terrain?: string|null}[], hexKey?: string, toHexKey?: string, path?: {points?: string[]|null}, region?: {hexKeys?: string[]|null, add?: string[]|null, remove?: string[]|null}, token?: {id?: string, hexKey?: string}, tokenId?: string, picture?: string, id?: string}}} StagedChange */
/** @typedef {{description: string, reason: string}} DroppedChange */
/** An action that can be taken back. @typedef {{version: number, description: string, userId: string, name: string}} Action */
/** What can be undone and redone, in words; null: nothing. newest: of any DM. kept: what the last undo or redo left, as it was changed since.
 * undone: what was undone just now, and by whom.
 * @typedef {{canUndo: string|true|null, canRedo: string|true|null, newest?: Action|null, kept?: string, undone?: (Action & {undoneBy: string, undoneByName: string})|null}} History */

/** @typedef {{kind: "axial"|"columnRow", origin: 0|1, order: "columnRow"|"rowColumn"}} CampaignLabelStyle */
/** @typedef {{fogOpacity?: number, labels?: boolean, grid?: boolean, adjacentTerrain?: boolean, pathsAtTerrain?: boolean, showMapExtent?: boolean, mapLook?: string, hexWidth?: number, hexUnit?: "miles"|"km", labelStyle?: CampaignLabelStyle}} Settings */

/** @typedef {{type: string, seq?: number, [field: string]: any}} Message  as it came over the line; its fields are known by its type */

export {};
