// The call on the server: dials, gives it keys and words, and asks what came of it until it is over.

const EVERY_MS = 600;
const TIMEOUT_MS = 30_000; // the line itself may take 15 s for one answer

export class Line {
  #id = "";
  #seen = { events: 0, webhooks: 0 };
  #timer = 0;
  #changed;
  #failed;
  #queue = Promise.resolve();

  /** changed(state): something new, in order and once; failed(what): "lost" while it is tried again, "gone" for good. */
  constructor(changed, failed) {
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Dial. Rejects with an Error whose message says why not. */
  async dial(caller) {
    this.#stop();
    this.#seen = { events: 0, webhooks: 0 };
    const state = await ask("/phone/calls", { caller });
    this.#id = state.id;
    this.#take(state);
  }

  /** {keys}, {words} or {hang_up: true}; one after the other, in the order given. */
  give(input) {
    this.#queue = this.#queue.then(() => this.#look(input));
    return this.#queue;
  }

  /** The page goes: so does the call. */
  leave() {
    if (this.#id) send(this.#address("/input"), { hang_up: true }, { keepalive: true }).catch(() => {});
  }

  async #look(input) {
    if (!this.#id) return;
    clearTimeout(this.#timer);
    const id = this.#id;
    try {
      const state = await ask(this.#address(input ? "/input" : ""), input);
      if (id === this.#id) this.#take(state);
    } catch (error) {
      if (id !== this.#id) return;
      if (error.status === 404) {
        this.#stop();
        this.#failed("gone");
      } else {
        this.#failed("lost");
        this.#again();
      }
    }
  }

  #take(state) {
    this.#seen.events += state.events.length;
    this.#seen.webhooks += state.webhooks.length;
    if (state.over) this.#stop();
    else this.#again();
    this.#changed(state);
  }

  #again() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.give(), EVERY_MS);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#id = "";
  }

  #address(end) {
    return `/phone/calls/${this.#id}${end}?${new URLSearchParams(this.#seen)}`;
  }
}

async function ask(address, body) {
  const answer = await send(address, body, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const found = await answer.json();
  if (answer.ok) return found;
  throw Object.assign(new Error(found.message), { status: answer.status });
}

function send(address, body, more) {
  if (!body) return fetch(address, { cache: "no-store", ...more });
  return fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), ...more });
}
