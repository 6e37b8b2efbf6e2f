// What was said here and is not in the transcript yet: kept in the browser, for all tabs and over a reload, until it was read from there.
import { recall, remember } from "./memory.js";

const NAME = "outbox";
const KEPT_MOST = 50;
const TOO_OLD_MS = 12 * 3_600_000; // unsent for so long: the customer decides whether it still holds

/** What becomes of a message until the transcript has it. */
export const State = Object.freeze({ UNSENT: "unsent", SENT: "sent", FAILED: "failed" });

/** {id, text, shown, context?, since, state}: `shown` is what the customer sees of it (a button's title). */
export function newMessage(text, shown, context) {
  return { id: newId(), text, shown, context, since: Date.now(), state: State.UNSENT };
}

// crypto.randomUUID is not there on plain http but for localhost.
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** All, in the order they were said. */
export function all() {
  const kept = recall(NAME);
  return Array.isArray(kept) ? kept.filter((message) => typeof message?.id === "string" && typeof message.text === "string") : [];
}

export const find = (id) => all().find((message) => message.id === id);

/** The first that still has to be sent. */
export const next = () => all().find(({ state }) => state === State.UNSENT);

export function add(message) {
  keep([...all(), message].slice(-KEPT_MOST));
}

/** Changes a message, if it is still there; returns it. */
export function change(id, values) {
  const messages = all();
  const message = messages.find((one) => one.id === id);
  if (!message) return null;
  Object.assign(message, values);
  keep(messages);
  return message;
}

export function drop(id) {
  keep(all().filter((message) => message.id !== id));
}

/** The conversation is over: what it may have heard is dropped, what it has not goes to the next one. A button means nothing there but its title. */
export function carryOver() {
  const unsent = all().filter(({ state }) => state !== State.SENT);
  keep(unsent.map((message) => ({ ...message, text: message.shown })));
}

export function retire() {
  for (const { id, since, state } of all()) if (state === State.UNSENT && Date.now() - since > TOO_OLD_MS) change(id, { state: State.FAILED });
}

function keep(messages) {
  remember(NAME, messages.length ? messages : null);
}
