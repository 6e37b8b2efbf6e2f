// What runs: one lamp for each part, read from /readyz.
import { readJson, whileVisible } from "./repeat.js";

const list = document.getElementById("status");

function show(part, isUp) {
  const row = list.querySelector(`[data-part="${part}"]`);
  row.classList.toggle("is-up", isUp === true);
  row.classList.toggle("is-down", isUp === false);
  row.querySelector(".state").textContent = isUp === undefined ? list.dataset.checking : isUp ? list.dataset.up : list.dataset.down;
}

async function look() {
  let found = null;
  try {
    found = (await readJson("/readyz")).body;
  } catch {
    // the gateway itself does not answer; of the others nothing is known
  }
  show("gateway", found !== null);
  for (const part of ["redis", "bot", "operator"]) show(part, found === null ? undefined : found[part] === true);
}

whileVisible(look, 10_000);
