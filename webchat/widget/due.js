// Which answers are on their way: of each message that went out, until the transcript has what was said to it.
import { isAnswer } from "./record.js";

/** No answer by then: we stop saying that one is coming. */
export const PATIENCE_MS = 3 * 60_000;

export class Due {
  #tell;
  #coming = new Map(); // message id -> {words, isAnswered, seq, since}

  /** `tell(words)`: an answer is on its way, with words about it or ""; null when none is. */
  constructor(tell) {
    this.#tell = tell;
  }

  has(id) {
    return this.#coming.has(id);
  }

  /** A message goes out. */
  goes(id) {
    this.#coming.set(id, { words: "", isAnswered: false, seq: 0, since: Date.now() });
    this.tell();
  }

  /** The gateway took it, and told "answer", or had words about why that takes a while. */
  taken(id, told, replies) {
    const one = this.#coming.get(id);
    if (one) one.isAnswered = told === "answer";
    if (one && !one.isAnswered) one.words = replies?.[0]?.text ?? "";
    if (one?.isAnswered && one.seq) this.#coming.delete(id);
    this.tell();
  }

  /** The transcript has something more. */
  heard(event) {
    const one = event.kind === "customer" ? this.#coming.get(event.id) : undefined;
    if (one) one.seq = event.seq;
    if (one?.isAnswered) this.#coming.delete(event.id);
    if (isAnswer(event)) for (const [id, { seq }] of this.#coming) if (seq && seq < event.seq) this.#coming.delete(id);
    this.tell();
  }

  drop(id) {
    this.#coming.delete(id);
    this.tell();
  }

  clear() {
    this.#coming.clear();
    this.tell();
  }

  tell() {
    for (const [id, { since }] of this.#coming) if (Date.now() - since > PATIENCE_MS) this.#coming.delete(id);
    this.#tell(this.#coming.size ? [...this.#coming.values()].at(-1).words : null);
  }
}
