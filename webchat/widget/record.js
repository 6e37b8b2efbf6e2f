// What was read of the conversation, and how far the customer has seen it. It begins where the customer was when the page was loaded; what
// came before is read when the panel is opened. What it has waits in the outbox no more.
import { call } from "./api.js";
import * as outbox from "./outbox.js";

const PAGE = 200; // events the gateway gives at once
const TELL_AFTER_MS = 300;

/** Something for the customer to read: the bot or a person said it. */
export const isAnswer = ({ kind, body }) => (kind === "bot" || kind === "person") && !!body && Object.keys(body).some((key) => key !== "name");

export class Record {
  #kept;
  #on;
  #from = 0; // everything after this number is here
  #awaited = new Map(); // client id -> what to call when it is here
  #isLooked = false;
  #unread = 0;
  #tellTimer = 0;
  events = []; // in their order

  /** `on`: unread(count, isNew), emit(name, data) -> whether the line took it. */
  constructor(kept, on) {
    this.#kept = kept;
    this.#on = on;
  }

  /** Begins anew with the conversation of now. */
  begin() {
    this.#from = this.#kept.now?.seen ?? 0;
    this.events = [];
  }

  /** Nothing that came before is missing. */
  get isWhole() {
    return !this.#from;
  }

  /** The number of the newest. */
  get upTo() {
    return this.events.at(-1)?.seq ?? this.#from;
  }

  add(event) {
    this.events.push(event);
    this.#awaited.get(event.id)?.();
    this.#awaited.delete(event.id);
    if (event.kind === "customer" && outbox.find(event.id)) outbox.drop(event.id);
  }

  has(id) {
    return this.events.some((event) => event.id === id);
  }

  /** Resolves when it has what was sent under this id. */
  whenHas(id) {
    return this.has(id) ? Promise.resolve() : new Promise((done) => this.#awaited.set(id, done));
  }

  dropSaid() {
    for (const { id } of outbox.all()) if (this.has(id)) outbox.drop(id);
  }

  /** Reads what came before. Raises Trouble. */
  async readBefore() {
    const talk = this.#kept.now;
    const until = this.#from;
    const before = [];
    for (let last = 0; last < until; ) {
      const { events } = await call("GET", `conversations/${talk.id}/events?after=${last}`, { token: talk.token });
      if (!events.length) break;
      before.push(...events.filter(({ seq }) => seq <= until));
      last = events.length < PAGE ? until : events.at(-1).seq;
    }
    if (!this.#kept.is(talk) || this.#from !== until) return;
    this.events.unshift(...before);
    this.#from = 0;
    this.dropSaid();
  }

  /** Who looks: with the panel open and the page in sight, what is here counts as seen. */
  looked(isOn) {
    this.#isLooked = isOn;
    this.count();
  }

  /** Counts what is unread; `isNew`: because of an answer that just came. */
  count(isNew = false) {
    const talk = this.#kept.now;
    const isSeen = this.#isLooked && !document.hidden;
    const seen = talk ? Math.max(talk.seen, isSeen ? this.upTo : 0) : 0;
    if (talk && seen > talk.seen) this.#keepSeen(seen);
    const unread = this.events.filter((event) => event.seq > seen && isAnswer(event)).length;
    if (unread === this.#unread) return;
    const isMore = isNew && unread > this.#unread;
    this.#unread = unread;
    this.#on.unread(unread, isMore);
  }

  #keepSeen(seq) {
    this.#kept.keep({ seen: seq });
    clearTimeout(this.#tellTimer);
    this.#tellTimer = setTimeout(() => this.#tellSeen(seq), TELL_AFTER_MS);
  }

  #tellSeen(seq) {
    const talk = this.#kept.now;
    if (!talk || this.#on.emit("seen", { seq })) return;
    call("POST", `conversations/${talk.id}/seen`, { token: talk.token, json: { seq } }).catch(() => {}); // told again with the next one
  }
}
