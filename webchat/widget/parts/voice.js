// Records a voice message: speak, listen, send or throw away. Nothing leaves the device before "send".
import { addStyles, button, clock, element, speaker } from "./kit.js";
import { draw as drawSound } from "./sound.js";
import { send } from "./upload.js";

const WORDS = {
  zh: {
    title: "语音消息", start: "开始录音", stop: "停止", send: "发送", discard: "删除", again: "重录", ready: "最长 {most}。点“开始录音”后请对着麦克风说话。",
    asking: "请在浏览器的提示里允许使用麦克风。", recording: "正在录音", time: "已录时间", recorded: "录好了，共 {time}。可以先听一遍再发送。",
    full: "已到最长时间，录音停止了。可以先听一遍再发送。", refused: "您没有允许使用麦克风。请在浏览器地址栏的网站设置里允许，再试一次；也可以直接打字。",
    none: "没有找到麦克风。请接上以后再试，也可以直接打字。", busy: "麦克风用不了，可能正被别的程序占用。请稍后再试。",
    unable: "这个浏览器不能录音，请直接打字。", short: "没有录到声音，请再试一次。", deaf: "这里放不了这段录音，但可以发送。", name: "语音",
  },
  en: {
    title: "Voice message", start: "Start recording", stop: "Stop", send: "Send", discard: "Delete", again: "Record again",
    ready: "At most {most}. Choose “Start recording”, then speak.", asking: "Please allow the microphone when the browser asks.",
    recording: "Recording", time: "Time recorded", recorded: "Recorded, {time}. You can listen before you send it.",
    full: "That is the longest a message can be. You can listen before you send it.",
    refused: "The microphone was not allowed. Allow it in the site settings beside the address, then try again. You can also type.",
    none: "No microphone was found. Connect one and try again. You can also type.",
    busy: "The microphone cannot be used; another program may have it. Please try again shortly.",
    unable: "This browser cannot record. Please type instead.", short: "Nothing was recorded. Please try again.",
    deaf: "It cannot be played here, but it can be sent.", name: "Voice message",
  },
};

const STYLES = `
.voice-body:empty { display: none; }
.voice-time { font-size: 2rem; font-variant-numeric: tabular-nums; line-height: 1.2; }
.voice-state { display: flex; align-items: center; gap: .6rem; }
.voice-state i { width: .8rem; height: .8rem; border-radius: 50%; background: var(--bad); }
@media (prefers-reduced-motion: no-preference) {
  .voice-state i { animation: voice-pulse 1.2s infinite ease-in-out; }
  @keyframes voice-pulse { 50% { opacity: .3; } }
}
`;
const TICK_MS = 250;
const SPEECH = 32_000; // bits per second: clear, and five minutes are little more than a megabyte
const KINDS = ["audio/webm;codecs=opus", "audio/webm", "audio/ogg;codecs=opus", "audio/mp4"]; // the first the browser has and the server takes

/** Opens the sheet. Recording stops when the sheet goes or the page is hidden. */
export function open(host) {
  addStyles(host, STYLES);
  new Sheet(host);
}

class Sheet {
  #host;
  #say;
  #most; // seconds
  #made = element("div", "part voice");
  #told = element("p");
  #body = element("div", "part voice-body");
  #acts = element("div", "part-row");
  #close;
  #recorder = null;
  #timer = 0;
  #isOver = false;
  #hidden = () => document.hidden && this.#stop();

  constructor(host) {
    this.#host = host;
    this.#say = speaker(host, WORDS);
    this.#most = host.settings().upload.voice_seconds;
    this.#told.setAttribute("role", "status");
    this.#made.append(this.#body, this.#told, this.#acts);
    this.#ready("ready"); // before the sheet opens, which gives the focus to its first button
    this.#close = host.sheet(this.#made, this.#say("title"));
    document.addEventListener("visibilitychange", this.#hidden);
    this.#whenOutOfSight(() => this.#end());
  }

  /** Waits for the customer to begin; `word` says why we are here. */
  #ready(word) {
    const canRecord = Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder && this.#kind());
    this.#tell(canRecord ? word : "unable", { most: clock(this.#most) });
    this.#body.replaceChildren();
    this.#show(canRecord ? [["start", "part-main", () => this.#ask()]] : []);
  }

