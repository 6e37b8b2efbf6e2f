// Reads a conversation's events: in order, each once, without gaps. Over the socket where it can be had, else by long polls.
import { at, call } from "./api.js";
import { Socket } from "./socket.js";

const PAGE = 200; // events the gateway gives at once
const POLL_SECONDS = 25;
const POLL_LEAST_MS = 700; // between two polls that brought nothing, whatever the gateway does
const SOCKET_AGAIN_MS = [2_000, 10_000, 60_000, 300_000]; // polls meanwhile
const REST_MOST_MS = 30_000; // after failures; it grows up to this
const STEADY_MS = 10_000; // a line that held so long was a good one
const HIDDEN_MOST_MS = 30 * 60_000; // a page nobody looked at for so long stops polling until somebody does

const jittered = (ms) => ms * (0.6 + 0.8 * Math.random());

export class Feed {
  #on;
  #talk = null; // () -> {id, token}, what is followed
  #last = 0;
  #turn = 0; // every follow is another turn; what belongs to an earlier one is dropped
  #socket = null;
  #socketTries = 0;
  #socketAt = 0; // not before this
  #polling = new AbortController();
  #reading = Promise.resolve();
  #wake = () => {};
  #hiddenSince = Infinity;
  isUp = false;

  /** `on`: event(event) for each in order, state(state), gone() when the conversation is no more, line(isUp). */
  constructor(on) {
    this.#on = on;
    const lookAgain = () => {
      this.#hiddenSince = document.hidden ? Date.now() : Infinity;
      if (!document.hidden) this.#hurry();
    };
    document.addEventListener("visibilitychange", lookAgain);
    window.addEventListener("online", () => this.#hurry());
    window.addEventListener("offline", () => this.#cut());
  }

  /** Reads this conversation after number `after`; `talk()` gives its {id, token} of now. */
  follow(talk, after) {
    this.stop();
    this.#talk = talk;
    this.#last = after;
    this.#socketTries = this.#socketAt = 0;
    this.#run(this.#turn);
  }

  stop() {
    this.#turn++;
    this.#talk = null;
    this.#cut();
    this.#wake();
  }

  /** Tells the gateway something over the socket; false when there is none. */
  emit(name, data) {
    return this.isUp && !!this.#socket?.emit(name, data);
  }

  /** Reads what is new now; one reader at a time. Raises Trouble. */
  catchUp() {
    const turn = this.#turn;
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read(turn));
    return this.#reading;
  }

  async #run(turn) {
    for (let failures = 0; turn === this.#turn; ) {
      try {
        if (!navigator.onLine) throw new Error("offline");
        if (Date.now() >= this.#socketAt) await this.#bySocket(turn);
        else await this.#byPolling(turn);
        failures = 0;
      } catch (error) {
        if (turn !== this.#turn) return;
        this.#line(false);
        if (error.isGone) return this.#on.gone();
        if (error.noSocket) continue; // polls do as well
        await this.#pause(jittered(Math.max(Math.min(REST_MOST_MS, 1_000 * 2 ** failures++), (error.seconds ?? 0) * 1_000)));
      }
    }
  }

  async #bySocket(turn) {
    const auth = { token: this.#talk().token, after: this.#last };
    const socket = (this.#socket = new Socket(at("."), auth, (name, data) => turn === this.#turn && this.#hear(name, data)));
    try {
      await socket.up;
    } catch (error) {
      this.#socketAt = Date.now() + jittered(SOCKET_AGAIN_MS[Math.min(this.#socketTries++, SOCKET_AGAIN_MS.length - 1)]);
      error.noSocket = !error.isGone;
      throw error;
    }
    const since = Date.now();
    this.#socketTries = 0;
    this.#line(true);
    await socket.ended;
    if (turn !== this.#turn) return;
    this.#line(false);
    if (Date.now() - since < STEADY_MS) throw new Error("ended at once");
    await this.#pause(jittered(1_000)); // a gateway that starts again meets its customers one after the other
  }

  async #byPolling(turn) {
    if (Date.now() - this.#hiddenSince > HIDDEN_MOST_MS) return this.#pause(HIDDEN_MOST_MS);
    const began = Date.now();
    const found = await this.#read(turn, this.isUp ? POLL_SECONDS : 0);
    this.#line(true);
    if (!found) await this.#pause(POLL_LEAST_MS - (Date.now() - began));
  }

  #hear(name, data) {
    if (name === "state") this.#on.state(data);
    if (name === "events" && !this.#take(data.events)) this.catchUp().catch(() => this.#socket?.close());
  }

  /** How many were new. With `wait`, the gateway holds the answer for so many seconds until there are any. */
  async #read(turn, wait = 0) {
    for (let found = 0; turn === this.#turn && this.#talk; wait = 0) {
      const { id, token } = this.#talk();
      const path = `conversations/${id}/events?after=${this.#last}${wait ? `&wait=${wait}` : ""}`;
      this.#polling = wait ? new AbortController() : this.#polling;
      const { events, state } = await call("GET", path, { token, ms: (wait + 15) * 1_000, signal: wait ? this.#polling.signal : undefined });
      if (turn !== this.#turn) return 0;
      found += events.length;
      this.#take(events, true);
      if (state && events.length < PAGE) this.#on.state(state);
      if (events.length < PAGE) return found;
    }
    return 0;
  }

  // False where one is missing before these; what the gateway's own list leaves out is gone for good, though.
  #take(events, isAll = false) {
    for (const event of events) {
      if (!(event.seq > this.#last)) continue;
      if (event.seq > this.#last + 1 && !isAll) return false;
      this.#last = event.seq;
      this.#on.event(event);
    }
    return true;
  }

  #line(isUp) {
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    this.#on.line(isUp);
  }

  #cut() {
    this.#socket?.close();
    this.#socket = null;
    this.#polling.abort();
    this.#line(false);
  }

  #hurry() {
    this.#socketAt = 0;
    this.#wake();
  }

  #pause(ms) {
    return new Promise((done) => {
      const timer = setTimeout(done, Math.max(0, ms));
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
