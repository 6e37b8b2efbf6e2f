// Sends the outbox: one after the other, so that all arrive in the order they were said; again, under the same id, what did not get through.
import { alone } from "./alone.js";
import { call, Trouble } from "./api.js";
import { PATIENCE_MS } from "./due.js";
import * as outbox from "./outbox.js";
import { State } from "./outbox.js";

const REST_MOST_MS = 30_000; // between two tries to send
const TRIES_MOST = 4; // of one message at which the gateway stumbles; the others shall not wait behind it for ever
const COMES_MS = 400; // what was answered is usually read by then
const ENDS_MOST = 3; // conversations that may end at once, one after the other, before we stop beginning new ones

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Sender {
  #kept;
  #customer;
  #due;
  #shown;
  #on;
  #isSending = false;
  #isStopped = false;
  #failures = 0;
  #ends = 0;
  #timer = 0;
  #rest = 0; // ms the gateway asked us to wait

  /** `on`: catchUp() reads what is new, over(talk) -> whether to go on in another conversation. */
  constructor({ kept, customer, due, shown }, on) {
    this.#kept = kept;
    this.#customer = customer;
    this.#due = due;
    this.#shown = shown;
    this.#on = on;
  }

  /** Sends what there is, unless it is at it. */
  send() {
    clearTimeout(this.#timer);
    if (this.#isSending || this.#isStopped || !outbox.next()) return;
    this.#isSending = true;
    alone("send", () => this.#sendAll()).finally(() => (this.#isSending = false));
  }

  /** The same, as if nothing had failed before. */
  sendAfresh() {
    this.#failures = 0;
    this.send();
  }

  retry(id) {
    this.#change(id, { state: State.UNSENT, since: Date.now() });
    this.#ends = 0;
    this.sendAfresh();
  }

  discard(id) {
    outbox.drop(id);
    this.#shown.view.drop(id);
  }

  /** What the gateway took long ago and the transcript still has not is sent again. */
  lookAgain() {
    for (const { id, state, since } of outbox.all()) {
      if (state === State.SENT && Date.now() - since > PATIENCE_MS) outbox.change(id, { state: State.UNSENT, since: Date.now() });
    }
    this.send();
  }

  /** The conversation ended: what is unsent goes to the next one. False when too many ended one after the other. */
  goOn() {
    if (++this.#ends > ENDS_MOST) {
      for (const { id, state } of outbox.all()) if (state === State.UNSENT) this.#change(id, { state: State.FAILED });
      return false;
    }
    this.send();
    return true;
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #sendAll() {
    await this.#customer.signedIn();
    for (let message; !this.#isStopped && (message = outbox.next()); ) {
      if (await this.#sendOne(message)) continue;
      const ms = Math.min(REST_MOST_MS, 1_000 * 2 ** this.#failures++) * (0.7 + 0.6 * Math.random());
      this.#timer = setTimeout(() => this.send(), Math.max(ms, this.#rest));
      return;
    }
  }

  // False when it has to be tried again later.
  async #sendOne({ id, text, context, tries = 0 }) {
    let talk = null;
    this.#rest = 0;
    try {
      talk = await this.#customer.opened();
      this.#due.goes(id);
      const answer = await call("POST", `conversations/${talk.id}/messages`, { token: talk.token, json: { id, text, context } });
      this.#failures = this.#ends = 0;
      if (this.#kept.is(talk)) this.#sent(id, answer);
      return true;
    } catch (error) {
      this.#due.drop(id);
      if (!(error instanceof Trouble)) throw error;
      return talk && error.isGone ? this.#on.over(talk) : this.#refused(id, tries, error);
    }
  }

  #sent(id, { told, replies }) {
    this.#shown.view.line("");
    this.#change(id, { state: State.SENT });
    this.#due.taken(id, told, replies);
    this.#settle(id, told === "answer");
  }

  // True when this is the end of it: the customer may send it again, or remove it.
  #refused(id, tries, error) {
    this.#rest = error.seconds * 1_000;
    if (error.status === 500) outbox.change(id, { tries: tries + 1 });
    if (error.isPassing && tries < TRIES_MOST) {
      if (error.status !== 429 && error.code !== "over") this.#shown.view.line(navigator.onLine ? "unreachable" : "offline");
      return false;
    }
    this.#change(id, { state: State.FAILED, tries: 0 });
    return true;
  }

  // Answered, and yet not in the transcript under this id: the same button pressed twice. Its first answer is there already.
  async #settle(id, isAnswered) {
    await pause(COMES_MS);
    if (!outbox.find(id) && !this.#due.has(id)) return;
    try {
      await this.#on.catchUp();
    } catch {
      return; // it is read when the line is back
    }
    if (!isAnswered) return;
    this.#due.drop(id);
    this.discard(id);
  }

  #change(id, values) {
    const message = outbox.change(id, values);
    if (message) this.#shown.view.became(message);
  }
}
