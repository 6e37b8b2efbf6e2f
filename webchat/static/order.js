// The order view: a number goes to the chat as context and as words to send.
import { ask, assistant } from "./assistant.js";
import { say } from "./language.js";

const NUMBER = /^DD\d{8}[A-Z\d]{6}$/;

export function showOrder() {
  const form = document.getElementById("order-form");
  const field = document.getElementById("order-number");
  const trouble = document.getElementById("order-trouble");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = field.value.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
    const isOne = NUMBER.test(number);
    trouble.textContent = isOne ? "" : say("order_wrong");
    field.setAttribute("aria-invalid", String(!isOne));
    if (!isOne) return field.focus();
    assistant("setContext", { order: number });
    ask(say("ask_order", { number }));
  });
}
