// Does something now and then again, while the page is looked at. The next round begins after the last one ended.

export function whileVisible(work, everyMs) {
  let timer = 0;
  const round = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    await work();
    clearTimeout(timer);
    timer = setTimeout(round, everyMs);
  };
  document.addEventListener("visibilitychange", round);
  round();
}

export async function readJson(address) {
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(8000) });
  return { ok: answer.ok, body: await answer.json() };
}
