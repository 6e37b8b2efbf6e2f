// Makes elements. Everything from outside goes in as text, never as markup.
import { icon } from "./icons.js";
import { say } from "./language.js";

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** A button with words of its own. */
export function button(className, text, press) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** A button with one of our words, switched with the language. */
export function wordButton(className, word, press) {
  const made = button(className, say(word), press);
  made.dataset.word = word;
  return made;
}

/** A button that shows a drawing and is named by one of our words. */
export function iconButton(className, drawing, word, press) {
  const made = button(className, "", press);
  made.append(icon(drawing));
  made.dataset.wordLabel = word;
  made.setAttribute("aria-label", say(word));
  return made;
}
