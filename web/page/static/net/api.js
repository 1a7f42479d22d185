// @ts-check
/** The HTTP side of the server: JSON in, JSON out, errors with a code and words for people. */

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
    response = await fetch(`/api/${path}`, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: file || body === undefined ? {} : { "Content-Type": "application/json" },
      body: file || body === undefined ? body : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "unreachable", "The server cannot be reached. Is it running?");
  }
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    /* an answer that is no JSON is an error below, or empty */
  }
  if (response.ok) return json;
  throw new ApiError(
    response.status,
    json?.error?.code ?? "internal",
    json?.error?.message ?? `The server answered ${response.status}.`,
  );
}

export const get = (/** @type {string} */ path) => api("GET", path);
export const post = (/** @type {string} */ path, /** @type {unknown} */ body = {}) => api("POST", path, body);
