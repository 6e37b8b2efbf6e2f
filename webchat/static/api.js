// The two calls of this page; the chat makes its own.

const TIMEOUT_MS = 20_000;

/** What is sold of one category: [{id, name: {zh, en}, price_fen, ...}] (webchat/offerings.py). */
export const offerings = async (category) => (await call(`/api/v1/offerings?category=${category}`)).offerings;

/** What the shop's own server would vouch with for its customer (webchat/demo.py). */
export const customerToken = async (number) => (await call("/api/v1/demo/customer_token", { number })).customer_token;

async function call(address, body) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  const how = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) };
  const answer = await fetch(address, how);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}
