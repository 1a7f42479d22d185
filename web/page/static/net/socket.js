// @ts-check
/** A line to a room that mends itself: growing, jittered delays, resume by token, gaps noticed. */

/** Codes after which coming back would change nothing. @type {Record<number, string>} */
const FINAL = {
  4001: "Please sign in again.",
  4002: "This is not the address of a campaign.",
  4003: "You are not, or no longer, a member of this campaign.",
  1008: "This cannot be shown here.",
  1011: "The record of this session is damaged.",
};

/** @typedef {{phase: "connecting"|"open"|"lost"|"closed", tries: number, retryAt: number, code: number, reason: string}} Line */

/** Opens the line. `hear` gets each message in order, `changed` the state of the line.
 * @param {{url: (resume: {resume: string, after: number}|null) => string, hear: (m: import("../model/types.js").Message) => void, changed: (line: Line) => void,
 *   cursor: () => {resume: string, after: number}}} opts */
export function openSocket({ url, hear, changed, cursor }) {
  /** @type {WebSocket|null} */
  let socket = null;
  /** @type {Line} */
  let line = { phase: "connecting", tries: 0, retryAt: 0, code: 0, reason: "" };
  let timer = 0;
  let done = false;
  let refusal = "";
  const become = (/** @type {Partial<Line>} */ part) => changed((line = { ...line, ...part }));

  const connect = () => {
    clearTimeout(timer);
    if (done) return;
    const at = cursor();
    asked = 0;
    const mine = (socket = new WebSocket(url(at.resume ? at : null)));
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      alive();
      /** @type {import("../model/types.js").Message} */
      const message = JSON.parse(event.data);
      if (message.type === "pong") return;
      if (message.type === "error" && !message.id && line.phase !== "open") refusal = message.message;
      if (message.type === "connected") become({ phase: "open", tries: 0, code: 0, reason: "" });
      const { after, resume } = cursor();
      const numbered = message.type !== "session:state" && message.type !== "ack";
      if (numbered && resume && message.seq !== undefined) {
        if (message.seq <= after) return;
        if (message.seq > after + 1) return mine.close(4000, "gap");
      }
      hear(message);
    };
    mine.onclose = (event) => {
      if (mine !== socket) return;
      if (done) return;
      if (FINAL[event.code]) {
        done = true;
        return become({ phase: "closed", code: event.code, reason: refusal || FINAL[event.code] });
      }
      const tries = line.tries + 1;
      const base = event.code === 1013 || event.code === 4029 ? 3000 : 250;
      const delay =
        tries === 1 && base === 250 ? 100 : Math.min(20_000, base * 2 ** Math.min(tries, 7)) * (0.5 + Math.random());
      become({ phase: "lost", tries, retryAt: Date.now() + delay, code: event.code });
      timer = setTimeout(connect, delay);
    };
  };

  let last = 0;
  let asked = 0;
  const alive = () => {
    last = Date.now();
    asked = 0;
  };
  /** A line that has been silent is asked; no answer for fifteen seconds is a lost line. Timed from the question:
   * the timers of a page in the background fire once a minute. */
  const watch = setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (asked && Date.now() - asked > 15_000) socket.close(4000, "silent");
    else if (!asked && Date.now() - last > 20_000 && send({ type: "ping" })) asked = Date.now();
  }, 5000);

  const send = (/** @type {object} */ message) => {
    if (line.phase !== "open" || socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  };
  const now = () => {
    if (line.phase === "lost") connect();
  };
  addEventListener("online", now);
  addEventListener("pageshow", now);
  const seen = () => document.visibilityState === "visible" && now();
  document.addEventListener("visibilitychange", seen);
  alive();
  connect();
  return {
    send,
    /** Tries at once instead of waiting. */
    retry: now,
    close() {
      done = true;
      clearTimeout(timer);
      clearInterval(watch);
      removeEventListener("online", now);
      removeEventListener("pageshow", now);
      document.removeEventListener("visibilitychange", seen);
      socket?.close(1000);
    },
  };
}

/** @param {string} path @param {Record<string, string|number|null|undefined>} query */
export function socketUrl(path, query) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  for (const [k, v] of Object.entries(query))
    if (v !== undefined && v !== null && v !== "") url.searchParams.set(k, String(v));
  return url.href;
}
