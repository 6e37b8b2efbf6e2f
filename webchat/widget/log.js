// Shows the conversation: what the transcript has, in its order, and at the end what waits to get there.
import * as draw from "./draw.js";
import { say } from "./language.js";
import { element } from "./make.js";
import { State } from "./outbox.js";

const MARGIN_PX = 12; // above a message that is scrolled to
const NEAR_PX = 400; // somebody who reads further up is not pulled down
const QUIET_MS = 200; // by then what was drawn anew has reached those who read aloud what changes
const UNSETTLED = ".is-pending, .is-failed"; // these stay at the end

const folded = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();

export class Log {
  #at; // {root, scroller, working, workingWords, status, notice, line}
  #on;
  #waiting = new Map(); // message id -> {drawn, message}
  #inserted = []; // what parts put at the end
  #ratings = new Map(); // episode -> element
  #state = {};
  #due = null;
  #isNear = true; // the end is in sight, or almost
  #lastAt = null;
  #isRestoring = false;
  #louder = 0;

  /** `on`: choose(payload, title), retry(id), discard(id), focus() when what had the focus is gone; `host` is for the parts. */
  constructor(at, host, on) {
    this.#at = at;
    this.#on = { ...on, host };
    at.scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = at.scroller;
      this.#isNear = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    });
  }

