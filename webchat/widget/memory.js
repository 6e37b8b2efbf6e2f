// What this browser keeps, for all tabs of one site: careline.talk, careline.outbox, careline.language, careline.refused. Nothing else, nowhere else.

const PREFIX = "careline.";
const FOR_THE_DEVICE = ["careline.refused", "careline.language"]; // choices, nothing of a person: they outlive a log-out
const held = new Map(); // where storage is switched off, what would be in it lasts as long as the page

/** What is kept under a name, or null. */
export function recall(name) {
  let text = held.get(name);
  try {
    text = localStorage.getItem(PREFIX + name) ?? text;
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

/** Keeps a value; null forgets it. */
export function remember(name, value) {
  held.delete(name);
  const text = JSON.stringify(value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    if (value !== null) held.set(name, text);
  }
}

/** Forgets everything of a person. */
export function wipe() {
  held.clear();
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && !FOR_THE_DEVICE.includes(key));
    kept.forEach((key) => localStorage.removeItem(key));
  } catch {
    // nothing was kept there then
  }
}

/** Calls `listener(name)` when another tab changed something of ours (null: perhaps all). Returns how to stop. */
export function whenElsewhere(listener) {
  const hear = ({ key }) => {
    if (key === null) listener(null);
    else if (key.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
  };
  window.addEventListener("storage", hear);
  return () => window.removeEventListener("storage", hear);
}
