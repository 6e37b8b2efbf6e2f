// The line's voice and the caller's: through the browser's own speech, where it has one.
import { language } from "./language.js";
import { spokenLanguage } from "./talk.js";

const synthesis = globalThis.speechSynthesis;
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

export const canSpeak = Boolean(synthesis && globalThis.SpeechSynthesisUtterance);
export const canListen = Boolean(Recognition);

export function readAloud(events) {
  for (const event of events) {
    if (event.kind === "pressed" || event.kind === "said") silence(); // as on the phone, the caller cuts the prompt short
    if (event.kind !== "say") continue;
    const utterance = new SpeechSynthesisUtterance(event.text);
    utterance.lang = spokenLanguage(event.language);
    synthesis.speak(utterance);
  }
}

export function silence() {
  if (canSpeak) synthesis.cancel();
}

/** One utterance; ended() always comes, heard(words) only when something was understood. Returns how to stop. */
export function listen(heard, ended) {
  const recognition = new Recognition();
  recognition.lang = language() === "zh" ? "zh-CN" : "en-US";
  recognition.addEventListener("result", (event) => heard(event.results[0][0].transcript));
  recognition.addEventListener("end", ended);
  recognition.addEventListener("error", () => recognition.abort());
  recognition.start();
  return () => recognition.abort();
}
