// Who is signed in at this demo shop. A shop of one's own does the same after its own sign-in: its server makes the tokens, the page hands them
// over. A token holds for minutes only, so the chat is told how to get one and asks when it needs it.
import { customerToken } from "./api.js";
import { assistant } from "./assistant.js";
import { say } from "./language.js";

const KEPT = "shop.customer";
const who = document.getElementById("who"); // in demo mode only
const trouble = document.getElementById("trouble");
let current = ""; // the number signed in, "" for a guest

export function showCustomer() {
  if (!who) return;
  who.addEventListener("change", () => choose(who.value));
  const before = recall();
  if (!before) return;
  who.value = before;
  current = who.value;
  if (current) identify(current);
}

function choose(number) {
  if (current) {
    // What was said belongs to who said it: the next one begins with an empty chat on a clean device.
    assistant("shutdown");
    assistant("boot");
  }
  current = number;
  remember(number);
  trouble.textContent = "";
  if (number) identify(number);
}

function identify(number) {
  assistant("identify", async () => {
    try {
      return await customerToken(number);
    } catch (error) {
      if (number === current) trouble.textContent = say("sign_in_failed");
      throw error;
    }
  });
}

function recall() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function remember(number) {
  try {
    if (number) localStorage.setItem(KEPT, number);
    else localStorage.removeItem(KEPT);
  } catch {
    // storage may be switched off; the sign-in then lasts as long as the page
  }
}
