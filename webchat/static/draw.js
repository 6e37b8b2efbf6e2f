// The pieces the page is drawn from. Everything from outside goes in as text, never as markup.
import { language, say } from "./language.js";

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** A button that says `word`; `about` names what it is for, for those who hear it alone. */
export function button(className, word, about, press) {
  const made = element("button", className, say(word));
  made.type = "button";
  made.setAttribute("aria-label", `${say(word)}: ${about}`);
  made.addEventListener("click", press);
  return made;
}

export const nameOf = (offering) => offering.name[language()] || offering.name.zh;

export const yuan = (fen) => `¥${fen % 100 ? (fen / 100).toFixed(2) : fen / 100}`;
