// The pieces a conversation is drawn from. Everything from outside goes in as text nodes, never as markup.
import { say, writtenIn } from "./language.js";
import { State } from "./message.js";

const CLOCK = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const SPEAKER = { customer: "you", bot: "bot", person: "person" };

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** One message: a bubble, with who speaks for those who do not see its side. */
export function message(kind, text) {
  const drawn = element("div", kind === "customer" ? "message mine" : "message");
  if (!text) return drawn;
  const bubble = element("div", "bubble");
  const words = element("span", "", text);
  words.lang = writtenIn(text);
  bubble.append(element("span", "unseen", say(SPEAKER[kind] ?? "bot")), words);
  drawn.append(bubble);
  return drawn;
}

export function foot(event) {
  const drawn = element("span", "foot", event.kind === "person" ? `${say("by_person")} · ` : "");
  const time = element("time", "", CLOCK.format(new Date(event.at)));
  time.dateTime = event.at;
  drawn.append(time);
  return drawn;
}

/** Buttons of which one may be pressed, once. */
export function choices(buttons, press) {
  const group = element("div", "choices");
  for (const { title, payload } of buttons) {
    const button = element("button", "", title);
    button.type = "button";
    button.lang = writtenIn(title);
    button.addEventListener("click", () => {
      button.classList.add("chosen");
      press(payload, title);
    });
    group.append(button);
  }
  return group;
}

/** Under a message that did not get through: why, and the way to send it again. */
export function failure(state, retry) {
  const line = element("div", "failure", say(state === State.SLOW ? "slow" : "failed"));
  line.setAttribute("role", "alert");
  const button = element("button", "quiet", say("retry"));
  button.type = "button";
  button.addEventListener("click", retry);
  line.append(button);
  return line;
}

/** A link: pictures of other sites are not loaded into this page. */
export function picture(address) {
  const link = element("a", "", say("picture"));
  if (/^https?:\/\//.test(address)) link.href = address;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}
