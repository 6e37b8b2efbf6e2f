// Which language the page speaks: as the address asks, else as the browser prefers. The line is asked by key, as on every phone.
import { WORDS } from "./words.js";

const listeners = [];
let current = first();

export const language = () => current;

/** The words under a name, with {places} filled in. */
export function say(name, values = {}) {
  return WORDS[current][name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

export function whenSwitched(listener) {
  listeners.push(listener);
}

export function switchTo(chosen) {
  current = chosen;
  history.replaceState(null, "", `${location.pathname}?lang=${chosen}`);
  apply();
  listeners.forEach((listener) => listener());
}

export function apply() {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-word-label]")) element.setAttribute("aria-label", say(element.dataset.wordLabel));
  for (const element of document.querySelectorAll("[data-word-hint]")) element.placeholder = say(element.dataset.wordHint);
}

function first() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in WORDS) return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
