// One conversation with the server. The server's transcript is the truth: whatever is shown as said was read from there, in its order;
// what was sent and is not there yet waits at the end, and may be sent again under the same id: it counts once.
import { begin, Gone, send, TooMany } from "./api.js";
import { language } from "./language.js";
import { recall, remember } from "./memory.js";
import { newMessage, State } from "./message.js";
import { Reader } from "./reader.js";

const PATIENCE_MS = 3 * 60_000; // no answer by then: the customer may send again
const SLOWER_MOST = 3; // how often "too fast" is waited out for one message

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Talk {
  #view;
  #kept = null; // {id, token, who}
  #opening = null;
  #unsettled = new Map(); // id -> message
  #sending = Promise.resolve();
  #reader = new Reader({ event: (event) => this.#take(event), gone: () => this.#over(), isDue: () => this.#isDue() });

  /** `view` draws: add(event), pending(message), became(message), confirm(message, event), drop(message), clear(), notice(name). */
  constructor(view) {
    this.#view = view;
    this.who = "";
  }

  /** Goes on with this tab's conversation, if there is one. */
  async restore() {
    this.#kept = recall();
    if (!this.#kept) return;
    this.who = this.#kept.who;
    this.#reader.follow(this.#kept);
    await this.#reader.look();
  }

  /** Leaves the conversation; the next message begins another, as `who` (a demo customer's number, or "" for a guest). */
  anew(who) {
    this.#leave();
    this.who = who;
    this.#opening = null;
    this.#unsettled.clear();
    this.#view.clear();
  }

  /** Says something; `shown` is what the customer sees of it (a button's title). */
  say(text, shown = text) {
    const message = newMessage(text, shown);
    this.#unsettled.set(message.id, message);
    this.#view.pending(message);
    this.#enqueue(message);
  }

  retry(message) {
    message.since = Date.now();
    this.#become(message, State.SENDING);
    this.#enqueue(message);
  }

  // One after the other, so that they arrive in the order they were said.
  #enqueue(message) {
    this.#sending = this.#sending.then(() => this.#send(message));
  }

  async #send(message) {
    let talk = null;
    try {
      talk = this.#isOurs(message) && (await this.#opened());
      if (!this.#isOurs(message)) return;
      const { told, replies } = await this.#deliver(talk, message);
      if (!this.#isOurs(message)) return;
      this.#become(message, State.WAITING, told === "answer" ? "" : replies[0].text);
      await this.#reader.look();
      if (told === "answer" && this.#isOurs(message)) await this.#settle(message);
    } catch (error) {
      if (error instanceof Gone && talk === this.#kept) this.#over();
      else if (this.#isOurs(message) && message.state === State.SENDING) this.#become(message, State.FAILED);
    }
  }

  async #deliver(talk, message) {
    for (let slower = 0; ; slower++) {
      try {
        return await send(talk, message);
      } catch (error) {
        if (!(error instanceof TooMany) || slower === SLOWER_MOST) throw error;
        await pause(error.seconds * 1000);
      }
    }
  }

  async #opened() {
    if (this.#kept) return this.#kept;
    const opening = (this.#opening ??= begin(this.who, language()));
    try {
      const { id, token } = await opening;
      if (opening === this.#opening) {
        this.#kept = { id, token, who: this.who };
        remember(this.#kept);
        this.#reader.follow(this.#kept);
      }
    } finally {
      if (opening === this.#opening) this.#opening = null;
    }
    return this.#kept;
  }

  // Answered, and yet not in the transcript under this id: the same button pressed twice. Its first answer is there already.
  async #settle(message) {
    await this.#reader.catchUp();
    if (!this.#isOurs(message)) return;
    this.#unsettled.delete(message.id);
    this.#view.drop(message);
  }

  #take(event) {
    const message = event.kind === "customer" ? this.#unsettled.get(event.id) : undefined;
    if (!message) return this.#view.add(event);
    this.#unsettled.delete(message.id);
    this.#view.confirm(message, event);
  }

  #isDue() {
    const waiting = [...this.#unsettled.values()].filter((message) => message.state === State.WAITING);
    for (const message of waiting) if (Date.now() - message.since > PATIENCE_MS) this.#become(message, State.SLOW);
    return waiting.some((message) => message.state === State.WAITING);
  }

  #over() {
    this.#leave();
    for (const message of this.#unsettled.values()) this.#become(message, State.FAILED);
    this.#view.notice("expired");
  }

  #leave() {
    this.#kept = null;
    this.#reader.follow(null);
    remember(null);
  }

  #isOurs(message) {
    return this.#unsettled.get(message.id) === message;
  }

  #become(message, state, words = "") {
    message.state = state;
    message.words = words;
    this.#view.became(message);
  }
}
