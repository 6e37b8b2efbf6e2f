// Where the customer types. Enter sends, Shift+Enter breaks the line, and Enter that picks a word in an input method only picks the word.

const COMPOSING = 229; // the key code of every key that an input method takes for itself

export class Composer {
  #field = document.getElementById("words");

  /** `send(text)` gets what was typed. */
  constructor(send) {
    const form = document.getElementById("composer");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (!text) return;
      this.#field.value = "";
      send(text);
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }

  focus() {
    this.#field.focus();
  }

  /** Puts words into the field for the customer to send, or to change first. */
  prefill(text) {
    this.#field.value = text;
    this.#field.focus();
    this.#field.setSelectionRange(text.length, text.length);
    this.#field.scrollIntoView({ block: "nearest" });
  }
}
