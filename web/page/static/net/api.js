// @ts-check
/** The HTTP side of the server: JSON in, JSON out, errors with a code and words for people. */

import { address } from "./address.js";
import { hearDate } from "./server-time.js";

export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Asks the server, files as they are, else in JSON; raises ApiError with words for people. @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
export async function api(method, path, body) {
  const file = body instanceof Blob || body instanceof FormData;
  let response;
  try {
    response = await fetch(address(`/api/${path}`), {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: file || body === undefined ? {} : { "Content-Type": "application/json" },
      body: file || body === undefined ? body : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "unreachable", "The server cannot be reached. Is it running?");
  }
  hearDate(response.headers.get("date"));
  return readAnswer(response.status, await response.text());
}

/** Raises ApiError, with what helps, where the browser did not keep who has just signed in. */
export async function checkSignedIn() {
  try {
    await get("me");
  } catch (error) {
    if (/** @type {ApiError} */ (error).status !== 401) throw error;
    const words =
      "Your browser keeps no cookies for this address, so nobody stays signed in. Allow them here, then try again.";
    throw new ApiError(401, "signed_out", words);
  }
}

/** Returns what an answer says in JSON, null if it says nothing; raises ApiError for an error, and for an answer that is not the server's:
 * a proxy before it answers in HTML. @param {number} status @param {string} text @returns {any} */
export function readAnswer(status, text) {
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(status, status === 413 ? "too_large" : "unavailable", foreignWords(status));
  }
  if (status >= 200 && status < 300) return json;
  throw new ApiError(status, json?.error?.code ?? "internal", json?.error?.message ?? foreignWords(status));
}

/** Says what an answer means that has no words of the server's. @param {number} status */
function foreignWords(status) {
  if (status === 413) return "This is larger than the proxy before the server lets through";
  if (status >= 502 && status <= 504) return "The server did not answer the proxy before it";
  return `Something other than the server answered (${status})`;
}

export const get = (/** @type {string} */ path) => api("GET", path);
export const post = (/** @type {string} */ path, /** @type {unknown} */ body = {}) => api("POST", path, body);
