// Which language the widget speaks: as the page asks, as chosen before, as the page is written, as the browser prefers. The customer may write in any.
import { recall, remember } from "./memory.js";
import { WORDS } from "./words.js";

const listeners = [];
let current = preferred();

export const language = () => current;
export const tag = () => (current === "zh" ? "zh-CN" : "en");
export const other = () => (current === "zh" ? "en" : "zh");

/** The words under a name, with {places} filled in. */
export function say(name, values = {}) {
  return (WORDS[current][name] ?? "").replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

/** The language a piece of text is written in, for those who have it read aloud. */
export const writtenIn = (text) => (/[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en");

export function whenSwitched(listener) {
  listeners.push(listener);
}

/** "zh", "en", or "auto" for what was chosen before, else the page's, else the browser's; `isChoice`: keep it for the next page. */
export function switchTo(wanted, isChoice) {
  const chosen = Object.hasOwn(WORDS, wanted) ? wanted : preferred();
  if (isChoice && chosen === wanted) remember("language", chosen);
  if (chosen === current) return;
  current = chosen;
  listeners.forEach((listener) => listener());
}

/** Writes the words of the language into what is marked with data-word, data-word-label and data-word-placeholder. */
export function apply(root) {
  for (const one of root.querySelectorAll("[data-word]")) one.textContent = say(one.dataset.word);
  for (const one of root.querySelectorAll("[data-word-label]")) one.setAttribute("aria-label", say(one.dataset.wordLabel));
  for (const one of root.querySelectorAll("[data-word-placeholder]")) one.placeholder = say(one.dataset.wordPlaceholder);
}

function preferred() {
  const chosen = recall("language");
  if (Object.hasOwn(WORDS, chosen)) return chosen;
  const [told] = [document.documentElement.lang, navigator.language].map((one) => one.slice(0, 2).toLowerCase()).filter((one) => one in WORDS);
  return told ?? "en";
}
