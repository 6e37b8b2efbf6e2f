// One page, three views, by what stands behind # in the address: the shop, the cart, an order. The chat is told which one is looked at.
import { assistant } from "./assistant.js";
import { say, whenSwitched } from "./language.js";

const views = [...document.querySelectorAll("[data-view]")];
const links = [...document.querySelectorAll(".views a")];

export function showViews() {
  window.addEventListener("hashchange", () => {
    if (turnTo(location.hash.slice(1))) current().querySelector("h1").focus();
  });
  whenSwitched(tell);
  if (!turnTo(location.hash.slice(1))) turnTo("shop");
}

const current = () => views.find((view) => !view.hidden);

function turnTo(name) {
  if (!views.some((view) => view.dataset.view === name)) return false;
  for (const view of views) view.hidden = view.dataset.view !== name;
  for (const link of links) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  window.scrollTo(0, 0);
  tell();
  return true;
}

function tell() {
  const name = current().dataset.view;
  document.title = `${say(name)} · ${say("title")}`;
  assistant("setContext", { page: name === "shop" ? "/shop" : `/shop/${name}`, title: document.title });
}
