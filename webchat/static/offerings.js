// The shop window: what the operator sells, one kind at a time, from its catalogue.
import { offerings } from "./api.js";
import { ask, assistant } from "./assistant.js";
import { put } from "./cart.js";
import { button, element, nameOf, yuan } from "./draw.js";
import { say, whenSwitched } from "./language.js";

const AGAIN_MS = 5_000; // after the catalogue did not answer
const TRIES = 4;

const cards = document.getElementById("cards");
const note = document.getElementById("offers-note");
let kind = "plan";
let shown = [];

export function showOfferings() {
  const kinds = [...document.querySelectorAll("[data-kind]")];
  for (const one of kinds) {
    one.addEventListener("click", () => {
      kinds.forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
      load(one.dataset.kind);
    });
  }
  whenSwitched(draw);
  load(kind);
}

async function load(wanted) {
  kind = wanted;
  for (let turn = 0; turn < TRIES && kind === wanted; turn++) {
    try {
      const found = await offerings(wanted);
      if (kind !== wanted) return;
      shown = found;
      note.hidden = true;
      draw();
      return;
    } catch {
      if (kind !== wanted) return;
      shown = [];
      draw();
      note.textContent = say("unavailable");
      note.hidden = false;
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

function draw() {
  cards.replaceChildren(...shown.map(card));
}

function card(offering) {
  const name = nameOf(offering);
  const made = element("li", "card");
  const price = element("p", "price", yuan(offering.price_fen));
  if (offering.period === "month") price.append(element("small", "", say("per_month")));
  const holds = element("ul", "holds");
  holds.append(...contents(offering).map((words) => element("li", "", words)));
  const doing = element("p", "doing");
  if (offering.in_stock) doing.append(button("outlined", "put_in", name, (event) => putIn(event.currentTarget, offering)));
  else doing.append(element("span", "note", say("sold_out")));
  doing.append(button("quiet", "ask", name, () => askAbout(offering)));
  made.append(element("h3", "", name), price, holds, doing);
  return made;
}

function putIn(pressed, offering) {
  put(offering);
  assistant("setContext", { product: nameOf(offering) });
  pressed.textContent = say("put_in_done");
}

function askAbout(offering) {
  const name = nameOf(offering);
  assistant("setContext", { product: name });
  ask(say(offering.in_stock ? `ask_${offering.category}` : "ask_stock", { name }));
}

function contents(offering) {
  return [
    offering.data_mb && say("data", { n: volume(offering.data_mb) }),
    offering.voice_min && say("minutes", { n: offering.voice_min }),
    offering.sms && say("sms", { n: offering.sms }),
    offering.valid_days && say("days", { n: offering.valid_days }),
  ].filter(Boolean);
}

const volume = (mb) => (mb % 1024 === 0 ? `${mb / 1024} GB` : `${mb} MB`);
