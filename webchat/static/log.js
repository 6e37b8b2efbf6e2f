// Shows the conversation: what the transcript has, in its order, and at the end what waits to get there.
import * as draw from "./draw.js";
import { say } from "./language.js";
import { isStuck, State } from "./message.js";

const NEAR_PX = 400; // somebody who reads further up is not pulled down

const folded = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();

export class Log {
  #root = document.getElementById("log");
  #scroller = document.getElementById("scroller");
  #working = document.getElementById("working");
  #notice = document.getElementById("notice");
  #waiting = new Map(); // message id -> {drawn, message}
  #on;

  /** `on`: choose(payload, title) for a button, retry(message). */
  constructor(on) {
    this.#on = on;
  }

  /** While an earlier conversation is drawn, nothing is read aloud. */
  restoring(isOn) {
    this.#root.setAttribute("aria-live", isOn ? "off" : "polite");
  }

  clear() {
    this.#root.replaceChildren();
    this.#waiting.clear();
    this.#tellWork();
    this.notice("");
  }

  notice(name) {
    this.#notice.textContent = name ? say(name) : "";
  }

  /** Something the transcript has. */
  add({ kind, at, body }) {
    const isMine = kind === "customer";
    if (isMine) this.#closeChoices();
    const drawn = draw.message(kind, body.text ?? "");
    if (body.image) drawn.append(draw.picture(body.image));
    if (body.buttons?.length) drawn.append(draw.choices(body.buttons, this.#on.choose));
    drawn.append(draw.foot({ kind, at }));
    const firstWaiting = this.#waiting.values().next().value?.drawn ?? null;
    this.#root.insertBefore(drawn, firstWaiting);
    this.#follow(isMine);
  }

  /** Something just said. */
  pending(message) {
    const drawn = draw.message("customer", message.shown);
    this.#waiting.set(message.id, { drawn, message });
    this.#closeChoices();
    this.#root.append(drawn);
    this.notice("");
    this.became(message);
    this.#follow(true);
  }

  /** A message that waits has another state. */
  became(message) {
    const { drawn } = this.#waiting.get(message.id);
    drawn.classList.toggle("is-sending", message.state === State.SENDING);
    drawn.classList.toggle("is-failed", isStuck(message));
    drawn.querySelector(".failure")?.remove();
    if (isStuck(message)) {
      drawn.append(draw.failure(message.state, () => this.#on.retry(message)));
      this.#follow(true);
    }
    this.#tellWork();
  }

  /** The transcript has a message that waited. */
  confirm(message, event) {
    this.drop(message);
    // As typed where the words are the same (the server keeps them in one line and in plain letters), else as kept: a PIN comes back hidden.
    const text = folded(message.shown) === folded(event.body.text ?? "") ? message.shown : event.body.text;
    this.add({ ...event, body: { ...event.body, text } });
  }

  drop(message) {
    this.#waiting.get(message.id)?.drawn.remove();
    this.#waiting.delete(message.id);
    this.#tellWork();
  }

  #closeChoices() {
    for (const button of this.#root.querySelectorAll(".choices button:enabled")) button.disabled = true;
  }

  // "Replying ...", or what the server said about why it takes a while.
  #tellWork() {
    const due = [...this.#waiting.values()].map(({ message }) => message).filter((message) => !isStuck(message));
    this.#working.hidden = due.length === 0;
    const words = due.map((message) => message.words).filter(Boolean).at(-1) ?? say("working");
    document.getElementById("working-words").textContent = due.length ? words : "";
  }

  #follow(always) {
    const below = this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight;
    if (always || below < NEAR_PX) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
