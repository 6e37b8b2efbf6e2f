// The telephone: dialling, keys, words, and what is shown of the call.
import { addWebhooks, clearInside, show } from "./inside.js";
import { apply, language, say, switchTo, whenSwitched } from "./language.js";
import { Line } from "./line.js";
import { addEvents, clearTalk } from "./talk.js";
import { canListen, canSpeak, listen, readAloud, silence } from "./voice.js";
import { WORDS } from "./words.js";

const at = (id) => document.getElementById(id);
const form = at("dial"), caller = at("caller"), number = at("number"), trouble = at("trouble");
const words = at("words"), microphone = at("listen"), aloud = at("aloud"), other = at("language"), keypad = at("keys");
const NUMBER = /^\+[1-9]\d{6,14}$/;
let phase = "idle"; // a name in words.js
let why = "";
let began = 0;
let stopListening = null;

const line = new Line(changed, (what) => (what === "gone" ? end("gone") : showPhase("lost")));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const from = caller.value === "other" ? number.value.replaceAll(/[\s-]/g, "") : caller.value;
  const wrong = caller.value === "other" && !NUMBER.test(from);
  number.setAttribute("aria-invalid", String(wrong));
  trouble.textContent = wrong ? say("number_wrong") : "";
  if (wrong) return number.focus();
  clearTalk();
  clearInside();
  began = Date.now();
  busy(true);
  showPhase("ringing");
  try {
    await line.dial(from);
    if (phase !== "over") at("hang-up").focus();
  } catch (error) {
    why = error.message;
    end("trouble");
  }
});

caller.addEventListener("change", () => {
  at("other").hidden = caller.value !== "other";
  if (caller.value === "other") number.focus();
});

keypad.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) line.give({ keys: key });
});

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea");
  const button = keypad.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && button && !button.disabled) line.give({ keys: event.key });
});

at("hang-up").addEventListener("click", () => line.give({ hang_up: true }));
addEventListener("pagehide", () => line.leave());

at("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!words.value.trim()) return;
  line.give({ words: words.value.trim() });
  words.value = "";
});

microphone.hidden = !canListen;
microphone.addEventListener("click", () => {
  if (stopListening) return stopListening();
  silence();
  showListening(true);
  stopListening = listen((said) => line.give({ words: said }), () => showListening(false));
});

at("aloud-row").hidden = !canSpeak;
aloud.addEventListener("change", silence);

function changed(state) {
  addEvents(state.events);
  addWebhooks(state.webhooks);
  if (aloud.checked) readAloud(state.events);
  if (state.over) end("over");
  else showPhase(listensTo(state));
}

function listensTo({ listens, events, status }) {
  if (status === "ringing") return "ringing";
  if (listens.length > 1) return "keys_or_words";
  if (listens.length) return listens[0] === "dtmf" ? "keys_only" : "words_only";
  return events.at(-1)?.kind === "pause" ? "waiting" : "playing";
}

function end(how) {
  const inCall = document.activeElement === document.body || at("hang-up").contains(document.activeElement) || keypad.contains(document.activeElement);
  busy(false);
  began = 0;
  stopListening?.();
  showPhase(how);
  if (inCall) at("call").focus();
}

function busy(on) {
  for (const control of [caller, number, at("call")]) control.disabled = on;
  for (const control of [...keypad.children, words, at("say"), microphone]) control.disabled = !on;
  at("call").hidden = on;
  at("hang-up").hidden = !on;
}

function showPhase(name) {
  phase = name;
  const text = say(name, { why });
  if (at("state").textContent !== text) at("state").textContent = text;
  document.body.dataset.phase = name;
}

function showListening(on) {
  if (!on) stopListening = null;
  microphone.setAttribute("aria-pressed", String(on));
  microphone.textContent = say(on ? "listening" : "listen");
}

setInterval(() => {
  if (!began) return;
  const seconds = Math.floor((Date.now() - began) / 1000);
  at("time").textContent = [seconds / 60, seconds % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(":");
}, 500);

function nameOther() {
  other.textContent = WORDS[language()].other;
  other.lang = language() === "zh" ? "en" : "zh-CN";
  showPhase(phase);
  show();
}

other.addEventListener("click", () => switchTo(language() === "zh" ? "en" : "zh"));
whenSwitched(nameOther);
apply();
nameOther();
