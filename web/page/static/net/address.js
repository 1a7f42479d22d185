// @ts-check
/** Addresses of the server: they begin with the path below which it is served, which this script's own address tells. */

const { pathname } = new URL(import.meta.url);
const PREFIX = pathname.slice(0, pathname.lastIndexOf("/static/"));

/** Returns the server's path as the browser needs it. @param {string} path from "/" on */
export const address = (path) => PREFIX + path;

/** Returns where the browser is, as a path of the server's. */
export const here = () => location.pathname.slice(PREFIX.length) || "/";
