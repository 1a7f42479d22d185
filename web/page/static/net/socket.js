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

/** How long an answer to a ping may take; a line is known to be dead within this and a second after somebody comes back. */
const ANSWER_MS = 4000;
/** How long a line may be silent before it is asked: with the answer, less than ten seconds while somebody looks. */
const SILENCE_MS = 4500;
const SILENCE_HIDDEN_MS = 20_000;
/** How long a line may take to open. */
const OPENING_MS = 15_000;

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
    alive();
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
      if (mine === socket) lost(event.code);
    };
  };

  /** The line is gone; it is opened again after a while, unless that would change nothing. @param {number} code */
  const lost = (code) => {
    if (done) return;
    socket = null;
    if (FINAL[code]) {
      done = true;
      return become({ phase: "closed", code, reason: refusal || FINAL[code] });
    }
    const tries = line.tries + 1;
    const base = code === 1013 || code === 4029 ? 3000 : 250;
    const delay =
      tries === 1 && base === 250 ? 100 : Math.min(20_000, base * 2 ** Math.min(tries, 7)) * (0.5 + Math.random());
    become({ phase: "lost", tries, retryAt: Date.now() + delay, code });
    timer = setTimeout(connect, delay);
  };

  let last = 0;
  let asked = 0;
  const alive = () => {
    last = Date.now();
    asked = 0;
  };
  /** Asks whether somebody is there still. */
  const ask = () => {
    if (!asked && send({ type: "ping" })) asked = Date.now();
  };
  /** A line that has been silent is asked; without an answer it is lost, and is not waited for: a socket whose network is gone may never say
   * that it closed. Timed from the question: the timers of a page in the background fire once a minute. */
  const watch = setInterval(() => {
    const mine = socket;
    const now = Date.now();
    const opening = mine?.readyState === WebSocket.CONNECTING && now - last > OPENING_MS;
    if (opening || (asked && now - asked > ANSWER_MS)) {
      lost(4000);
      mine?.close(4000, "silent");
    } else if (now - last > (document.hidden ? SILENCE_HIDDEN_MS : SILENCE_MS)) {
      ask();
    }
  }, 1000);

  const send = (/** @type {object} */ message) => {
    if (line.phase !== "open" || socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  };
  /** Somebody is back: what waits is tried at once, and what seems open is asked. */
  const now = () => {
    if (line.phase === "lost") connect();
    else ask();
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
