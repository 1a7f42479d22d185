// @ts-check
/** Times for people. */

import { serverNow } from "../net/server-time.js";

/** Returns "1:05:09" or "4:07". @param {number} ms */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** Returns "just now", "5 min ago", "yesterday" … @param {string|Date} at @param {number} [now] */
export function ago(at, now = serverNow()) {
  const s = (now - new Date(at).getTime()) / 1000;
  if (s < 45) return "just now";
  if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min ago`;
  if (s < 86_400) return `${Math.round(s / 3600)} h ago`;
  if (s < 172_800) return "yesterday";
  return s < 2_600_000 ? `${Math.round(s / 86_400)} days ago` : new Date(at).toLocaleDateString();
}

/** Returns the hour of today, the weekday of this week, or the day. @param {string} at @param {number} [now] */
export function dayOf(at, now = serverNow()) {
  const days = (now - new Date(at).getTime()) / 86_400_000;
  if (days < 0.75) return hourOf(at);
  return new Date(at).toLocaleDateString("en", days < 6 ? { weekday: "short" } : { day: "numeric", month: "short" });
}

/** Returns the day and hour of a meeting, and how far off it is. @param {string} at @param {number} [now] */
export function meeting(at, now = Date.now()) {
  const date = new Date(at);
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  const day = date.toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" });
  const off = days > 1 ? `in ${days} days` : days === 1 ? "tomorrow" : days === 0 ? "today" : "past";
  return `${day}, ${hourOf(date)} · ${off}`;
}

/** @param {string|Date} at */
export const hourOf = (at) =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
