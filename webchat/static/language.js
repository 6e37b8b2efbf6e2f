// Which language the page speaks: as the address asks, as chosen before, as the browser prefers. The customer may write in any.
import { WORDS } from "./words.js";

const KEPT = "shop.language";
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
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // storage may be switched off; the choice then lasts as long as the page
  }
  history.replaceState(null, "", location.pathname + location.hash); // what the address asked for is overruled, by a reload too
  apply();
  listeners.forEach((listener) => listener());
}

export function apply(root = document) {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of root.querySelectorAll("[data-word-label]")) element.setAttribute("aria-label", say(element.dataset.wordLabel));
}

function first() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in WORDS) return asked;
  try {
    const kept = localStorage.getItem(KEPT);
    if (kept in WORDS) return kept;
  } catch {
    // as above
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
