// A sheet over the log: a dialog of its own. The focus stays inside, Escape closes it, and the focus returns to where it was.
import { element, iconButton } from "./make.js";

const FOCUSABLE = "button:not(:disabled), [href], input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex='0']";

/** Whatever of these can be reached by Tab, in order. */
export const reachable = (root) => [...root.querySelectorAll(FOCUSABLE)].filter((one) => one.checkVisibility?.() ?? true);

/** Keeps Tab within `root`. */
export function keepInside(event, root) {
  if (event.key !== "Tab") return;
  const all = reachable(root);
  const focused = root.getRootNode().activeElement;
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (all.length && focused !== edge && all.includes(focused)) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}

/** Lays `node` over `middle`; `others` are out of reach meanwhile. Returns how to close it. */
export function cover(middle, others, node, label, focusElsewhere) {
  const root = middle.getRootNode();
  const before = root.activeElement;
  const sheet = element("div", "sheet");
  const top = element("div", "sheet-top");
  const body = element("div", "sheet-body");
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    const hadFocus = sheet.contains(root.activeElement) || !root.activeElement;
    sheet.remove();
    if (middle.querySelector(".sheet")) return;
    for (const other of others) other.inert = false;
    if (!hadFocus) return;
    if (before?.isConnected) before.focus();
    if (root.activeElement !== before || !before) focusElsewhere();
  };
  top.append(element("p", "", label), iconButton("icon", "close", "shut", close));
  body.append(node);
  sheet.append(top, body);
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-modal", "true");
  sheet.setAttribute("aria-label", label);
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      event.preventDefault();
      close();
    }
    keepInside(event, sheet);
  });
  sheet.close = close;
  middle.append(sheet);
  for (const other of others) other.inert = true;
  (reachable(body)[0] ?? reachable(top)[0]).focus();
  return close;
}
