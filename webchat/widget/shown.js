// What the panel shows: the conversation as it was read, what waits at its end, who has it, and what there is to say about the line.
import * as outbox from "./outbox.js";

const DOWN_MS = 8_000; // without a line for so long: we say so

// A view that shows nothing: there until the panel is opened for the first time.
const ACTS = ["add", "pending", "became", "drop", "keepOnly", "clear", "state", "notice", "line", "due", "restoring"];
const quiet = Object.fromEntries(ACTS.map((name) => [name, () => {}]));

export class Shown {
  view = quiet; // log.js once the panel was opened
  #record;
  #state = {};
  #timer = 0;

  constructor(record) {
    this.#record = record;
  }

  get isQuiet() {
    return this.view === quiet;
  }

  /** All anew. */
  draw() {
    this.view.clear();
    this.#record.events.forEach((event) => this.view.add(event));
    this.waiting();
    this.state(this.#state);
  }

  /** What was said here and is not in the transcript yet. */
  waiting() {
    this.#record.dropSaid();
    outbox.all().forEach((message) => this.view.pending(message));
  }

  /** The same, where another tab changed it. */
  waitingChanged() {
    this.view.keepOnly(outbox.all().map(({ id }) => id));
    this.waiting();
  }

  state(state) {
    this.#state = state ?? {};
    this.view.state(this.#state);
  }

  /** Whether there is a line to the gateway; without a conversation (`isTalking`) none is missed. */
  line(isUp, isTalking) {
    if (!isUp) this.state({ ...this.#state, typing: null });
    clearTimeout(this.#timer);
    if (!navigator.onLine) this.view.line("offline");
    else if (!isUp && isTalking) this.#timer = setTimeout(() => this.view.line("unreachable"), DOWN_MS);
    else this.view.line("");
  }

  stop() {
    this.view = quiet;
    clearTimeout(this.#timer);
  }
}
