// One conversation with the gateway. Its transcript is the truth: whatever is shown as said was read from there, in its order. What was said
// here waits at the end until it is there too, and may be sent again under the same id: it counts once.
import { call } from "./api.js";
import { Customer } from "./customer.js";
import { Due } from "./due.js";
import { Feed } from "./feed.js";
import { Kept } from "./kept.js";
import * as memory from "./memory.js";
import * as outbox from "./outbox.js";
import { isAnswer, Record } from "./record.js";
import { Sender } from "./sender.js";
import { Shown } from "./shown.js";

const TICK_MS = 60_000; // how often we look whether the token is half over, and what waits too long
const AGAIN_MS = 3_000; // until what came before is asked for again

export class Talk {
  #on;
  #contextTold = "";
  #kept = new Kept({
    adopted: (before) => this.#begin(before),
    changed: () => this.#record.count(),
    over: (talk) => this.#over(talk),
  });
  #record = new Record(this.#kept, {
    unread: (count, isNew) => this.#on.unread(count, isNew),
    emit: (name, data) => this.#feed.emit(name, data),
  });
  #shown = new Shown(this.#record);
  #due = new Due((words) => this.#shown.view.due(words));
  #customer = new Customer(this.#kept, () => this.leave());
  #feed = new Feed({
    event: (event) => this.#take(event),
    state: (state) => this.#shown.state(state),
    gone: () => this.#over(this.#kept.now),
    line: (isUp) => this.#line(isUp),
  });
  #sender = new Sender(
    { kept: this.#kept, customer: this.#customer, due: this.#due, shown: this.#shown },
    { catchUp: () => this.#feed.catchUp(), over: (talk) => this.#over(talk) },
  );
  #stopHearing = memory.whenElsewhere((name) => name === "outbox" && this.#outboxChanged());
  #ticking = setInterval(() => this.#tick(), TICK_MS);
  #listening = new AbortController();

  /** `on`: unread(count, isNew), context() -> what the page tells about itself; it travels with the first message after it changed. */
  constructor(on) {
    this.#on = on;
    const { signal } = this.#listening;
    window.addEventListener("online", () => (this.#shown.view.line(""), this.#sender.send()), { signal });
    window.addEventListener("offline", () => this.#line(false), { signal });
    document.addEventListener("visibilitychange", () => this.#record.count(), { signal });
    outbox.retire();
    this.#kept.adopt(this.#kept.stored());
    this.#sender.send();
  }

  /** Shows everything in `view` (log.js) from now on. */
  async attach(view) {
    this.#shown.view = view;
    await this.draw();
    this.#line(this.#feed.isUp);
  }

  /** Draws all anew, in the language of now. Nothing of it is read aloud. */
  async draw() {
    this.#shown.view.restoring(true);
    this.#shown.waiting();
    const talk = this.#kept.now;
    try {
      await this.#record.readBefore();
      if (talk) await this.#feed.catchUp();
    } catch (error) {
      if (error.isGone) return this.#over(talk);
      setTimeout(() => this.#record.isWhole || !this.#kept.is(talk) || this.draw(), AGAIN_MS);
    } finally {
      this.#shown.draw();
      this.#due.tell();
      this.#shown.view.restoring(false);
    }
  }

  /** Says something; `shown` is what the customer sees of it (a button's title). */
  say(text, shown = text) {
    const now = this.#on.context();
    const context = JSON.stringify(now) === this.#contextTold ? undefined : now;
    this.#contextTold = JSON.stringify(now);
    const message = outbox.newMessage(text, shown, context);
    outbox.add(message);
    this.#shown.view.notice("");
    this.#shown.view.pending(message);
    this.#sender.sendAfresh();
  }

  retry(id) {
    this.#sender.retry(id);
  }

  discard(id) {
    this.#sender.discard(id);
  }

  /** Resolves when the transcript has what was sent under this id. */
  inTranscript(id) {
    return this.#record.whenHas(id);
  }

  /** Whether the panel is open. */
  looked(isOn) {
    this.#record.looked(isOn);
  }

  typing(on) {
    return this.#feed.emit("typing", { on });
  }

  /** A call below this conversation; it is begun if there is none. Raises Trouble. */
  async call(method, path, options = {}) {
    const talk = await this.#customer.opened();
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
    return this.#customer.identify(customerToken);
  }

  /** Ends this conversation, here and at the gateway; the next message begins another. */
  async leave() {
    outbox.all().forEach(({ id }) => outbox.drop(id));
    await this.#kept.leave();
  }

  /** Does nothing more. */
  stop() {
    for (const part of [this.#shown, this.#kept, this.#sender, this.#feed]) part.stop();
    this.#stopHearing();
    this.#listening.abort();
    clearInterval(this.#ticking);
  }

  // Another conversation (null: none), from what was seen of it.
  #begin(before) {
    const talk = this.#kept.now;
    if (before) {
      this.#shown.view.clear();
      this.#contextTold = "";
    }
    this.#record.begin();
    this.#due.clear();
    this.#shown.waiting();
    this.#shown.state({});
    if (talk) this.#feed.follow(() => this.#kept.now ?? talk, this.#record.upTo);
    else this.#feed.stop();
    this.#record.count();
    if (!this.#record.isWhole && !this.#shown.isQuiet) this.draw();
  }

  #take(event) {
    this.#record.add(event);
    this.#shown.view.add(event);
    this.#due.heard(event);
    this.#record.count(isAnswer(event));
  }

  #line(isUp) {
    this.#shown.line(isUp, !!this.#kept.now);
    if (isUp) this.#sender.sendAfresh();
  }

  // The gateway does not know this conversation any more. False when too many ended one after the other.
  #over(talk) {
    if (!this.#kept.isLost(talk)) return true;
    this.#kept.forget();
    outbox.carryOver();
    this.#kept.adopt(null);
    this.#shown.view.notice("expired");
    return this.#sender.goOn();
  }

  #outboxChanged() {
    this.#shown.waitingChanged();
    this.#sender.send();
  }

  #tick() {
    this.#due.tell();
    this.#sender.lookAgain();
    this.#kept.renew();
  }
}
