// Turns addresses in a text into links, and nothing else into anything. Only plain http and https ones; anything that is not plain ASCII ends one,
// so Chinese words and punctuation around an address stay words.
import { element } from "./make.js";

const ADDRESS = /https?:\/\/[^\s<>"'`\\^{}|\u0080-\uffff]+/gi;
const NOT_ITS_END = /[.,;:!?)\]*_~]+$/;

/** The address as it may be followed, or "". One that carries a user's name pretends to be somebody else's. */
export function safe(address) {
  try {
    const url = new URL(String(address));
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : "";
  } catch {
    return "";
  }
}

export function link(address, text, className = "") {
  const made = element("a", className, text);
  made.href = address;
  made.rel = "noopener noreferrer nofollow";
  made.target = "_blank";
  return made;
}

/** The text as nodes, to put into an element. */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const shown = trimmed(found);
    const address = safe(shown);
    if (!address) continue;
    nodes.push(text.slice(from, index), link(address, shown));
    from = index + shown.length;
  }
  return [...nodes, text.slice(from)].filter((node) => node !== "");
}

// "(see https://a.example/b)" ends before the bracket, "https://a.example/b_(c)" after it.
function trimmed(address) {
  const end = address.replace(NOT_ITS_END, "");
  const isOpen = (end.match(/\(/g)?.length ?? 0) > (end.match(/\)/g)?.length ?? 0);
  return isOpen && address[end.length] === ")" ? `${end})` : end;
}
