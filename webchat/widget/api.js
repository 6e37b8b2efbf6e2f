// The gateway's HTTP calls. The token goes into a header, never into an address.

const TIMEOUT_MS = 20_000; // the gateway answers a message within 8 s, with a word at least
let home = "";

/** The gateway's address, with a slash at its end. */
export function connectTo(address) {
  home = address;
}

export const at = (path) => new URL(path, home);

/** The gateway refused, or was not reached (status 0: nobody knows whether it arrived). `seconds`: when to try again, if it told. */
export class Trouble extends Error {
  constructor(status, code, message, seconds = 0) {
    super(message);
    Object.assign(this, { status, code, seconds });
  }

  /** The conversation is over or was never ours. */
  get isGone() {
    return this.status === 401 || this.status === 404;
  }

  /** The same may work later. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** `path` below /api/v1/. `as`: json, text or blob. Raises Trouble. */
export async function call(method, path, { token, json, body, headers = {}, as = "json", ms = TIMEOUT_MS, signal, keepalive } = {}) {
  const told = { Accept: as === "json" ? "application/json" : "*/*", ...headers };
  if (token) told.Authorization = `Bearer ${token}`;
  if (json) told["Content-Type"] = "application/json";
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  const stop = () => deadline.abort();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop(); // while the conversation was begun
  try {
    const answer = await fetch(at(`api/v1/${path}`), {
      method, headers: told, body: json ? JSON.stringify(json) : body, signal: deadline.signal, keepalive, credentials: "omit", cache: token ? "no-store" : "default",
    });
    if (answer.ok) return answer.status === 204 ? null : await answer[as]();
    const { error, message } = await answer.json().catch(() => ({}));
    throw new Trouble(answer.status, error ?? "unknown", message ?? String(answer.status), Number(answer.headers.get("Retry-After")) || 0);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble(0, "not_reached", error.message);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