  async #ask() {
    this.#tell("asking");
    this.#show([]);
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      return this.#isOver || this.#ready({ NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none" }[error.name] ?? "busy");
    }
    if (!this.#isOver && !document.hidden) return this.#record(stream);
    release(stream);
    if (!this.#isOver) this.#ready("ready");
  }

  #record(stream) {
    const parts = [];
    const recorder = new MediaRecorder(stream, { mimeType: this.#kind(), audioBitsPerSecond: SPEECH });
    const began = performance.now();
    let seconds = 0;
    recorder.addEventListener("dataavailable", ({ data }) => data.size && parts.push(data));
    recorder.addEventListener("stop", () => {
      clearInterval(this.#timer);
      release(stream);
      if (!this.#isOver) this.#recorded(new Blob(parts, { type: recorder.mimeType.split(";")[0] }), seconds);
    });
    const shown = element("span", "voice-time", clock(0));
    shown.setAttribute("role", "timer");
    shown.setAttribute("aria-label", this.#say("time"));
    const line = element("div", "voice-state");
    line.append(element("i"), shown, element("span", "part-soft", `/ ${clock(this.#most)}`));
    this.#body.replaceChildren(line);
    this.#tell("recording");
    this.#show([["stop", "part-main", () => this.#stop()]]);
    this.#timer = setInterval(() => {
      seconds = Math.min(this.#most, (performance.now() - began) / 1000);
      shown.textContent = clock(seconds);
      if (seconds >= this.#most) this.#stop();
    }, TICK_MS);
    this.#recorder = recorder;
    recorder.start();
  }

  #recorded(blob, seconds) {
    this.#recorder = null;
    if (!blob.size) return this.#ready("short");
    const length = Math.max(1, Math.round(seconds));
    this.#tell(seconds >= this.#most ? "full" : "recorded", { time: clock(length) });
    this.#body.replaceChildren(drawSound(this.#host, { load: async () => blob, seconds: length, failed: () => this.#tell("deaf") }));
    this.#show([
      ["send", "part-main", () => this.#send(blob, length)],
      ["again", "part-plain", () => this.#ask()],
      ["discard", "part-plain", () => this.#close()],
    ]);
  }

  #send(blob, seconds) {
    const ending = blob.type.split("/")[1];
    this.#close();
    send(this.#host, [new File([blob], `${this.#say("name")}.${ending}`, { type: blob.type })], { seconds });
  }

  #stop() {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  #end() {
    this.#isOver = true;
    document.removeEventListener("visibilitychange", this.#hidden);
    this.#stop();
    this.#close();
  }

  /** What the browser records and the server takes; undefined when there is nothing. */
  #kind() {
    const taken = this.#host.settings().upload.types;
    return KINDS.find((kind) => taken.includes(kind.split(";")[0]) && MediaRecorder.isTypeSupported(kind));
  }

  #tell(word, values) {
    this.#told.textContent = this.#say(word, values);
  }

  #show(acts) {
    const root = this.#made.getRootNode();
    const hadFocus = this.#made.contains(root.activeElement);
    this.#acts.replaceChildren(...acts.map(([name, look, act]) => button(this.#say(name), look, act)));
    if (hadFocus) (this.#acts.firstChild ?? this.#held()).focus();
  }

  // While the browser asks there is no button; the focus waits on the sheet's words instead of being lost.
  #held() {
    this.#told.tabIndex = -1;
    return this.#told;
  }

  // Closed by Escape, closed with the panel, covered or removed: all the same to a microphone.
  #whenOutOfSight(act) {
    let wasSeen = false;
    const watch = new IntersectionObserver((entries) => {
      const isSeen = entries.at(-1).isIntersecting;
      if (wasSeen && !isSeen) {
        watch.disconnect();
        act();
      }
      wasSeen ||= isSeen;
    });
    watch.observe(this.#made);
  }
}

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
