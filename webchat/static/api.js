// The server's three calls (webchat/routes.py). The token goes into a header, never into an address.

const TIMEOUT_MS = 20_000; // the server answers a turn within 8 s, with a word at least

/** The conversation is over or was never ours. */
export class Gone extends Error {}

/** Too fast: try again after `seconds`. */
export class TooMany extends Error {
  constructor(seconds) {
    super("too many");
    this.seconds = seconds;
  }
}

/** Nobody knows whether it arrived: the same id may be sent again. */
export class NotReached extends Error {}

export const begin = (signIn, language) => call("POST", "/api/v1/conversations", { body: signIn ? { sign_in: signIn } : { language } });

export const send = (talk, message) =>
  call("POST", `/api/v1/conversations/${talk.id}/messages`, { token: talk.token, body: { id: message.id, text: message.text } });

export const eventsAfter = (talk, seq) => call("GET", `/api/v1/conversations/${talk.id}/events?after=${seq}`, { token: talk.token });

export const offerings = (category) => call("GET", `/api/v1/offerings?category=${category}`, {});

async function call(method, address, { token, body }) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  let answer, found;
  try {
    answer = await fetch(address, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
    found = await answer.json();
  } catch (error) {
    throw new NotReached(error.message);
  }
  if (answer.ok) return found;
  if (token && (answer.status === 401 || answer.status === 404)) throw new Gone();
  if (answer.status === 429) throw new TooMany(Number(answer.headers.get("Retry-After")) || 2);
  throw new NotReached(found.message ?? String(answer.status));
}
