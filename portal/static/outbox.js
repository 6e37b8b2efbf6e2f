// The newest texts, in demo mode. Drawn again only when they changed; always as text, never as markup.
import { readJson, whileVisible } from "./repeat.js";

const table = document.getElementById("texts");
const note = document.getElementById("texts-note");
const body = table.tBodies[0];
const heads = body.dataset.heads.split("|");
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
let drawn = "";

function row(text) {
  const line = document.createElement("tr");
  [clock.format(new Date(text.at)), text.to, text.text].forEach((words, place) => {
    const cell = document.createElement("td");
    cell.dataset.head = heads[place];
    const inner = document.createElement("span");
    inner.textContent = words;
    cell.append(inner);
    line.append(cell);
  });
  return line;
}

function say(words) {
  if (note.textContent !== words) note.textContent = words;
  note.hidden = words === "";
}

async function look() {
  let texts;
  try {
    const answer = await readJson("/api/v1/outbox");
    if (!answer.ok) throw new Error("not readable");
    texts = answer.body.texts;
  } catch {
    say(note.dataset.unseen);
    return;
  }
  say(texts.length ? "" : note.dataset.empty);
  const now = JSON.stringify(texts);
  if (now === drawn) return;
  drawn = now;
  body.replaceChildren(...texts.map(row));
  table.hidden = texts.length === 0;
}

whileVisible(look, 3_000);
