// Behind the scenes: every webhook of the call, its parameters and the TwiML it was answered with. The newest one, unless one was chosen.
import { say } from "./language.js";

const row = document.getElementById("webhooks-row");
const choice = document.getElementById("webhooks");
const twiml = document.getElementById("twiml");
const parameters = document.getElementById("parameters");
const webhooks = [];

choice.addEventListener("change", show);

export function clearInside() {
  webhooks.length = 0;
  choice.replaceChildren();
  row.hidden = true;
}

export function addWebhooks(more) {
  if (!more.length) return;
  const atNewest = choice.selectedIndex === webhooks.length - 1;
  for (const webhook of more) {
    webhooks.push(webhook);
    const option = document.createElement("option");
    option.textContent = `${webhooks.length} · ${webhook.path} → ${webhook.status}`;
    choice.append(option);
  }
  row.hidden = false;
  if (!atNewest) return;
  choice.selectedIndex = webhooks.length - 1;
  show();
}

export function show() {
  const webhook = webhooks[choice.selectedIndex];
  if (!webhook) return;
  twiml.textContent = webhook.document || say("nothing");
  parameters.replaceChildren(...Object.entries(webhook.form).flatMap(([name, value]) => [cell("dt", name), cell("dd", value || say("nothing"))]));
}

function cell(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}
