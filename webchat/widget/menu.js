// The menu in the panel's head: a button that shows a few others. Escape, a choice, or going elsewhere closes it.
import { element, iconButton, wordButton } from "./make.js";

export class Menu {
  opener = iconButton("icon", "more", "menu", () => this.toggle(this.list.hidden));
  list = element("div", "menu");

  /** `acts`: [word, act] for each entry. */
  constructor(acts) {
    this.list.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    for (const [word, act] of acts) {
      const entry = wordButton("", word, () => {
        this.toggle(false);
        this.opener.focus();
        act();
      });
      this.list.append(entry);
    }
    this.list.addEventListener("keydown", (event) => this.#key(event));
    const leave = ({ relatedTarget }) => {
      if (relatedTarget && relatedTarget !== this.opener && !this.list.contains(relatedTarget)) this.toggle(false);
    };
    this.list.addEventListener("focusout", leave);
  }

  toggle(isOpen) {
    this.list.hidden = !isOpen;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.list.firstElementChild.focus();
  }

  /** True when there was something to close. */
  close() {
    if (this.list.hidden) return false;
    this.toggle(false);
    this.opener.focus();
    return true;
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const entries = [...this.list.children];
    const next = entries.indexOf(this.list.getRootNode().activeElement) + step;
    entries.at(next % entries.length).focus();
  }
}
