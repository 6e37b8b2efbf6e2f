// A voice message with its play button, how far it is and how long: in the log, and to listen to one's own before it is sent.
import { addStyles, clock, element, icon, speaker } from "./kit.js";
import { Player } from "./player.js";

const WORDS = {
  zh: { play: "播放语音", pause: "暂停", loading: "正在读取…", progress: "播放进度", seconds: "第 {at} 秒，共 {all} 秒" },
  en: { play: "Play the voice message", pause: "Pause", loading: "Loading…", progress: "Progress", seconds: "{at} of {all} seconds" },
};

const STYLES = `
.sound { display: flex; align-items: center; gap: .6rem; min-width: 12rem; max-width: 100%; }
.sound button {
  flex: none; width: 44px; height: 44px; border-radius: 50%; border: 0; padding: 0; display: grid; place-items: center; cursor: pointer;
  background: var(--brand); color: var(--on-brand);
}
.sound-bar { flex: 1; height: 6px; min-width: 3rem; border-radius: 3px; background: var(--edge); overflow: hidden; }
.sound-bar div { height: 100%; width: 0; background: var(--brand); }
.sound-time { font-size: .82rem; font-variant-numeric: tabular-nums; white-space: nowrap; color: var(--soft); }
@media (forced-colors: active) { .sound-bar { border: 1px solid; } .sound-bar div { background: Highlight; } }
`;
const PLAY = "M6 3l15 9-15 9z";
const PAUSE = "M5 3h5v18H5zM14 3h5v18h-5z";

/** `load()` promises a Blob; `seconds` is its length if known; `failed(error)` is called when it cannot be played. */
export function draw(host, { load, seconds, failed }) {
  addStyles(host, STYLES);
  const say = speaker(host, WORDS);
  const made = element("div", "sound");
  const button = element("button");
  button.type = "button";
  const { svg, shape } = icon(PLAY);
  button.append(svg);
  const bar = element("div", "sound-bar");
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-valuemin", "0");
  const done = element("div");
  bar.append(done);
  const time = element("span", "sound-time");
  made.append(button, bar, time);

  const player = new Player({ load, changed: show, isInSight: () => made.getClientRects().length > 0 });
  button.addEventListener("click", () => player.toggle());
  show();
  return made;

  function show() {
    const all = player.length ?? seconds ?? 0;
    const word = { playing: "pause", loading: "loading" }[player.state] ?? "play";
    button.setAttribute("aria-label", say(word));
    button.setAttribute("aria-busy", String(player.state === "loading"));
    shape.setAttribute("d", player.state === "playing" ? PAUSE : PLAY);
    bar.setAttribute("aria-label", say("progress"));
    bar.setAttribute("aria-valuemax", String(Math.ceil(all)));
    bar.setAttribute("aria-valuenow", String(Math.floor(player.at)));
    bar.setAttribute("aria-valuetext", say("seconds", { at: Math.floor(player.at), all: Math.ceil(all) }));
    done.style.width = all ? `${(100 * player.at) / all}%` : "0";
    time.textContent = all ? `${clock(player.at)} / ${clock(Math.max(1, Math.round(all)))}` : clock(player.at);
    if (player.state === "failed") failed(player.error);
  }
}
