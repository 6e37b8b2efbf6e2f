// The panel: head, conversation, composer. Fetched with everything in it when it is opened for the first time.
import { Composer } from "./composer.js";
import { cover, keepInside } from "./cover.js";
import { apply, language, other, say, switchTo, whenSwitched, writtenIn } from "./language.js";
import { Log } from "./log.js";
import { button, element, iconButton, wordButton } from "./make.js";
import { Menu } from "./menu.js";
import { PANEL } from "./panel_look.js";
import { PANEL_WORDS } from "./panel_words.js";
import { addWords } from "./words.js";

addWords(PANEL_WORDS);
const WHOLE = matchMedia("(max-width: 30em), (max-height: 28em)"); // as in panel_look.js: then it fills the screen

export class Panel {
  #host;
  #talk;
  #hide;
  #panel = element("div", "panel");
  #middle = element("div", "middle");
  #title = element("p");
  #greeting = element("div", "greeting");
  #menu = new Menu([
    ["other", () => switchTo(other(), true)],
    ["transcript", () => this.#part("transcript", (part) => part.open(this.#host))],
    ["anew", () => this.#anew()],
    ["end", () => this.#askToEnd()],
  ]);
  #composer;
  #log;
  #isAttached = false;

  /** `widget`: where it is put; `host`: what the parts get, completed here; `hide()` closes the panel. */
  constructor({ widget, host, talk, hide }) {
    this.#host = host;
    this.#talk = talk;
    this.#hide = hide;
    host.addStyles(PANEL);
    this.#composer = new Composer({
      send: (text) => talk.say(text),
      typing: (isOn) => talk.typing(isOn),
      attach: () => this.#part("upload", (part) => part.open(host)),
      files: (files) => this.#part("upload", (part) => part.send(host, files)),
      speak: () => this.#part("voice", (part) => part.open(host)),
    });
    const places = this.#build();
    this.#log = new Log(places, host, {
      choose: (payload, title) => {
        talk.say(payload, title);
        this.#composer.focus(); // the pressed button is no longer there to have the focus
      },
      retry: (id) => talk.retry(id),
      discard: (id) => talk.discard(id),
      focus: () => this.#composer.focus(),
    });
    Object.assign(host, {
      call: (method, path, options) => talk.call(method, path, options),
      sheet: (node, label) => cover(this.#middle, [places.scroller, this.#composer.form], node, label, () => this.#composer.focus()),
      insert: (node) => this.#log.insert(node),
      status: (text) => this.#log.tell(text),
      inTranscript: (id) => talk.inTranscript(id),
    });
    this.#composer.allow(host.settings().upload);
    this.#listen();
    whenSwitched(() => this.#switched());
    this.#relabel();
    this.#panel.hidden = true;
    widget.append(this.#panel);
  }

  show(prefill) {
    this.#panel.hidden = false;
    if (WHOLE.matches) this.#panel.setAttribute("aria-modal", "true");
    else this.#panel.removeAttribute("aria-modal");
    if (this.#isAttached) this.#log.toEnd();
    else this.#talk.attach(this.#log);
    this.#isAttached = true;
    this.#talk.looked(true);
    if (prefill) this.#composer.prefill(prefill);
    else this.#composer.focus();
  }

  hide() {
    this.#panel.hidden = true;
    this.#menu.toggle(false);
    this.#talk.looked(false);
  }

  #build() {
    const scroller = element("div", "scroller");
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.dataset.wordLabel = "history";
    const root = named("div", "log");
    root.setAttribute("role", "log");
    root.setAttribute("aria-live", "polite");
    root.setAttribute("aria-relevant", "additions");
    root.dataset.wordLabel = "messages";
    const working = named("p", "working");
    working.className = "working";
    working.hidden = true;
    const dots = element("span", "dots");
    dots.setAttribute("aria-hidden", "true");
    dots.append(element("i"), element("i"), element("i"));
    const workingWords = element("span");
    working.append(dots, workingWords);
    scroller.append(this.#greeting, root, working);
    const status = told("status");
    const notice = told("notice");
    const line = element("span");
    const said = element("span");
    notice.className = "line";
    notice.append(line, said);
    const top = element("div", "top");
    top.append(this.#title, this.#menu.opener, iconButton("icon", "close", "shut", () => this.#hide()));
    this.#middle.append(scroller);
    this.#panel.append(top, this.#menu.list, status, this.#middle, notice, this.#composer.form);
    this.#panel.setAttribute("role", "dialog");
    return { root, scroller, working, workingWords, status, notice: said, line };
  }

  #listen() {
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) {
        event.preventDefault();
        event.stopPropagation();
        const sheet = this.#middle.querySelector(".sheet");
        if (sheet) sheet.close();
        else if (!this.#menu.close()) this.#hide();
      }
      if (WHOLE.matches && !event.defaultPrevented) keepInside(event, this.#panel); // nothing behind a full screen may have the focus
    });
    this.#panel.addEventListener("pointerdown", (event) => {
      const path = event.composedPath();
      if (!path.includes(this.#menu.list) && !path.includes(this.#menu.opener)) this.#menu.toggle(false);
    });
    const dropping = (isOn) => this.#panel.classList.toggle("is-dropping", isOn);
    this.#panel.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files") || !this.#host.settings().upload.types.length) return;
      event.preventDefault();
      dropping(true);
    });
    this.#panel.addEventListener("dragleave", ({ relatedTarget }) => this.#panel.contains(relatedTarget) || dropping(false));
    this.#panel.addEventListener("drop", (event) => {
      dropping(false);
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      const files = [...event.dataTransfer.files];
      this.#part("upload", (part) => part.send(this.#host, files));
    });
  }

  // Something that most conversations do without.
  async #part(name, use) {
    try {
      use(await import(`./parts/${name}.js`));
    } catch (error) {
      console.warn(`careline: ${name}:`, error.message);
      this.#log.tell(say("no_part"));
    }
  }

  #anew() {
    this.#talk.leave();
    this.#log.notice("anew_done");
    this.#composer.focus();
  }

  #askToEnd() {
    const asked = element("div", "part");
    const acts = element("div", "sure");
    const end = wordButton("end", "end", () => {
      close();
      this.#talk.leave();
      this.#log.notice("ended");
      this.#hide();
    });
    acts.append(end, wordButton("", "stay", () => close()));
    asked.append(element("p", "", say("end_sure")), acts);
    const close = this.#host.sheet(asked, say("end"));
  }

  #switched() {
    this.#relabel();
    this.#log.notice("");
    if (this.#isAttached) this.#talk.draw();
  }

  #relabel() {
    const { brand, greeting, starters } = this.#host.settings();
    apply(this.#panel);
    this.#panel.setAttribute("aria-label", say("title"));
    this.#menu.list.firstElementChild.lang = other() === "zh" ? "zh-CN" : "en";
    this.#title.textContent = brand?.[language()] ?? say("title");
    const hello = element("p", "bubble", greeting?.[language()] ?? say("greeting"));
    const group = element("div", "choices");
    for (const words of starters?.[language()] ?? []) {
      const starter = button("", words, () => {
        this.#talk.say(words);
        this.#composer.focus();
      });
      starter.lang = writtenIn(words);
      group.append(starter);
    }
    this.#greeting.replaceChildren(hello, group);
  }
}

function named(name, id) {
  const made = element(name);
  made.id = id;
  return made;
}

function told(id) {
  const made = named("p", id);
  made.setAttribute("role", "status");
  return made;
}
