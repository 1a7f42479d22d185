// @ts-check
/** The shapes of the server's answers that panels take apart. Types alone; the OpenAPI document has all of them. */

/** @typedef {{id: string, role: import("../model/types.js").Role, uses?: number, approval?: boolean, url?: string|null, token?: string, maxUses?: number|null, expiresAt?: string|null}} Invite */
/** @typedef {{id: string, startedAt: string, endedAt: string|null}} PastSession */
/** @typedef {{id: string, name: string, role: import("../model/types.js").Role, online?: ({name: string}|string)[]|number,
 *   lastSession?: {startedAt: string, endedAt: string|null, status?: string}|null, archived?: boolean, nextAt?: string|null, cover?: string|null}} CampaignCard */
/** An event of the record. Its payload is whatever the event has.
 * @typedef {{version: number, type: string, createdAt: string, userId: string|null, commandId?: string|null, caption?: string, payload: Record<string, any>}} RecordedEvent */
/** A remark on a file that was read, with its place. @typedef {{line?: number, position?: string, text: string}} Remark */
/** A terrain of a file, and what it is to become. @typedef {{name: string, count: number, proposed: string}} FileTerrain */

export {};
