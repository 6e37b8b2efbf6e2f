// One conversation with the gateway. Its transcript is the truth: whatever is shown as said was read from there, in its order. What was said
// here waits at the end until it is there too, and may be sent again under the same id: it counts once.
import { call, Trouble } from "./api.js";
import { Feed } from "./feed.js";
import { language } from "./language.js";
import * as memory from "./memory.js";
import * as outbox from "./outbox.js";
import { State } from "./outbox.js";
import { quiet } from "./quiet.js";

const PAGE = 200;
const REST_MOST_MS = 30_000; // between two tries to send
const TRIES_MOST = 4; // of one message at which the gateway stumbles; the others shall not wait behind it for ever
const COMES_MS = 400; // what was answered is usually read by then
const PATIENCE_MS = 3 * 60_000; // no answer by then: we stop saying that one is coming, and send again what never arrived
const TICK_MS = 60_000; // how often we look whether the token is half over, and what waits too long
const RENEW_LEAST_MS = 10 * 60_000; // between two renewals, whatever this device's clock says
const ENDS_MOST = 3; // conversations that may end at once, one after the other, before we stop beginning new ones
const VOUCHED_MOST_MS = 10_000; // for a page to fetch a customer token from its server
const SEEN_AFTER_MS = 300;
const DOWN_MS = 8_000; // without a line for so long: we say so

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const counts = ({ kind, body }) => (kind === "bot" || kind === "person") && !!body && Object.keys(body).some((key) => key !== "name");

// Of several tabs only one does this at a time; where the browser has no locks, the gateway sorts out what comes twice.
const alone = (name, work) => (navigator.locks ? navigator.locks.request(`careline.${name}`, work) : work());

