// What the customer has put aside, kept in this browser: [{offering, number}]. Nothing is ordered here; the customer asks the chat to.
import { ask, assistant } from "./assistant.js";
import { button, element, nameOf, yuan } from "./draw.js";
import { say, whenSwitched } from "./language.js";

const KEPT = "shop.cart";
const KINDS_MOST = 20; // different things
const NUMBER_MOST = { plan: 1, broadband: 1 }; // a line has one of these
const OTHERS_MOST = 9;

const lines = document.getElementById("lines");
const sum = document.getElementById("sum");
const count = document.getElementById("count");
let kept = recall();

export function showCart() {
  whenSwitched(draw);
  window.addEventListener("storage", (event) => {
    if (event.key !== KEPT) return; // another tab has put something in
    kept = recall();
    draw();
  });
  draw();
}

export function put(offering) {
  const line = kept.find((one) => one.offering.id === offering.id);
  if (line) line.number = Math.min(NUMBER_MOST[offering.category] ?? OTHERS_MOST, line.number + 1);
  else if (kept.length < KINDS_MOST) kept.push({ offering, number: 1 });
  changed();
}

function take(offering) {
  kept = kept.filter((one) => one.offering.id !== offering.id);
  changed();
  (lines.querySelector("button") ?? document.getElementById("cart-title")).focus(); // the pressed button is no longer there
}

function changed() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // storage may be switched off; the cart then lasts as long as the page
  }
  draw();
}

function draw() {
  const number = kept.reduce((all, line) => all + line.number, 0);
  count.textContent = number;
  count.hidden = number === 0;
  lines.replaceChildren(...kept.map(drawn));
  const sums = [say("sum", { n: number }), ...["month", "once"].map(due).filter(Boolean)];
  sum.textContent = number ? sums.join(" · ") : say("cart_empty");
  assistant("setContext", { cart: number });
}

// What is to be paid every month, or once.
function due(when) {
  const counted = kept.filter(({ offering }) => (offering.period === "month") === (when === "month"));
  const fen = counted.reduce((all, { offering, number }) => all + number * offering.price_fen, 0);
  return fen && say(`sum_${when}`, { price: yuan(fen) });
}

function drawn({ offering, number }) {
  const line = element("li", "line");
  const name = nameOf(offering);
  const price = element("span", "price", yuan(offering.price_fen));
  if (offering.period === "month") price.append(element("small", "", say("per_month")));
  const doing = element("span", "doing");
  doing.append(
    button("primary", "order_it", name, () => ask(say(`ask_${offering.category}`, { name }))),
    button("quiet", "take_out", name, () => take(offering)),
  );
  line.append(element("span", "what", number > 1 ? `${name} × ${number}` : name), price, doing);
  return line;
}

function recall() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT)) ?? [];
    return found.filter(({ offering, number }) => offering.name.zh && offering.price_fen >= 0 && number > 0).slice(0, KINDS_MOST);
  } catch {
    return [];
  }
}
