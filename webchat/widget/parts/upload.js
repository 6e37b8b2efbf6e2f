// Sends files: picked, dropped or pasted. Each has a row of its own at the end of the log until the transcript has it.
import { whenSwitched } from "../language.js";
import { addStyles, button, element, harmless, leaveFocus, nameElement, sizeOf, speaker } from "./kit.js";

const WORDS = {
  zh: {
    file: "文件", sending: "正在发送", waiting: "等待发送", cancel: "取消", cancel_named: "取消发送 {name}", again: "重发", again_named: "重发 {name}",
    give_up: "不发了", give_up_named: "不发了：{name}", progress: "正在发送 {name}", refused: "“{name}”没有发送：{why}",
    empty: "文件是空的。", large: "文件超过 {most}。", type: "这里只能发送{types}。", many: "一次最多发送 {most} 个文件，其余的请稍后再发。",
    picture: "图片", voice: "语音", space: "",
    offline: "网络断开了，恢复后会自动重发。", unreached: "没有发出去，可以重发，不会重复。", too_fast: "发送得太频繁了，请稍等一会儿再重发。",
    too_long: "文件太大了。", bad_type: "这种文件不能发送，或者文件已损坏。", over: "之前的对话已经结束，重发会开始新的对话。",
  },
  en: {
    file: "file", sending: "Sending", waiting: "Waiting to be sent", cancel: "Cancel", cancel_named: "Cancel sending {name}", again: "Send again",
    again_named: "Send again: {name}", give_up: "Discard", give_up_named: "Discard {name}", progress: "Sending {name}",
    refused: "“{name}” was not sent: {why}", empty: "the file is empty.", large: "it is larger than {most}.", type: "only {types} can be sent here.",
    many: "At most {most} files at once; please send the others afterwards.", picture: "pictures", voice: "voice messages", space: " ",
    offline: "You are offline; it is sent again as soon as you are back.", unreached: "Not sent. You can send it again; it counts once.",
    too_fast: "That was too many at once. Please wait a little, then send it again.", too_long: "The file is too large.",
    bad_type: "This kind of file cannot be sent, or the file is damaged.", over: "The earlier conversation has ended; sending again begins a new one.",
  },
};

const STYLES = `
.upload { margin: 0 0 .85rem auto; max-width: min(88%, 20rem); padding: .6rem .75rem; border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: var(--ink); }
.upload-top { display: flex; align-items: baseline; gap: .6rem; }
.upload-top .file-name { flex: 1; min-width: 0; overflow-wrap: anywhere; font-size: .92rem; }
.upload-size, .upload-state { color: var(--soft); font-size: .82rem; white-space: nowrap; }
.upload-foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .4rem; }
.upload-state { white-space: normal; }
.upload.is-failed { border-color: var(--bad); }
.upload.is-failed .upload-state { color: var(--bad); }
.upload-bar { height: 4px; border-radius: 2px; background: var(--line); overflow: hidden; margin: .45rem 0; }
.upload-bar div { width: 35%; height: 100%; background: var(--brand); }
.upload-foot .part-row { margin-left: auto; }
.upload-foot .part-plain { padding: .1rem .8rem; font-size: .9rem; }
@media (prefers-reduced-motion: no-preference) {
  .upload-bar div { animation: upload-run 1.4s infinite ease-in-out; }
  @keyframes upload-run { from { transform: translateX(-100%); } to { transform: translateX(290%); } }
}
`;
const AT_ONCE = 5;
const PATIENCE_MS = 180_000; // ten megabytes on a slow line
const SHOWN_MS = 10_000; // by then the transcript shows what the server has accepted
const ENDINGS = {
  jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif", pdf: "application/pdf",
  webm: "audio/webm", ogg: "audio/ogg", oga: "audio/ogg", m4a: "audio/mp4", mp3: "audio/mpeg", wav: "audio/wav",
};

const TOLD_MOST = 3; // sentences about files that were refused together

const queues = new WeakMap(); // host -> {rows: those not sent yet, turn: one is sent after the other, in the order they were given}
let field = null; // kept, or a browser may drop it while its dialog is open

/** Lets the customer pick files and sends them. Call it from a click. */
export function open(host) {
  field = document.createElement("input");
  field.type = "file";
  field.multiple = true;
  field.accept = host.settings().upload.types.filter((type) => !type.startsWith("audio/")).join(",");
  field.addEventListener("change", () => send(host, field.files));
  field.click();
}

/** Sends files (a FileList or File[]), at most 5 at once; what is refused is told on the status line. `seconds`: of a voice message. */
export function send(host, files, { seconds } = {}) {
  addStyles(host, STYLES);
  const say = speaker(host, WORDS);
  const queue = queueOf(host);
  const told = [];
  for (const file of files) {
    const name = harmless(file.name, say("file"));
    const why = refusal(file, host, say);
    if (why) told.push(say("refused", { name, why }));
    else if (queue.rows.size < AT_ONCE) new Row({ host, say, queue, file, name, seconds }).enqueue();
    else {
      told.push(say("many", { most: AT_ONCE }));
      break;
    }
  }
  host.status(told.slice(0, TOLD_MOST).join(say("space")));
}

function queueOf(host) {
  if (!queues.has(host)) {
    const queue = { rows: new Set(), turn: Promise.resolve() };
    whenSwitched(() => queue.rows.forEach((row) => row.show()));
    queues.set(host, queue);
  }
  return queues.get(host);
}

