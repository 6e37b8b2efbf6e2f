// The open conversation, remembered for this tab: a reload goes on, a closed tab forgets.

const KEPT = "careline.talk";

/** {id, token, who} or null. */
export function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    return typeof kept?.id === "string" && typeof kept.token === "string" ? { who: "", ...kept } : null;
  } catch {
    return null;
  }
}

export function remember(talk) {
  try {
    if (talk) sessionStorage.setItem(KEPT, JSON.stringify(talk));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // storage may be switched off; the talk then lasts as long as the page
  }
}
