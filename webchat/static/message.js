// What was said here and is not in the server's transcript yet.

/** What becomes of a message until the transcript has it. */
export const State = Object.freeze({ SENDING: "sending", WAITING: "waiting", FAILED: "failed", SLOW: "slow" });

/** {id, text, shown, state, words, since}: `shown` is what the customer sees of it, `words` what the server said about the wait. */
export function newMessage(text, shown) {
  return { id: newId(), text, shown, state: State.SENDING, words: "", since: Date.now() };
}

export const isStuck = ({ state }) => state === State.FAILED || state === State.SLOW;

// crypto.randomUUID is not there on plain http but for localhost.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