/** Why a file is not sent, in the customer's words; "" when it may be. The server looks again, and into the file. */
function refusal(file, host, say) {
  const { types, most_bytes: most } = host.settings().upload;
  if (!types.includes(typeOf(file))) return say("type", { types: new Intl.ListFormat(host.language()).format(kindsOf(types, say)) });
  if (file.size === 0) return say("empty");
  return file.size > most ? say("large", { most: sizeOf(most) }) : "";
}

function typeOf({ type, name }) {
  const given = type.split(";")[0].trim().toLowerCase();
  if (given === "image/jpg") return "image/jpeg";
  return given || ENDINGS[name.split(".").pop().toLowerCase()] || "";
}

function kindsOf(types, say) {
  const kinds = types.map((type) => {
    if (type.startsWith("image/")) return say("picture");
    return type.startsWith("audio/") ? say("voice") : type.split("/").pop().toUpperCase();
  });
  return new Set(kinds);
}

/** One file on its way; sent again it keeps its id, so it counts once. */
class Row {
  #host;
  #say;
  #queue;
  #file;
  #seconds;
  #id = newId();
  #name;
  #stop = null; // AbortController of the call under way
  #is = { word: "waiting", acts: [] };
  #made = element("div", "upload is-pending");
  #state = element("span", "upload-state");
  #bar = element("div", "upload-bar");
  #buttons = element("div", "part-row");
  #whenBack = () => this.enqueue();

  constructor({ host, say, queue, file, name, seconds }) {
    this.#host = host;
    this.#say = say;
    this.#queue = queue;
    this.#file = file;
    this.#name = name;
    this.#seconds = seconds;
    queue.rows.add(this);
    const top = element("div", "upload-top");
    top.append(nameElement(this.#name), element("span", "upload-size", sizeOf(file.size)));
    this.#bar.append(element("div"));
    this.#bar.setAttribute("role", "progressbar");
    const foot = element("div", "upload-foot");
    foot.append(this.#state, this.#buttons);
    this.#made.append(top, this.#bar, foot);
    host.insert(this.#made);
  }

  enqueue() {
    removeEventListener("online", this.#whenBack);
    this.#stop = new AbortController();
    this.#become("waiting", [["cancel", () => this.#giveUp()]]);
    const stop = this.#stop;
    this.#queue.turn = this.#queue.turn.then(() => !stop.signal.aborted && this.#send(stop));
  }

  async #send(stop) {
    if (!this.#made.isConnected) return this.#leave(); // the widget was shut down
    this.#is.word = "sending";
    this.#state.textContent = this.#say("sending");
    try {
      await this.#host.call("POST", "/attachments", {
        body: this.#file,
        headers: this.#headers(),
        signal: stop.signal,
        ms: PATIENCE_MS,
      });
    } catch (error) {
      if (!stop.signal.aborted) this.#fail(error);
      return;
    }
    this.#queue.rows.delete(this);
    this.#shown().then(() => this.#leave());
  }

  #headers() {
    const headers = {
      "Content-Type": typeOf(this.#file),
      "X-Message-Id": this.#id,
      "X-File-Name": encodeURIComponent(wellFormed(this.#file.name)),
    };
    return this.#seconds ? { ...headers, "X-Seconds": String(this.#seconds) } : headers;
  }

  /** Resolves when the transcript has it. */
  #shown() {
    const late = new Promise((done) => setTimeout(done, SHOWN_MS));
    return Promise.race([this.#host.inTranscript(this.#id), late]);
  }

  #fail(error) {
    const isFinal = error.status === 413 || error.status === 415;
    const again = ["again", () => this.enqueue()];
    this.#become(reasonOf(error), [...(isFinal ? [] : [again]), ["give_up", () => this.#giveUp()]], true);
    this.#made.scrollIntoView({ block: "nearest" });
    if (!navigator.onLine) addEventListener("online", this.#whenBack, { once: true });
  }

  #become(word, acts, isFailed = false) {
    this.#is = { word, acts };
    this.#made.classList.toggle("is-pending", !isFailed);
    this.#made.classList.toggle("is-failed", isFailed);
    this.#bar.hidden = isFailed;
    this.show();
  }

  /** Writes what there is to say, in the language of now. */
  show() {
    const { word, acts } = this.#is;
    const hadFocus = this.#buttons.contains(this.#buttons.getRootNode().activeElement);
    this.#bar.setAttribute("aria-label", this.#say("progress", { name: this.#name }));
    this.#state.textContent = this.#say(word);
    this.#buttons.replaceChildren(...acts.map(([name, act]) => this.#button(name, act)));
    if (hadFocus) this.#buttons.firstChild.focus();
  }

  #button(name, act) {
    const made = button(this.#say(name), "part-plain", act);
    made.setAttribute("aria-label", this.#say(`${name}_named`, { name: this.#name }));
    return made;
  }

  #giveUp() {
    this.#stop.abort();
    removeEventListener("online", this.#whenBack);
    this.#leave();
  }

  #leave() {
    this.#queue.rows.delete(this);
    leaveFocus(this.#made);
    this.#made.remove();
  }
}

function reasonOf({ status }) {
  if (!navigator.onLine) return "offline";
  return { 401: "over", 404: "over", 413: "too_long", 415: "bad_type", 429: "too_fast" }[status] ?? "unreached";
}

// A lone half of a character, which a file system may hold, cannot be encoded.
const wellFormed = (name) => new TextDecoder().decode(new TextEncoder().encode(name)).slice(0, 200);

// crypto.randomUUID is not there on plain http but for localhost.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
