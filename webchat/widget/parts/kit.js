// What the lazy parts share: elements, words of their own, styles added once, and names and sizes of files as people read them.

const styled = new WeakMap(); // host -> the style texts it has

const BASE = `
.part { display: flex; flex-direction: column; gap: .75rem; color: var(--ink); }
.part p { margin: 0; }
.part-row { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.part-main, .part-plain { font: inherit; min-height: 44px; min-width: 44px; padding: .25rem 1rem; border-radius: 12px; cursor: pointer; }
.part-main { background: var(--brand); color: var(--on-brand); border: 1px solid var(--brand); font-weight: 600; }
.part-plain { background: none; color: var(--brand); border: 1px solid var(--edge); }
.part-plain:hover { background: var(--theirs); }
.part-main:disabled, .part-plain:disabled { opacity: .6; cursor: default; }
.part-soft { color: var(--soft); font-size: .88rem; }
.part-bad { color: var(--bad); font-size: .92rem; }
.part-bad:empty, .part-soft:empty { display: none; }
.part-icon { width: 1.15rem; height: 1.15rem; fill: currentColor; stroke: none; flex: none; }
.part label { font-weight: 500; }
.part textarea, .part input[type="email"] {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 12px; padding: .5rem .75rem;
  min-height: 44px; width: 100%; box-sizing: border-box;
}
.part [aria-invalid="true"] { border-color: var(--bad); }
`;

/** Adds a part's styles, and the common ones, to the widget's own; a second time changes nothing. */
export function addStyles(host, text) {
  const known = styled.get(host) ?? new Set();
  styled.set(host, known);
  for (const one of [BASE, text]) {
    if (known.has(one)) continue;
    known.add(one);
    host.addStyles(one);
  }
}

/** `say(name, values)` in the language the widget speaks now. */
export const speaker =
  (host, words) =>
  (name, values = {}) =>
    words[host.language()][name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

export function button(text, className, press) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of one path on 24 by 24; `shape` is its path, which may be changed later. */
export function icon(d) {
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("part-icon");
  shape.setAttribute("d", d);
  svg.append(shape);
  return { svg, shape };
}

// Marks that turn the writing direction would let "exe.gpj" pass for a picture.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const NAME_MOST = 120; // characters

/** A file's name as it may be shown: one line, in one direction, bounded; `otherwise` where nothing is left of it. */
export function harmless(name, otherwise) {
  const plain = String(name ?? "").replace(TURNING, "").replace(CONTROL, " ").trim();
  const letters = Array.from(plain);
  if (letters.length <= NAME_MOST) return plain || otherwise;
  return `${letters.slice(0, NAME_MOST - 20).join("")}…${letters.slice(-19).join("")}`;
}

/** The name in an element of its own, so that writing from right to left does not reach its neighbours. */
export const nameElement = (name) => element("bdi", "file-name", name);

export function sizeOf(bytes) {
  if (!(bytes >= 0)) return "";
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1).replace(/\.0$/, "")} MB`;
}

export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

const KEPT_MS = 60_000; // until the browser has surely taken the file over

/** Hands a file to the browser's downloads. */
export function saveAs(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Gives the focus back to the composer when what had it is about to go. */
export function leaveFocus(node) {
  const root = node.getRootNode();
  if (node.contains(root.activeElement)) root.getElementById?.("words")?.focus();
}
