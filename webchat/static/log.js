// Draws the conversation. Everything from outside goes in as text nodes, never as markup.
import { say, writtenIn } from "./language.js";
import { State } from "./talk.js";

const CLOCK = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export class Log {
  #root;
  #scroller;
  #working;
  #notice;
  #on;
  #drawn = new Map(); // message id -> element, while it waits at the end

  /** `on`: choose(payload, title) for a button, retry(message). */
  constructor(on) {
    this.#on = on;
    this.#root = document.getElementById("log");
    this.#scroller = document.getElementById("scroller");
    this.#working = document.getElementById("working");
    this.#notice = document.getElementById("notice");
  }

  /** While an earlier conversation is drawn, nothing is read aloud. */
  restoring(isOn) {
    this.#root.setAttribute("aria-live", isOn ? "off" : "polite");
  }

  clear() {
    this.#root.replaceChildren();
    this.#drawn.clear();
    this.#work();
    this.notice("");
  }

  notice(name) {
    this.#notice.textContent = name ? say(name) : "";
  }

  add(event) {
    const mine = event.kind === "customer";
    if (mine) this.#closeChoices();
    const drawn = this.#message(mine, event.kind, event.body.text ?? "");
    if (event.body.image) drawn.append(this.#picture(event.body.image));
    if (event.body.buttons?.length) drawn.append(this.#choices(event.body.buttons));
    drawn.append(this.#foot(event));
    this.#root.insertBefore(drawn, this.#firstPending());
    this.#follow(mine);
  }

  pending(message) {
    const drawn = this.#message(true, "customer", message.shown);
    this.#drawn.set(message.id, drawn);
    this.#root.append(drawn);
    this.#closeChoices();
    this.notice("");
    this.became(message);
    this.#follow(true);
  }

  became(message) {
    const drawn = this.#drawn.get(message.id);
    const isStuck = message.state === State.FAILED || message.state === State.SLOW;
    drawn.classList.toggle("is-sending", message.state === State.SENDING);
    drawn.classList.toggle("is-failed", isStuck);
    drawn.dataset.state = message.state;
    drawn.querySelector(".failure")?.remove();
    if (isStuck) drawn.append(this.#failure(message));
    drawn.words = message.words;
    this.#work();
    if (isStuck) this.#follow(true);
  }

  confirm(message, event) {
    this.drop(message);
    this.add(event); // as the server keeps it: a PIN comes back hidden
  }

  drop(message) {
    this.#drawn.get(message.id)?.remove();
    this.#drawn.delete(message.id);
    this.#work();
  }

  #message(mine, kind, text) {
    const drawn = element("div", mine ? "message mine" : "message");
    const bubble = element("div", "bubble");
    bubble.append(element("span", "unseen", say(mine ? "you" : kind === "person" ? "person" : "bot")));
    const words = element("span", "", text);
    words.lang = writtenIn(text);
    bubble.append(words);
    if (text) drawn.append(bubble);
    return drawn;
  }

  #foot(event) {
    const foot = element("span", "foot");
    const time = element("time", "", CLOCK.format(new Date(event.at)));
    time.dateTime = event.at;
    foot.append(event.kind === "person" ? `${say("by_person")} · ` : "", time);
    return foot;
  }

  #choices(buttons) {
    const group = element("div", "choices");
    for (const { title, payload } of buttons) {
      const button = element("button", "", title);
      button.type = "button";
      button.lang = writtenIn(title);
      button.addEventListener("click", () => {
        button.classList.add("chosen");
        this.#on.choose(payload, title);
      });
      group.append(button);
    }
    return group;
  }

  #closeChoices() {
    for (const button of this.#root.querySelectorAll(".choices button:enabled")) button.disabled = true;
  }

  #failure(message) {
    const line = element("div", "failure", say(message.state === State.SLOW ? "slow" : "failed"));
    line.setAttribute("role", "alert");
    const retry = element("button", "quiet", say("retry"));
    retry.type = "button";
    retry.addEventListener("click", () => this.#on.retry(message));
    line.append(retry);
    return line;
  }

  #picture(address) {
    const link = element("a", "", say("picture"));
    if (/^https?:\/\//.test(address)) link.href = address;
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    return link;
  }

  // "Replying ...", or what the server said about why it takes a while.
  #work() {
    const due = [...this.#drawn.values()].filter((drawn) => [State.SENDING, State.WAITING].includes(drawn.dataset.state));
    const words = due.map((drawn) => drawn.words).findLast(Boolean) ?? say("working");
    this.#working.hidden = due.length === 0;
    document.getElementById("working-words").textContent = due.length ? words : "";
  }

  #firstPending() {
    return this.#drawn.values().next().value ?? null;
  }

  #follow(always) {
    const left = this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight;
    if (always || left < 400) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
