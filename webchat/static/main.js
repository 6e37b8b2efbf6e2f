// The shop page: puts its parts together.
import { Composer } from "./composer.js";
import { apply, language, switchTo, whenSwitched } from "./language.js";
import { Log } from "./log.js";
import { showOfferings } from "./offerings.js";
import { Talk } from "./talk.js";
import { WORDS } from "./words.js";

const who = document.getElementById("who"); // in demo mode only
const other = document.getElementById("language");

const log = new Log({
  choose(payload, title) {
    talk.say(payload, title);
    composer.focus(); // the pressed button is no longer there to have the focus
  },
  retry(message) {
    talk.retry(message);
    composer.focus();
  },
});
const talk = new Talk(log);
const composer = new Composer((text) => talk.say(text));

function nameOther() {
  other.textContent = WORDS[language()].other;
  other.lang = language() === "zh" ? "en" : "zh-CN";
}

other.addEventListener("click", () => switchTo(language() === "zh" ? "en" : "zh"));
whenSwitched(nameOther);
apply();
nameOther();

for (const starter of document.querySelectorAll(".starters button")) {
  starter.addEventListener("click", () => {
    talk.say(starter.textContent);
    composer.focus();
  });
}
who?.addEventListener("change", () => talk.anew(who.value));
document.getElementById("anew").addEventListener("click", () => {
  talk.anew(who?.value ?? "");
  log.notice("anew_done");
  composer.focus();
});
window.addEventListener("offline", () => log.notice("offline"));
window.addEventListener("online", () => log.notice(""));
showOfferings((text) => composer.prefill(text));

// On a small page the way to the chat is offered only while the chat is out of sight.
const toChat = document.getElementById("to-chat");
new IntersectionObserver(([chat]) => (toChat.hidden = chat.isIntersecting)).observe(document.getElementById("chat"));

log.restoring(true);
await talk.restore();
if (who) who.value = talk.who;
log.restoring(false);
