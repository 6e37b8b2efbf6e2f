// Where the customer types. Enter sends, Shift+Enter breaks the line, and Enter that picks a word in an input method only picks the word.
import { say } from "./language.js";
import { element, iconButton } from "./make.js";

const COMPOSING = 229; // the key code of every key that an input method takes for itself
const TYPING_EVERY_MS = 3_000;
const STILL_TYPING_MS = 6_000; // without a key for so long: not any more

export class Composer {
  form = element("form", "composer");
  #field = element("textarea");
  #attach;
  #speak;
  #typing = 0; // when we last told
  #stops = 0;
  #on;

  /** `on`: send(text), typing(isOn), attach(), files(list), speak(). */
  constructor(on) {
    this.#on = on;
    const label = element("label", "unseen", say("your_message"));
    label.dataset.word = "your_message";
    label.htmlFor = this.#field.id = "words";
    this.#attach = iconButton("icon attach", "attach", "attach", () => on.attach());
    this.#speak = iconButton("icon speak", "speak", "speak", () => on.speak());
    const send = iconButton("icon send", "send", "send", () => {});
    send.type = "submit";
    Object.assign(this.#field, { rows: 1, maxLength: 2000, enterKeyHint: "send", placeholder: say("placeholder") });
    this.#field.dataset.wordPlaceholder = "placeholder";
    this.form.autocomplete = "off";
    this.form.append(this.#attach, label, this.#field, this.#speak, send);
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#tellTyping(this.#field.value.trim() !== ""));
    this.#field.addEventListener("paste", (event) => this.#paste(event));
    this.allow({ types: [] });
  }

  /** What may be sent besides words. */
  allow({ types }) {
    const canRecord = !!window.MediaRecorder && !!navigator.mediaDevices?.getUserMedia;
    this.#attach.hidden = !types?.length;
    this.#speak.hidden = !canRecord || !types?.some((type) => type.startsWith("audio/"));
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  /** Puts words into the field for the customer to send, or to change first. */
  prefill(text) {
    this.#field.value = text;
    this.focus();
    this.#field.setSelectionRange(text.length, text.length);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    this.focus();
    if (!text) return;
    this.#field.value = "";
    this.#tellTyping(false);
    this.#on.send(text);
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || this.#attach.hidden) return;
    event.preventDefault();
    this.#on.files(files);
  }

  #tellTyping(isOn) {
    clearTimeout(this.#stops);
    if (isOn) this.#stops = setTimeout(() => this.#tellTyping(false), STILL_TYPING_MS);
    if (isOn ? Date.now() - this.#typing < TYPING_EVERY_MS : !this.#typing) return;
    this.#typing = isOn ? Date.now() : 0;
    this.#on.typing(isOn);
  }
}
