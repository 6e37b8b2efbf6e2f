// Invites a visitor to chat, by the operator's rules, politely: at most once on a page, and never again on this device after a "no".
import { recall, remember, whenElsewhere } from "./memory.js";

const WORDS = {
  zh: { label: "在线客服邀请", chat: "和客服聊聊", no: "不用了" },
  en: { label: "Invitation to chat", chat: "Chat with us", no: "No thanks" },
};

const STYLES = `
.invitation {
  box-sizing: border-box; width: max-content; max-width: min(20rem, calc(100vw - 2rem)); padding: .85rem 1rem; border-radius: 16px; background: var(--card);
  color: var(--ink); border: 1px solid var(--line); box-shadow: 0 8px 28px rgb(0 0 0 / .16); font-size: .95rem; line-height: 1.55;
}
.invitation p { margin: 0 0 .6rem; }
.invitation div { display: flex; flex-wrap: wrap; gap: .5rem; }
.invitation button { font: inherit; min-height: 44px; padding: .25rem 1rem; border-radius: 12px; cursor: pointer; }
.invitation .is-chat { background: var(--brand); color: var(--on-brand); border: 1px solid var(--brand); font-weight: 600; }
.invitation .is-no { background: none; color: var(--brand); border: 1px solid var(--edge); }
`;
const KEPT = "refused"; // since when, on this device; outlives a log-out
const TICK_MS = 1000;
const SPOKEN_AFTER_MS = 150; // a live region is read when it changes after it was there

let wasShown = false; // on this page; another boot() is not another page
let refusedHere = false; // where storage is switched off, for as long as the page lasts

/** Watches for a rule that fits; returns a function that stops it. */
export function watch(host, rules) {
  const watching = new Watch(host, rules);
  watching.begin();
  return () => watching.end();
}

class Watch {
  #host;
  #rules;
  #page = "";
  #seconds = 0;
  #timer = 0;
  #shown = null; // {node, remove}
  #stops = [];

  constructor(host, rules) {
    this.#host = host;
    this.#rules = rules;
    this.#page = this.#path();
  }

  begin() {
    if (wasShown || wasRefused() || !this.#rules.length) return;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#stops.push(this.#host.onContext(() => this.#look()));
    this.#listen(window, "pagehide", () => this.#shown && this.#refuse());
    this.#stops.push(whenElsewhere(() => wasRefused() && this.end()));
    this.#listen(document, "keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.#shown && this.#refuse());
    this.#look();
  }

  end() {
    clearInterval(this.#timer);
    this.#stops.splice(0).forEach((stop) => stop());
    this.#shown?.remove();
    this.#shown = null;
  }

  #listen(target, name, act) {
    target.addEventListener(name, act);
    this.#stops.push(() => target.removeEventListener(name, act));
  }

  #tick() {
    if (this.#shown) return this.#isBusy() ? this.end() : this.#shown.speak();
    if (this.#path() !== this.#page) {
      this.#page = this.#path(); // one that changed without loading
      this.#seconds = 0;
    }
    if (document.visibilityState === "visible") this.#seconds += TICK_MS / 1000;
    this.#look();
  }

  #look() {
    if (this.#shown || wasShown || this.#isBusy()) return;
    if (wasRefused()) return this.end();
    const rule = this.#rules.find((one) => this.#fits(one));
    if (rule) this.#show(rule);
  }

  #isBusy() {
    return this.#host.isOpen() || this.#host.isTalking();
  }

  // Where the customer is, as the page tells it or as the address has it.
  #path() {
    const told = this.#host.context().page;
    return String(told).startsWith("/") ? String(told) : location.pathname;
  }

  #fits(rule) {
    return (
      (rule.page === undefined || matches(rule.page, this.#path())) &&
      this.#seconds >= (rule.seconds ?? 0) &&
      (Number(this.#host.context().cart) || 0) >= (rule.cart ?? 0) &&
      this.#host.errors() >= (rule.errors ?? 0)
    );
  }

  #show(rule) {
    wasShown = true;
    this.#host.addStyles(STYLES);
    const node = made("section", "invitation");
    node.setAttribute("role", "region");
    const words = made("p");
    words.setAttribute("role", "status");
    const acts = made("div");
    const chat = pressed("is-chat", () => this.#accept());
    const no = pressed("is-no", () => this.#refuse());
    acts.append(chat, no);
    node.append(words, acts);
    const speak = () => {
      const language = this.#host.language();
      if (node.lang === language) return;
      node.lang = language;
      node.setAttribute("aria-label", WORDS[language].label);
      words.textContent = rule.words[language];
      chat.textContent = WORDS[language].chat;
      no.textContent = WORDS[language].no;
    };
    this.#shown = { remove: this.#host.showInvitation(node), speak };
    setTimeout(speak, SPOKEN_AFTER_MS);
  }

  #accept() {
    this.end();
    this.#host.open();
  }

  #refuse() {
    refusedHere = true;
    remember(KEPT, new Date().toISOString());
    this.end();
  }
}

const wasRefused = () => refusedHere || recall(KEPT) !== null;

/** Does a path match a rule's page, in which * stands for anything? */
function matches(glob, path) {
  const decoded = readable(path);
  const pattern = glob.split("*").map((part) => part.replace(/[^\w/]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`, "s").test(decoded);
}

function readable(path) {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function made(name, className = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  return element;
}

function pressed(className, act) {
  const button = made("button", className);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}
