// The shop window: what the operator sells, one kind at a time, from its catalogue.
import { offerings } from "./api.js";
import { element } from "./draw.js";
import { language, say, whenSwitched } from "./language.js";

const AGAIN_MS = 5_000; // after the catalogue did not answer
const TRIES = 4;

const cards = document.getElementById("cards");
const note = document.getElementById("offers-note");
let kind = "plan";
let shown = [];
let ask = () => {};

export function showOfferings(onAsk) {
  ask = onAsk;
  const kinds = [...document.querySelectorAll("[data-kind]")];
  for (const button of kinds) {
    button.addEventListener("click", () => {
      kinds.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      load(button.dataset.kind);
    });
  }
  whenSwitched(draw);
  load(kind);
}

async function load(wanted) {
  kind = wanted;
  for (let turn = 0; turn < TRIES && kind === wanted; turn++) {
    try {
      const found = (await offerings(wanted)).offerings;
      if (kind !== wanted) return;
      shown = found;
      note.hidden = true;
      draw();
      return;
    } catch {
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
  const name = offering.name[language()] || offering.name.zh;
  const made = element("li", "card");
  const price = element("p", "price", yuan(offering.price_fen));
  if (offering.period === "month") price.append(element("small", "", say("per_month")));
  const holds = element("p", "holds");
  holds.append(...contents(offering).map((words) => element("span", "", words)));
  made.append(element("h3", "", name), price, holds);
  if (offering.in_stock) {
    const button = element("button", "quiet", say("ask"));
    button.type = "button";
    button.setAttribute("aria-label", `${say("ask")}: ${name}`);
    button.addEventListener("click", () => ask(say(`ask_${offering.category}`, { name })));
    made.append(button);
  } else {
    made.append(element("p", "note", say("sold_out")));
  }
  return made;
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

const yuan = (fen) => `¥${fen % 100 ? (fen / 100).toFixed(2) : fen / 100}`;
