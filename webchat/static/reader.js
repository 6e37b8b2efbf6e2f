// Reads a conversation's events in order and keeps looking: soon while an answer is due, now and then otherwise, not at all while nobody looks.
import { eventsAfter, Gone } from "./api.js";

const PAGE = 200; // events the server gives at once
const PAGES_MOST = 25; // as many as it keeps
const SOON_MS = 700; // while an answer is on its way
const NOW_AND_THEN_MS = 5_000; // for what comes by itself, and from another tab
const IDLE_MS = 30 * 60_000; // nobody says anything: stop looking until somebody comes back

export class Reader {
  #talk = null; // {id, token}
  #last = 0;
  #reading = Promise.resolve();
  #timer = 0;
  #active = Date.now();
  #on;

  /** `on`: event(event) for each in order, gone() when the conversation is no more, isDue() -> whether an answer is awaited. */
  constructor(on) {
    this.#on = on;
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("focus", () => this.look());
    window.addEventListener("online", () => this.look());
  }

  /** Reads this conversation from its beginning; null stops. */
  follow(talk) {
    this.#talk = talk;
    this.#last = 0;
  }

  /** Reads what is new; one reader at a time. Raises what the API raises. */
  catchUp() {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read(this.#talk));
    return this.#reading;
  }

  /** Reads now (somebody is here) and goes on looking. */
  look() {
    this.#active = Date.now();
    return this.#beat();
  }

  async #beat() {
    clearTimeout(this.#timer);
    if (document.hidden || !this.#talk || Date.now() - this.#active > IDLE_MS) return;
    const talk = this.#talk;
    try {
      await this.catchUp();
    } catch (error) {
      if (error instanceof Gone && talk === this.#talk) this.#on.gone();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beat(), this.#on.isDue() ? SOON_MS : NOW_AND_THEN_MS);
  }

  async #read(talk) {
    for (let page = 0; talk && page < PAGES_MOST; page++) {
      const { events, last } = await eventsAfter(talk, this.#last);
      if (talk !== this.#talk) return;
      for (const event of events) {
        if (event.seq > this.#last) this.#on.event(event);
        this.#active = Date.now();
      }
      this.#last = Math.max(this.#last, last);
      if (events.length < PAGE) return;
    }
  }
}