export class Talk {
  #on;
  #view = quiet;
  #kept = null; // {id, token, expires, since, seen}, as in careline.talk
  #events = []; // what was read: everything after #from, and all of it once the panel was opened
  #from = 0;
  #state = {};
  #due = new Map(); // message id -> {words, answered, seq, since}: said, and the answer is on its way
  #awaited = new Map(); // client id -> what to call when the transcript has it (uploads)
  #contextTold = "";
  #customerToken;
  #identifying = Promise.resolve();
  #sending = false;
  #failures = 0;
  #sendTimer = 0;
  #seenTimer = 0;
  #lineTimer = 0;
  #ends = 0;
  #isLooked = false;
  #isOver = false;
  #feed = new Feed({
    event: (event) => this.#take(event),
    state: (state) => this.#become(state),
    gone: () => this.#over(this.#kept),
    line: (isUp) => this.#line(isUp),
  });
  #stopHearing = memory.whenElsewhere((name) => this.#elsewhere(name));
  #ticking = setInterval(() => this.#tick(), TICK_MS);
  unread = 0;

  /** `on`: unread(count, isNew), context() -> what the page tells about itself; it travels with the first message after it changed. */
  constructor(on) {
    this.#on = on;
    window.addEventListener("online", () => (this.#view.line(""), this.#send()));
    window.addEventListener("offline", () => this.#line(false));
    document.addEventListener("visibilitychange", () => this.#see());
    outbox.retire();
    this.#adopt(kept());
    if (outbox.next()) this.#send();
  }

  /** The number of the newest event read. */
  get upTo() {
    return this.#events.at(-1)?.seq ?? this.#from;
  }

  /** Shows everything in `view` (log.js) from now on. */
  async attach(view) {
    this.#view = view;
    await this.draw();
    this.#line(this.#feed.isUp);
  }

  /** Draws all anew, in the language of now. Nothing of it is read aloud. */
  async draw() {
    this.#view.restoring(true);
    const mine = this.#kept;
    try {
      await this.#readBefore();
      if (mine) await this.#feed.catchUp();
    } catch (error) {
      if (error.isGone) return this.#over(mine);
      setTimeout(() => this.#from && this.#kept === mine && this.draw(), 3_000); // what came before is missing
    } finally {
      this.#view.clear();
      this.#events.forEach((event) => this.#view.add(event));
      this.#showWaiting();
      this.#become(this.#state);
      this.#tellDue();
      this.#view.restoring(false);
    }
  }

  /** Says something; `shown` is what the customer sees of it (a button's title). */
  say(text, shown = text) {
    const now = this.#on.context();
    const context = JSON.stringify(now) === this.#contextTold ? undefined : now;
    this.#contextTold = JSON.stringify(now);
    const message = outbox.newMessage(text, shown, context);
    outbox.add(message);
    this.#view.notice("");
    this.#view.pending(message);
    this.#failures = 0;
    this.#send();
  }

  retry(id) {
    const message = outbox.change(id, { state: State.UNSENT, since: Date.now() });
    if (message) this.#view.became(message);
    this.#failures = this.#ends = 0;
    this.#send();
  }

  discard(id) {
    outbox.drop(id);
    this.#view.drop(id);
  }

  /** Resolves when the transcript has what was sent under this id. */
  inTranscript(id) {
    if (this.#events.some((event) => event.id === id)) return Promise.resolve();
    return new Promise((done) => this.#awaited.set(id, done));
  }

  /** Who looks: with the panel open and the page in sight, what is there counts as seen. */
  looked(isOn) {
    this.#isLooked = isOn;
    this.#see();
  }

  typing(on) {
    return this.#feed.emit("typing", { on });
  }

  /** A call below this conversation; it is begun if there is none. Raises Trouble. */
  async call(method, path, options = {}) {
    const talk = await this.#opened();
    try {
      const found = await call(method, `conversations/${talk.id}${path}`, { ...options, token: talk.token });
      if (method !== "GET") this.#feed.catchUp().catch(() => {});
      return found;
    } catch (error) {
      if (error.status === 401) this.#over(talk);
      throw error;
    }
  }

  /** Signs the customer in, here or in a new conversation when this one is somebody else's; a token or what gives one. Raises Trouble. */
  identify(customerToken) {
    this.#customerToken = customerToken;
    if (!customerToken || !this.#kept) return null;
    const identifying = this.#identify(customerToken);
    this.#identifying = identifying.catch(() => {});
    return identifying;
  }

  /** Ends this conversation, here and at the gateway; the next message begins another. */
  async leave() {
    const talk = kept() ?? this.#kept;
    outbox.all().forEach(({ id }) => outbox.drop(id));
    memory.remember("talk", null);
    this.#adopt(null);
    if (!talk) return;
    await call("DELETE", `conversations/${talk.id}`, { token: talk.token, keepalive: true }).catch(() => {});
  }

  /** Does nothing more. */
  stop() {
    this.#isOver = true;
    this.#view = quiet;
    this.#kept = null;
    this.#feed.stop();
    this.#stopHearing();
    clearInterval(this.#ticking);
    clearTimeout(this.#sendTimer);
    clearTimeout(this.#lineTimer);
  }

  // -- sending: one after the other, so that they arrive in the order they were said

  #send() {
    clearTimeout(this.#sendTimer);
    if (this.#sending || this.#isOver || !outbox.next()) return;
    this.#sending = true;
    alone("send", () => this.#sendAll()).finally(() => (this.#sending = false));
  }

  async #sendAll() {
    await this.#identifying;
    for (let message; !this.#isOver && (message = outbox.next()); ) {
      const talk = await this.#sendOne(message);
      if (talk) continue;
      const ms = Math.min(REST_MOST_MS, 1_000 * 2 ** this.#failures++) * (0.7 + 0.6 * Math.random());
      this.#sendTimer = setTimeout(() => this.#send(), Math.max(ms, this.#rest));
      return;
    }
  }

  #rest = 0; // ms the gateway asked us to wait

  // The conversation it went to; null when it has to be tried again later.
  async #sendOne({ id, text, context, tries = 0 }) {
    let talk = null;
    this.#rest = 0;
    try {
      talk = await this.#opened();
      this.#due.set(id, { words: "", answered: false, seq: 0, since: Date.now() });
      this.#tellDue();
      const { told, replies } = await call("POST", `conversations/${talk.id}/messages`, { token: talk.token, json: { id, text, context } });
      this.#failures = this.#ends = 0;
      this.#sent(talk, id, told, replies);
      return talk;
    } catch (error) {
      this.#due.delete(id);
      this.#tellDue();
      if (!(error instanceof Trouble)) throw error;
      if (talk && error.isGone) return this.#over(talk) ? talk : null;
      this.#rest = error.seconds * 1_000;
      if (error.status === 500) outbox.change(id, { tries: tries + 1 });
      if (error.isPassing && tries < TRIES_MOST) {
        if (error.status !== 429) this.#view.line(navigator.onLine ? "unreachable" : "offline");
        return null;
      }
      const message = outbox.change(id, { state: State.FAILED, tries: 0 });
      if (message) this.#view.became(message);
      return talk ?? {};
    }
  }

  #sent(talk, id, told, replies) {
    if (this.#kept?.id !== talk.id) return;
    this.#view.line("");
    const message = outbox.change(id, { state: State.SENT });
    if (message) this.#view.became(message);
    const due = this.#due.get(id);
    if (due && told !== "answer") due.words = replies?.[0]?.text ?? "";
    if (due) due.answered = told === "answer";
    if (due?.answered && due.seq) this.#due.delete(id);
    this.#tellDue();
    this.#settle(id, told === "answer");
  }

  // Answered, and yet not in the transcript under this id: the same button pressed twice. Its first answer is there already.
  async #settle(id, isAnswered) {
    await pause(COMES_MS);
    if (!outbox.find(id) && !this.#due.has(id)) return;
    try {
      await this.#feed.catchUp();
    } catch {
      return; // it is read when the line is back
    }
    if (!isAnswered) return;
    this.#due.delete(id);
    this.#tellDue();
    this.discard(id);
  }

  async #opened() {
    if (this.#kept) return this.#kept;
    await alone("begin", async () => {
      if (this.#kept) return;
      let talk = kept(); // perhaps another tab was first
      if (!talk) {
        const as = this.#customerToken;
        const found = await this.#begin();
        talk = { id: found.id, token: found.token, expires: found.expires_at, since: Date.now(), seen: 0 };
        if (this.#isOver) throw new Trouble(0, "over", "shut down");
        memory.remember("talk", talk);
        this.#adopt(talk);
        if (this.#customerToken && this.#customerToken !== as) await this.identify(this.#customerToken).catch(() => {}); // told meanwhile
        return;
      }
      this.#adopt(talk);
    });
    return this.#kept;
  }

  async #begin() {
    const wanted = (customer_token) => call("POST", "conversations", { json: { language: language(), customer_token } });
    const token = await fresh(this.#customerToken).catch((error) => {
      console.warn("careline: no customer token, so the conversation begins as a guest's:", error.message);
    });
    try {
      return await wanted(token);
    } catch (error) {
      if (error.status !== 401 || !this.#customerToken) throw error;
      console.warn("careline: the customer token was refused; the conversation begins as a guest's");
      this.#customerToken = undefined;
      return wanted();
    }
  }

  // -- what comes in

  #take(event) {
    this.#events.push(event);
    this.#awaited.get(event.id)?.();
    this.#awaited.delete(event.id);
    const due = event.kind === "customer" ? this.#due.get(event.id) : undefined;
    if (due) due.seq = event.seq;
    if (due?.answered) this.#due.delete(event.id);
    if (counts(event)) for (const [id, { seq }] of this.#due) if (seq && seq < event.seq) this.#due.delete(id);
    const said = event.kind === "customer" && outbox.find(event.id);
    if (said) outbox.drop(said.id);
    this.#view.add(event);
    this.#tellDue();
    this.#see(counts(event));
  }

  #become(state) {
    this.#state = state ?? {};
    this.#view.state(this.#state);
  }

  #line(isUp) {
    if (!isUp) this.#become({ ...this.#state, typing: null });
    clearTimeout(this.#lineTimer);
    if (!navigator.onLine) this.#view.line("offline");
    else if (!isUp && this.#kept) this.#lineTimer = setTimeout(() => this.#view.line("unreachable"), DOWN_MS);
    else this.#view.line("");
    if (!isUp) return;
    this.#failures = 0;
    this.#send();
  }

  #tellDue() {
    for (const [id, { since }] of this.#due) if (Date.now() - since > PATIENCE_MS) this.#due.delete(id);
    this.#view.due(this.#due.size ? [...this.#due.values()].at(-1).words : null);
  }

  #see(isNew = false) {
    const isSeen = this.#isLooked && !document.hidden;
    const seen = this.#kept ? Math.max(this.#kept.seen, isSeen ? this.upTo : 0) : 0;
    if (this.#kept && seen > this.#kept.seen) {
      this.#keep({ seen });
      clearTimeout(this.#seenTimer);
      this.#seenTimer = setTimeout(() => this.#tellSeen(seen), SEEN_AFTER_MS);
    }
    const unread = this.#events.filter((event) => event.seq > seen && counts(event)).length;
    if (unread === this.unread) return;
    const isMore = isNew && unread > this.unread;
    this.unread = unread;
    this.#on.unread(unread, isMore);
  }

  #tellSeen(seq) {
    const talk = this.#kept;
    if (!talk || this.#feed.emit("seen", { seq })) return;
    call("POST", `conversations/${talk.id}/seen`, { token: talk.token, json: { seq } }).catch(() => {}); // told again with the next one
  }

  async #readBefore() {
    const talk = this.#kept;
    const until = this.#from;
    if (!talk || !until) return;
    const before = [];
    for (let last = 0; last < until; ) {
      const { events } = await call("GET", `conversations/${talk.id}/events?after=${last}`, { token: talk.token });
      if (!events.length) break;
      before.push(...events.filter(({ seq }) => seq <= until));
      last = events.length < PAGE ? until : events.at(-1).seq;
    }
    if (this.#kept?.id !== talk.id || this.#from !== until) return;
    this.#events.unshift(...before);
    this.#from = 0;
    for (const { id } of before) if (id && outbox.find(id)) outbox.drop(id);
  }

  // -- which conversation it is

  // Goes on with a conversation (null: none), from what was seen of it.
  #adopt(talk) {
    if (this.#kept) {
      this.#view.clear();
      this.#contextTold = "";
    }
    this.#kept = talk;
    this.#events = [];
    this.#from = talk?.seen ?? 0;
    this.#due.clear();
    this.#showWaiting();
    this.#become({});
    this.#tellDue();
    if (talk) this.#feed.follow(() => this.#kept ?? talk, this.#from);
    else this.#feed.stop();
    this.#see();
    if (talk && this.#from && this.#view !== quiet) this.draw();
  }

  #keep(values) {
    const now = kept();
    if (!this.#kept || now?.id !== this.#kept.id) return; // another tab went on to another conversation; we hear of it in a moment
    this.#kept = { ...this.#kept, ...values, seen: Math.max(this.#kept.seen, now?.seen ?? 0, values.seen ?? 0) };
    memory.remember("talk", this.#kept);
  }

  #elsewhere(name) {
    if (name === "outbox") return this.#outboxChanged();
    if (name !== null && name !== "talk") return;
    const now = kept();
    if (now?.id !== this.#kept?.id) return this.#adopt(now);
    this.#kept = now;
    this.#see();
  }

  #outboxChanged() {
    const messages = outbox.all();
    this.#view.keepOnly(messages.map(({ id }) => id));
    this.#showWaiting();
    this.#send();
  }

  #showWaiting() {
    const said = new Set(this.#events.map(({ id }) => id));
    for (const message of outbox.all()) {
      if (said.has(message.id)) outbox.drop(message.id);
      else this.#view.pending(message);
    }
  }

  async #identify(customerToken) {
    const { id, token } = this.#kept;
    try {
      return await call("POST", `conversations/${id}/identity`, { token, json: { customer_token: await fresh(customerToken) } });
    } catch (error) {
      if (error.status === 409) await this.leave(); // the next one begins with this token
      else if (error.status === 401 && kept()?.id === id) this.#customerToken = undefined;
      if (error.status !== 409) throw error;
      return null;
    }
  }

  // The gateway does not know this conversation any more. False when too many ended one after the other.
  #over(talk) {
    const now = kept();
    if (!talk || this.#kept?.id !== talk.id) return true;
    if (now && now.token !== talk.token) {
      this.#adopt(now); // another tab has a younger token, or a conversation of its own
      return true;
    }
    memory.remember("talk", null);
    outbox.carryOver();
    this.#adopt(null);
    this.#view.notice("expired");
    if (++this.#ends > ENDS_MOST) {
      for (const { id, state } of outbox.all()) if (state === State.UNSENT) this.#view.became(outbox.change(id, { state: State.FAILED }));
      return false;
    }
    this.#send();
    return true;
  }

  #tick() {
    this.#tellDue();
    for (const { id, state, since } of outbox.all()) {
      if (state === State.SENT && Date.now() - since > PATIENCE_MS) outbox.change(id, { state: State.UNSENT, since: Date.now() });
    }
    this.#send();
    this.#renew();
  }

  async #renew() {
    const { id, since, expires } = this.#kept ?? {};
    const half = since + Math.max(RENEW_LEAST_MS, (Date.parse(expires) - since) / 2);
    if (!id || Date.now() < half) return;
    await alone("renew", async () => {
      if (kept()?.since !== since) return;
      try {
        const { token, expires_at } = await call("POST", `conversations/${id}/token`, { token: this.#kept.token });
        if (this.#kept?.id === id) this.#keep({ token, expires: expires_at, since: Date.now() });
      } catch (error) {
        if (error.status === 401 && this.#kept?.id === id) this.#over(this.#kept);
      }
    });
  }
}

// A customer token holds for minutes, and a customer may look around for longer: a page may give a function that fetches one when it is needed.
async function fresh(customerToken) {
  if (typeof customerToken !== "function") return customerToken;
  const late = pause(VOUCHED_MOST_MS).then(() => Promise.reject(new Error("the page gave no customer token in time")));
  return Promise.race([customerToken(), late]);
}

// {id, token, expires, since, seen} as the browser has it now, or null.
function kept() {
  const talk = memory.recall("talk");
  if (typeof talk?.id !== "string" || typeof talk.token !== "string") return null;
  return { ...talk, seen: Number.isSafeInteger(talk.seen) ? talk.seen : 0, since: Number(talk.since) || 0 };
}
