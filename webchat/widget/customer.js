// As whom the conversation is held: the customer whose token the page handed over, or a guest. It is begun as that one.
import { alone } from "./alone.js";
import { call, Trouble } from "./api.js";
import { language } from "./language.js";

const FETCHED_MOST_MS = 10_000; // for a page to fetch a customer token from its server

export class Customer {
  #kept;
  #leave;
  #token; // of the shop for its customer, or a function that fetches one
  #signingIn = Promise.resolve();

  /** `leave()` ends the conversation, which is another customer's. */
  constructor(kept, leave) {
    this.#kept = kept;
    this.#leave = leave;
  }

  /** Resolves when the gateway knows who it is, or refused to. */
  signedIn() {
    return this.#signingIn;
  }

  /** The conversation; it is begun if there is none. Raises Trouble. */
  async opened() {
    if (!this.#kept.now) await alone("begin", () => this.#open());
    if (!this.#kept.now) throw new Trouble(0, "over", "ended while it began");
    return this.#kept.now;
  }

  /** Signs the customer in, here or in a new conversation when this one is somebody else's; a token or what gives one. Raises Trouble. */
  identify(token) {
    this.#token = token;
    if (!token || !this.#kept.now) return null;
    const signingIn = this.#signIn(token);
    this.#signingIn = signingIn.catch(() => {});
    return signingIn;
  }

  async #open() {
    if (this.#kept.now) return;
    const stored = this.#kept.stored(); // perhaps another tab was first
    if (stored) return this.#kept.adopt(stored);
    const as = this.#token;
    this.#kept.begin(await this.#begun());
    if (this.#token && this.#token !== as) await this.identify(this.#token).catch(() => {}); // told meanwhile
  }

  async #begun() {
    const begin = (customer_token) => call("POST", "conversations", { json: { language: language(), customer_token } });
    const token = await fresh(this.#token).catch((error) => {
      console.warn("careline: no customer token, so the conversation begins as a guest's:", error.message);
    });
    try {
      return await begin(token);
    } catch (error) {
      if (error.status !== 401 || !this.#token) throw error;
      console.warn("careline: the customer token was refused; the conversation begins as a guest's");
      this.#token = undefined;
      return begin();
    }
  }

  async #signIn(customerToken) {
    const { id, token } = this.#kept.now;
    try {
      const found = await call("POST", `conversations/${id}/identity`, { token, json: { customer_token: await fresh(customerToken) } });
      this.#kept.younger(id, found);
      return found;
    } catch (error) {
      if (error.status === 401 && this.#kept.stored()?.id === id) this.#token = undefined;
      if (error.status !== 409) throw error;
      await this.#leave(); // the next one begins with this token
      return null;
    }
  }
}

// A customer token holds for minutes, and a customer may look around for longer: a page may give a function that fetches one when it is needed.
async function fresh(token) {
  if (typeof token !== "function") return token;
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error("the page gave no customer token in time")), FETCHED_MOST_MS));
  return Promise.race([token(), late]);
}
