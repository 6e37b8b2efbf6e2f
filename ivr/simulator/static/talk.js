// What is heard and done in the call, as a list that follows its end. Everything goes in as text, never as markup.
import { say } from "./language.js";

const log = document.getElementById("log");
const empty = document.getElementById("talk-empty");
const now = document.getElementById("now");
const SILENT = new Set(["pause"]);

export function clearTalk() {
  log.replaceChildren();
  log.hidden = true;
  empty.hidden = false;
  now.textContent = "";
}

export function addEvents(events) {
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const shown = events.filter((event) => !SILENT.has(event.kind));
  if (!shown.length) return;
  log.hidden = false;
  empty.hidden = true;
  for (const event of shown) add(event);
  if (follows) log.scrollTop = log.scrollHeight;
}

function add(event) {
  const last = log.lastElementChild;
  if (event.kind === "pressed" && last?.dataset.kind === "pressed") {
    last.dataset.keys += event.text; // a number is one line, not one a key
    last.querySelector(".words").textContent = say("pressed", { text: last.dataset.keys });
    return;
  }
  log.append(entry(event));
  if (event.kind === "say") now.replaceChildren(part("words", event.text, event.language));
}

function entry(event) {
  const item = document.createElement("div");
  item.dataset.kind = event.kind;
  if (event.kind === "say" || event.kind === "said") {
    item.className = event.kind === "say" ? "theirs" : "mine";
    item.append(part("who", say(event.kind === "say" ? "line" : "you")), part("words", event.text, event.language || guessed(event.text)));
  } else if (event.kind === "pressed") {
    item.className = "mine";
    item.dataset.keys = event.text;
    item.append(part("who", say("you")), part("words", say("pressed", event)));
  } else {
    item.className = "note";
    item.append(part("words", note(event)));
  }
  return item;
}

function note(event) {
  if (event.kind === "hang_up") return say(event.text === "caller" ? "you_hung_up" : "hung_up");
  return say(event.kind, event);
}

function part(name, text, language = "") {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = text;
  if (language) made.lang = spokenLanguage(language);
  return made;
}

/** Twilio's names of languages as browsers know them. */
export function spokenLanguage(code) {
  return /^(cmn|zh)/i.test(code) ? "zh-CN" : code || "en-US";
}

function guessed(text) {
  return /[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en";
}
