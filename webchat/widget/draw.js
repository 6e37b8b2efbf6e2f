// The pieces a conversation is drawn from. Whatever shape comes, words are shown as words and the rest is left out.
import { at } from "./api.js";
import { say, tag, writtenIn } from "./language.js";
import { link, linked, safe } from "./links.js";
import { button, element, wordButton } from "./make.js";

const DAY_MS = 86_400_000;

/** A text that may be shown, "" for everything else. */
export const words = (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
const list = (value) => (Array.isArray(value) ? value.filter((one) => one && typeof one === "object") : []);

/** One message: a bubble, with who speaks for those who do not see its side. */
export function message(kind, text) {
  const drawn = element("div", kind === "customer" ? "message mine" : "message");
  if (!text) return drawn;
  const bubble = element("div", "bubble");
  const said = element("span");
  said.lang = writtenIn(text);
  said.append(...linked(text));
  bubble.append(element("span", "unseen", say(kind === "customer" || kind === "person" ? kind : "bot")), said);
  drawn.append(bubble);
  return drawn;
}

/** All that a message of the bot or of a person may hold besides its words. `press(payload, title, button)`. */
export function extras(body, press) {
  const cards = list(body.elements);
  return [
    picture(body.image),
    cards.length ? deck(cards, body.layout === "list", press) : null,
    choices(list(body.buttons), press),
  ].filter(Boolean);
}

/** Who and when; for what the customer said also how far it got. */
export function foot(kind, at, name = "") {
  const drawn = element("span", "foot");
  if (kind === "person") drawn.append(element("span", "name", name || say("agent")), ` · ${say("by_person")} · `);
  const when = new Date(at);
  if (!Number.isNaN(when.getTime())) {
    const time = element("time", "", new Intl.DateTimeFormat(tag(), { hour: "2-digit", minute: "2-digit", hour12: false }).format(when));
    time.dateTime = when.toISOString();
    drawn.append(time);
  }
  if (kind === "customer") drawn.append(element("span", "mark"));
  return drawn;
}

/** The line between two days. */
export function day(at) {
  const when = new Date(at);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY_MS);
  const date = new Intl.DateTimeFormat(tag(), { month: "long", day: "numeric", weekday: "short" }).format(when);
  return element("div", "day", ago === 0 ? say("today") : ago === 1 ? say("yesterday") : date);
}

/** Under a message that did not get through: the ways out. */
export function failure(again, discard) {
  const line = element("div", "failure", say("failed"));
  line.setAttribute("role", "alert");
  line.append(wordButton("", "retry", again), wordButton("", "discard", discard));
  return line;
}

// Buttons of which one may be pressed, once; a button with an address is a link.
function choices(buttons, press) {
  const group = element("div", "choices");
  for (const { title, payload, url } of buttons) {
    const text = words(title);
    if (!text) continue;
    if (words(payload)) {
      const made = button("", text, () => press(payload, text, made));
      made.lang = writtenIn(text);
      group.append(made);
    } else if (safe(url)) {
      group.append(outside(url, text));
    }
  }
  return group.childElementCount ? group : null;
}

function outside(url, text) {
  const made = link(safe(url), text);
  made.append(element("span", "unseen", say("opens")));
  return made;
}

function deck(elements, isList, press) {
  const drawn = element("div", isList ? "cards is-list" : "cards");
  drawn.setAttribute("role", "group");
  drawn.setAttribute("aria-label", say("options"));
  if (!isList) drawn.tabIndex = 0; // it scrolls
  for (const one of elements) {
    const card = element("div", "card");
    const inside = element("div");
    const image = picture(one.image);
    if (image) card.append(image);
    if (words(one.title)) inside.append(spoken("strong", "", words(one.title)));
    if (words(one.subtitle)) inside.append(spoken("span", "sub", words(one.subtitle)));
    const buttons = choices(list(one.buttons), press);
    if (buttons) inside.append(buttons);
    card.append(inside);
    drawn.append(card);
  }
  return drawn;
}

function spoken(name, className, text) {
  const made = element(name, className, text);
  made.lang = writtenIn(text);
  return made;
}

// Pictures of our own gateway are shown; those of others are not loaded into somebody's page without being asked for.
function picture(address) {
  const url = /^(https?:\/\/|\/)/i.test(address) ? safe(new URL(address, at("."))) : "";
  if (!url) return null;
  if (new URL(url).origin !== at(".").origin) return outside(url, say("picture"));
  const image = element("img", "picture");
  image.alt = say("picture");
  image.loading = "lazy";
  image.onerror = () => image.replaceWith(outside(url, say("picture")));
  image.src = url;
  return image;
}

/** A sentence of ours about what happened; "" when there is nothing to say. */
export function noteWords(body) {
  if (words(body.text)) return words(body.text);
  const name = words(body.name) || say("agent");
  const known = { person_joined: "joined", person_left: "left" };
  return Object.hasOwn(known, body.what) ? say(known[body.what], { name }) : "";
}

/** The line on who has the conversation. */
export function statusWords({ phase, name, position, wait_minutes: minutes }) {
  if (phase === "person") return words(name) ? say("served", { name }) : say("served_by");
  if (phase !== "waiting") return "";
  if (!(position > 0)) return say("queued");
  if (position === 1 && !(minutes > 0)) return say("queued_next");
  return say(minutes > 0 ? "queued_at" : "queued_place", { ahead: position - 1, minutes });
}

export const sameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();
