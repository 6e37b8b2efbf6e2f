// Which conversation it is, kept as careline.talk for all tabs of this browser; its token is renewed when half of its life is over.
import { alone } from "./alone.js";
import { call, Trouble } from "./api.js";
import * as memory from "./memory.js";

const NAME = "talk";
const RENEW_LEAST_MS = 10 * 60_000; // between two renewals, whatever this device's clock says

export class Kept {
  #on;
  #stopHearing = memory.whenElsewhere((name) => (name === null || name === NAME) && this.#elsewhere());
  #isStopped = false;
  now = null; // {id, token, expires, since, seen}

  /** `on`: adopted(before) when it is another one, changed() when another tab saw or renewed it, over(talk) when the
   * gateway does not know it any more. */
  constructor(on) {
    this.#on = on;
  }

  /** As the browser has it now, or null. */
  stored() {
    const talk = memory.recall(NAME);
    if (typeof talk?.id !== "string" || typeof talk.token !== "string") return null;
    return { ...talk, seen: Number.isSafeInteger(talk.seen) ? talk.seen : 0, since: Number(talk.since) || 0 };
  }

  /** Goes on with a conversation (null: none). */
  adopt(talk) {
    const before = this.now;
    this.now = talk;
    this.#on.adopted(before);
  }

  /** Keeps one that just began, and goes on with it. Raises Trouble where all is over meanwhile. */
  begin({ id, token, expires_at: expires }) {
    if (this.#isStopped) throw new Trouble(0, "over", "shut down");
    const talk = { id, token, expires, since: Date.now(), seen: 0 };
    memory.remember(NAME, talk);
    this.adopt(talk);
  }

  is(talk) {
    return !!this.now && this.now.id === talk?.id;
  }

  keep(values) {
    const stored = this.stored();
    if (!stored || !this.is(stored)) return; // another tab went on to another conversation; we hear of it in a moment
    this.now = { ...this.now, ...values, seen: Math.max(this.now.seen, stored.seen, values.seen ?? 0) };
    memory.remember(NAME, this.now);
  }

  /** Keeps the token that a conversation has from now on, where it is still ours. */
  younger(id, { token, expires_at: expires }) {
    if (token && this.is({ id })) this.keep({ token, expires, since: Date.now() });
  }

  /** Nothing of it is left in this browser. */
  forget() {
    memory.remember(NAME, null);
  }

  /** Ends it, here and at the gateway. */
  async leave() {
    const talk = this.stored() ?? this.now;
    this.forget();
    this.adopt(null);
    if (!talk) return;
    await call("DELETE", `conversations/${talk.id}`, { token: talk.token, keepalive: true }).catch(() => {});
  }

  /** True when `talk`, which the gateway refused, is ours; not when another tab has a younger token, or a conversation of its own. */
  isLost(talk) {
    if (!this.is(talk)) return false;
    const stored = this.stored();
    if (!stored || stored.token === talk.token) return true;
    this.adopt(stored);
    return false;
  }

  /** Has the token renewed where it is time. */
  async renew() {
    const { id, since, expires } = this.now ?? {};
    const half = since + Math.max(RENEW_LEAST_MS, (Date.parse(expires) - since) / 2);
    if (!id || Date.now() < half) return;
    await alone("renew", async () => {
      if (this.stored()?.since !== since) return; // another tab was first
      try {
        this.younger(id, await call("POST", `conversations/${id}/token`, { token: this.now.token }));
      } catch (error) {
        if (error.status === 401 && this.is({ id })) this.#on.over(this.now);
      }
    });
  }

  stop() {
    this.#isStopped = true;
    this.now = null;
    this.#stopHearing();
  }

  #elsewhere() {
    const stored = this.stored();
    if (stored?.id !== this.now?.id) return this.adopt(stored);
    this.now = stored;
    this.#on.changed();
  }
}
