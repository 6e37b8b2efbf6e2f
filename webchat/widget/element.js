// <careline-chat>: the launcher with its badge, and behind it the panel, which is fetched when it is opened for the first time.
import { call } from "./api.js";
import { icon } from "./icons.js";
import { language, say, switchTo, tag, whenSwitched } from "./language.js";
import { LOOK, sheet } from "./look.js";
import { element } from "./make.js";
import { recall, whenElsewhere, wipe } from "./memory.js";

const IDLE_MS = 3_000; // where the browser does not tell when it has nothing to do
const TEXT_MOST = 200; // characters of one thing a page tells of itself
const CART_MOST = 99;
const NOTHING = { upload: { types: [], most_bytes: 0, voice_seconds: 0 }, invitations: [] };

export class CarelineChat extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #widget = element("section", "widget");
  #launcher = element("button", "launcher");
  #badge = element("span", "badge");
  #aside = element("div", "aside"); // invitations, and what went wrong
  #hint = element("p", "hint");
  #told = element("p", "unseen"); // tells of new messages while the panel is closed
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #options = {};
  #context = {};
  #errors = 0; // reported by the page
  #contextListeners = new Set();
  #onUnread = () => {};
  #settings = null;
  #settingsComing = null;
  #talk = null;
  #talkComing = null;
  #panel = null;
  #panelComing = null;
  #stopInviting = () => {};
  #stopHearing = () => {};
  #wantsOpen = false;
  #opener = null;
  #isOver = false;
  unread = 0;

  /** What the parts get (contract: language, call, sheet, insert, status, addStyles ...); the panel adds its own when it is there. */
  host = {
    language,
    settings: () => this.#settings ?? NOTHING,
    context: () => this.#context,
    errors: () => this.#errors,
    onContext: (listener) => {
      this.#contextListeners.add(listener);
      return () => this.#contextListeners.delete(listener);
    },
    isOpen: () => this.#wantsOpen,
    isTalking: () => !!recall("talk"),
    open: () => this.show(),
    addStyles: (css) => this.#style(css),
    showInvitation: (node) => {
      this.#aside.append(node);
      return () => node.remove();
    },
  };

  /** Called once, before it is put into the page. */
  begin(options, onUnread) {
    this.#onUnread = onUnread;
    this.#style(LOOK);
    this.#launcher.type = "button";
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    this.#launcher.addEventListener("click", () => (this.#wantsOpen ? this.hide() : this.show({ from: this.#launcher })));
    for (const sign of ["pointerenter", "focus"]) this.#launcher.addEventListener(sign, () => this.#loadPanel().catch(() => {}), { once: true });
    this.#badge.setAttribute("aria-hidden", "true");
    for (const line of [this.#hint, this.#told]) line.setAttribute("role", "status");
    this.#aside.append(this.#hint, this.#told);
    this.#widget.append(this.#aside, this.#launcher);
    this.#root.append(this.#widget);
    this.#dark.addEventListener("change", () => this.#dress());
    whenSwitched(() => this.#dress());
    this.update({ language: "auto", ...defined(options) }, false);
    this.#stopHearing = whenElsewhere(() => recall("talk") && this.#wake()); // begun in another tab
    if (recall("talk") || recall("outbox")) this.#wake();
    else whenIdle(() => this.#invite());
  }

  /** Whatever of the options changed. */
  update(options = {}, isChoice = true) {
    const { language: wanted, customerToken, context, ...rest } = defined(options);
    this.#options = { ...this.#options, ...rest };
    if (wanted) switchTo(wanted, isChoice);
    this.#dress();
    if (context) this.setContext(context);
    return customerToken ? this.identify(customerToken) : undefined;
  }

  /** `prefill`: words for the customer to send, or to change first. */
  async show({ prefill = "", from = document.activeElement } = {}) {
    if (this.#isOver) return;
    if (!this.#wantsOpen) this.#opener = from;
    this.#wantsOpen = true;
    this.#stopInviting();
    this.#hint.textContent = "";
    this.#launcher.setAttribute("aria-busy", "true");
    try {
      const panel = await this.#loadPanel();
      if (this.#wantsOpen && !this.#isOver) panel.show(prefill);
    } catch (error) {
      this.#wantsOpen = false;
      this.#hint.textContent = say("not_loaded");
      if (navigator.onLine) console.warn("careline:", error.message);
      else window.addEventListener("online", () => (this.#hint.textContent = ""), { once: true });
    } finally {
      this.#launcher.removeAttribute("aria-busy");
      this.#dress();
    }
  }

  hide() {
    if (!this.#wantsOpen) return;
    const isOurs = !!this.#root.activeElement;
    this.#wantsOpen = false;
    this.#panel?.hide();
    this.#dress();
    if (!isOurs && document.activeElement !== document.body) return; // the customer is busy with the page
    const back = this.#opener?.isConnected && this.#opener !== this && this.#opener !== document.body ? this.#opener : this.#launcher;
    back.focus();
  }

  identify(customerToken) {
    this.#options.customerToken = customerToken;
    return this.#talk ? this.#talk.identify(customerToken) : undefined; // told when the conversation is loaded, or begins
  }

  setContext(context) {
    this.#context = { ...this.#context, ...defined(context) };
    if (context?.error) this.#errors += 1;
    this.#contextListeners.forEach((listener) => listener(context));
  }

  /** Leaves the conversation, forgets everything of the person, and goes. */
  async shutdown() {
    const kept = recall("talk");
    this.#isOver = true;
    this.#wantsOpen = false;
    this.#stopInviting();
    this.#stopHearing();
    this.#talk?.stop();
    wipe();
    this.remove();
    if (this.unread) this.#onUnread(0);
    if (kept?.id) await call("DELETE", `conversations/${kept.id}`, { token: kept.token, keepalive: true }).catch(() => {});
  }

  // -- parts that come when they are needed

  #wake() {
    this.#talkComing ??= import("./talk.js").then(({ Talk }) => {
      const talk = new Talk({ unread: (count, isNew) => this.#count(count, isNew), context: () => this.#toldContext() });
      if (this.#isOver) talk.stop();
      else if (this.#options.customerToken) talk.identify(this.#options.customerToken)?.catch((error) => console.warn("careline.identify:", error.message));
      return (this.#talk = talk);
    });
    this.#talkComing.catch(() => (this.#talkComing = null));
    return this.#talkComing;
  }

  #loadPanel() {
    this.#panelComing ??= Promise.all([import("./panel.js"), this.#wake(), this.#loadSettings().catch(() => {})]).then(([{ Panel }, talk]) => {
      this.#panel = new Panel({ widget: this.#widget, host: this.host, talk, hide: () => this.hide() });
      return this.#panel;
    });
    this.#panelComing.catch(() => (this.#panelComing = null));
    return this.#panelComing;
  }

  #loadSettings() {
    this.#settingsComing ??= call("GET", "widget").then((settings) => (this.#settings = settings));
    this.#settingsComing.catch(() => (this.#settingsComing = null));
    return this.#settingsComing;
  }

  async #invite() {
    try {
      const { invitations } = await this.#loadSettings();
      if (!invitations?.length || this.#wantsOpen || this.#isOver || recall("talk")) return;
      const { watch } = await import("./invitations.js");
      if (!this.#wantsOpen && !this.#isOver) this.#stopInviting = watch(this.host, invitations) ?? this.#stopInviting;
    } catch {
      // nobody misses an invitation
    }
  }

  // -- how it looks

  #dress() {
    const { theme = "auto", position = "right" } = this.#options;
    const isDark = theme === "dark" || (theme !== "light" && this.#dark.matches);
    const opens = this.#wantsOpen ? say("shut") : say("open");
    this.#widget.dataset.scheme = isDark ? "dark" : "light";
    this.#widget.dataset.position = position === "left" ? "left" : "right";
    this.#widget.lang = tag();
    this.#widget.setAttribute("aria-label", say("title"));
    this.#launcher.setAttribute("aria-expanded", String(this.#wantsOpen));
    this.#launcher.setAttribute("aria-label", this.unread && !this.#wantsOpen ? `${opens} · ${say("unread", { n: this.unread })}` : opens);
    this.#launcher.replaceChildren(icon(this.#wantsOpen ? "down" : "chat"), this.#badge);
    this.#badge.textContent = this.unread > 99 ? "99+" : String(this.unread);
    this.#badge.hidden = !this.unread || this.#wantsOpen;
  }

  #count(count, isNew) {
    this.unread = count;
    this.#dress();
    this.#told.textContent = count && isNew && !this.#wantsOpen ? say("unread", { n: count }) : "";
    this.#onUnread(count);
  }

  #style(css) {
    this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, sheet(css)];
  }

  // What a message carries: what the page told, and where the customer is. An error is for invitations only.
  #toldContext() {
    const { page = location.pathname, title = document.title, product, order, cart } = this.#context;
    const texts = Object.entries({ page, title, product, order }).map(([name, value]) => [name, textOf(value)]);
    return defined({ ...Object.fromEntries(texts), cart: countOf(cart) });
  }
}

// The gateway takes short texts and a number, whatever a page hands over.
const textOf = (value) => (["string", "number"].includes(typeof value) && value !== "" ? String(value).slice(0, TEXT_MOST) : undefined);

function countOf(cart) {
  const count = Array.isArray(cart) ? cart.length : Number(cart ?? NaN);
  return Number.isInteger(count) && count >= 0 ? Math.min(count, CART_MOST) : undefined;
}

const defined = (values) => Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null));

function whenIdle(act) {
  if (window.requestIdleCallback) requestIdleCallback(act, { timeout: 10_000 });
  else setTimeout(act, IDLE_MS);
}