  /** While an earlier conversation is drawn, nothing is read aloud. */
  restoring(isOn) {
    this.#isRestoring = isOn;
    clearTimeout(this.#louder);
    if (isOn) return this.#at.root.setAttribute("aria-live", "off");
    this.#louder = setTimeout(() => this.#speakUp(), QUIET_MS);
    this.#mark();
    this.#follow(true);
  }

  #speakUp() {
    clearTimeout(this.#louder);
    this.#at.root.setAttribute("aria-live", "polite");
  }

  /** Scrolls to the newest. */
  toEnd() {
    this.#follow(true);
  }

  clear() {
    const hadFocus = this.#hasFocus();
    this.#inserted = this.#unsettled();
    this.#at.root.replaceChildren(...this.#inserted);
    this.#waiting.clear();
    this.#ratings.clear();
    this.#lastAt = null;
    if (hadFocus) this.#on.focus();
  }

  /** What we have to say about the conversation; it stays until the customer says something. */
  notice(name) {
    this.tell(name ? say(name) : "");
  }

  tell(text) {
    if (this.#at.notice.textContent !== text) this.#at.notice.textContent = text;
  }

  /** What there is to say about the line to the gateway. */
  line(name) {
    const text = name ? say(name) : "";
    if (this.#at.line.textContent !== text) this.#at.line.textContent = text;
  }

  /** Something the transcript has. It never throws: what cannot be drawn is left out. */
  add(event) {
    const waited = event.kind === "customer" ? this.#waiting.get(event.id)?.message : undefined;
    if (waited) this.drop(event.id);
    try {
      const body = event.body && typeof event.body === "object" ? event.body : {};
      const drawn = event.kind === "note" ? this.#note(body) : this.#message(event, body, waited);
      if (drawn) this.#put(drawn, event);
    } catch (error) {
      console.warn("careline: a message that cannot be drawn", error.message);
    }
  }

  /** Something just said, or the same once more. */
  pending(message) {
    if (this.#waiting.has(message.id)) return this.became(message);
    const drawn = draw.message("customer", draw.words(message.shown));
    drawn.append(draw.foot("customer"));
    this.#waiting.set(message.id, { drawn, message });
    this.#closeChoices();
    this.#at.root.append(drawn);
    this.became(message);
    this.#follow(true);
  }

  /** A message that waits has another state. */
  became(message) {
    const found = this.#waiting.get(message.id);
    if (!found) return;
    const { drawn } = found;
    const isFailed = message.state === State.FAILED;
    found.message = message;
    const hadFocus = drawn.contains(drawn.getRootNode().activeElement);
    drawn.classList.toggle("is-pending", !isFailed);
    drawn.classList.toggle("is-failed", isFailed);
    drawn.querySelector(".failure")?.remove();
    if (isFailed) {
      drawn.append(draw.failure(() => this.#on.retry(message.id), () => this.#on.discard(message.id)));
      this.#follow(true);
    }
    if (hadFocus) this.#on.focus();
    this.#mark();
  }

  drop(id) {
    const found = this.#waiting.get(id);
    if (!found) return;
    const hadFocus = found.drawn.contains(found.drawn.getRootNode().activeElement);
    found.drawn.remove();
    this.#waiting.delete(id);
    if (hadFocus) this.#on.focus();
    this.#mark();
  }

  keepOnly(ids) {
    for (const id of [...this.#waiting.keys()]) if (!ids.includes(id)) this.drop(id);
  }

  /** Puts a node of a part at the end, in order with what was said. */
  insert(node) {
    this.#inserted = [...this.#unsettled(), node];
    this.#at.root.append(node);
    this.#follow(true);
  }

  /** Who has the conversation, who is typing, how far it was read. */
  state(state) {
    this.#state = state;
    const text = draw.statusWords(state);
    if (this.#at.status.textContent !== text) this.#at.status.textContent = text;
    this.#mark();
    this.#tellWork();
  }

  /** An answer is on its way (with words about it, or ""), or null. */
  due(words) {
    this.#due = words;
    this.#tellWork();
  }

  #message({ kind, at, name, seq }, body, waited) {
    const isMine = kind === "customer";
    if (isMine) this.#closeChoices();
    const drawn = draw.message(kind, this.#wordsOf(body, waited));
    if (body.attachment) drawn.append(this.#attachment(body.attachment));
    if (!isMine) drawn.append(...draw.extras(body, (payload, title, button) => this.#choose(payload, title, button)));
    if (!drawn.childElementCount) return null;
    drawn.append(draw.foot(kind, at, draw.words(body.name ?? name)));
    if (isMine) drawn.dataset.seq = String(seq);
    return drawn;
  }

  // As typed where the words are the same (the gateway keeps them in one line and in plain letters), else as kept: a PIN comes back hidden.
  #wordsOf(body, waited) {
    const text = draw.words(body.text);
    return waited && folded(draw.words(waited.shown)) === folded(text) ? waited.shown : text;
  }

  #note(body) {
    if (body.what === "rating_asked" || body.what === "rated") return this.#rating(body);
    const text = draw.noteWords(body);
    return text ? element("div", "note", text) : null;
  }

  #rating(note) {
    const asked = this.#ratings.get(note.episode);
    if (asked) {
      if (note.what === "rated") asked.rated?.(note.score);
      asked.isRated = note;
      return null;
    }
    const place = element("div", "rating-place");
    this.#ratings.set(note.episode, place);
    import("./parts/rating.js")
      .then(({ draw: drawRating }) => {
        const drawn = drawRating(this.#on.host, place.isRated ?? note, () => {});
        place.replaceChildren(drawn);
        place.rated = (score) => drawn.rated?.(score);
        this.#follow();
      })
      .catch(() => note.what === "rated" && place.append(element("div", "note", say("rated", { score: draw.words(note.score) }))));
    return place;
  }

  #attachment(attachment) {
    const place = element("div", "", draw.words(attachment.name) || say("file"));
    place.className = "file-missing";
    import("./parts/attachment.js")
      .then(({ draw: drawAttachment }) => {
        place.replaceWith(drawAttachment(this.#on.host, attachment));
        this.#follow();
      })
      .catch(() => {});
    return place;
  }

  #put(drawn, { at, kind }) {
    if (!this.#isRestoring) this.#speakUp(); // something new, however soon after the old
    const last = new Set([...this.#unsettled(), ...[...this.#waiting.values()].map((one) => one.drawn)]);
    const before = last.size ? [...this.#at.root.children].find((node) => last.has(node)) : null;
    if (at && !Number.isNaN(Date.parse(at)) && (!this.#lastAt || !draw.sameDay(at, this.#lastAt))) {
      this.#at.root.insertBefore(draw.day(at), before);
      this.#lastAt = at;
    }
    this.#at.root.insertBefore(drawn, before);
    this.#mark();
    this.#follow(kind === "customer", drawn);
  }

  #unsettled() {
    return this.#inserted.filter((node) => node.parentNode === this.#at.root && node.matches(UNSETTLED));
  }

  #choose(payload, title, button) {
    button.classList.add("chosen");
    this.#on.choose(payload, title);
  }

  #closeChoices() {
    const hadFocus = this.#hasFocus(".choices");
    for (const button of this.#at.root.querySelectorAll(".choices button:enabled")) button.disabled = true;
    if (hadFocus) this.#on.focus();
  }

  // How far the newest of the customer's messages got.
  #mark() {
    if (this.#isRestoring) return;
    const mine = [...this.#at.root.querySelectorAll(".message.mine")];
    mine.forEach((one, place) => one.classList.toggle("newest", place === mine.length - 1));
    const mark = mine.at(-1)?.querySelector(".mark");
    if (!mark) return;
    const { seq } = mine.at(-1).dataset;
    const isFailed = mine.at(-1).classList.contains("is-failed");
    const text = !seq ? (isFailed ? "" : say("pending")) : say(this.#state.read >= Number(seq) ? "read" : "delivered");
    mark.textContent = text && (seq ? ` · ${text}` : text);
  }

  // "Replying ...", what the gateway said about why it takes a while, or that a person types.
  #tellWork() {
    const { typing, name } = this.#state;
    const isShown = this.#due !== null || typing === "bot" || typing === "person";
    const writes = typing === "person" ? say("writing", { name: draw.words(name) || say("agent") }) : "";
    this.#at.working.hidden = !isShown;
    this.#at.workingWords.textContent = isShown ? writes || this.#due || say("working") : "";
    if (isShown) this.#follow();
  }

  #hasFocus(within = "*") {
    const focused = this.#at.root.getRootNode().activeElement;
    return !!focused && this.#at.root.contains(focused) && !!focused.closest(within);
  }

  // To the end; of a message that is taller than what can be seen, to its beginning.
  #follow(always, newest = null) {
    if (this.#isRestoring || !(always || this.#isNear)) return;
    const { scroller } = this.#at;
    const above = newest ? newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top : Infinity;
    const whole = scroller.scrollHeight - scroller.clientHeight;
    scroller.scrollTop = Math.min(whole, scroller.scrollTop + above - MARGIN_PX);
  }
}
