// The shop page: puts its parts together.
import { ask, assistant } from "./assistant.js";
import { showCart } from "./cart.js";
import { showCustomer } from "./customer.js";
import { apply, language, say, switchTo, whenSwitched } from "./language.js";
import { showOfferings } from "./offerings.js";
import { showOrder } from "./order.js";
import { showViews } from "./views.js";
import { WORDS } from "./words.js";

const other = document.getElementById("language");

function nameOther() {
  other.textContent = WORDS[language()].other;
  other.lang = language() === "zh" ? "en" : "zh-CN";
  assistant("update", { language: language() });
}

other.addEventListener("click", () => switchTo(language() === "zh" ? "en" : "zh"));
whenSwitched(nameOther);
apply();
nameOther();

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => ask(button.dataset.ask && say(button.dataset.ask)));
}
showViews();
showCart();
showOrder();
showCustomer();
showOfferings();
