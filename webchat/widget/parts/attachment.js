// Shows what was attached to a message: a picture, a file to download, a voice message. Everything is fetched with the token in a header,
// so a picture is drawn into a canvas: an address of its own it has not.
import { addStyles, button, element, harmless, icon, nameElement, saveAs, sizeOf, speaker } from "./kit.js";
import { draw as drawSound } from "./sound.js";

const WORDS = {
  zh: {
    file: "文件", image: "图片", voice: "语音", download_named: "下载 {name}", picture: "图片 {name}，按下即下载原图",
    failed: "没有读出来", gone: "已经不在了", unplayable: "这个浏览器放不了这段语音", again: "再试一次",
  },
  en: {
    file: "File", image: "Picture", voice: "Voice message", download_named: "Download {name}",
    picture: "Picture {name}, press to download the original",
    failed: "Could not be loaded", gone: "No longer there", unplayable: "This browser cannot play this message", again: "Try again",
  },
};

const STYLES = `
.attachment { max-width: min(88%, 20rem); background: var(--card); color: var(--ink); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
.attachment .file, .attachment .sound, .attachment .failing { padding: .5rem .7rem; }
.attachment-picture { display: block; border: 0; padding: 0; margin: 0; width: 100%; background: var(--theirs); cursor: pointer; border-radius: 13px; }
.attachment-picture:focus-visible { outline-offset: -3px; }
.attachment canvas { display: block; width: 100%; height: auto; }
.file { display: flex; align-items: center; gap: .6rem; }
.file-type { flex: none; min-width: 2.6rem; text-align: center; font-size: .7rem; font-weight: 700; padding: .5rem .2rem; border-radius: 8px; background: var(--theirs); }
.file-save { flex: none; padding: 0; display: grid; place-items: center; }
.file-words { flex: 1; min-width: 0; display: flex; flex-direction: column; line-height: 1.35; }
.file-name { overflow-wrap: anywhere; font-size: .92rem; }
.file-size { color: var(--soft); font-size: .8rem; }
.failing { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; color: var(--soft); font-size: .88rem; }
`;
const ARROW = "M11 3h2v9l3.5-3.5 1.4 1.4L12 15.8 6.1 9.9l1.4-1.4L11 12zM4 18h16v2H4z";
const WIDEST = 320; // CSS pixels, as .attachment above
const TALLEST = 360;

/** An element for one attachment; never throws, whatever it is given. */
export function draw(host, attachment) {
  addStyles(host, STYLES);
  const say = speaker(host, WORDS);
  const shown = describe(attachment, say);
  const made = element("div", "attachment");
  const fetched = once(() => host.call("GET", `/attachments/${encodeURIComponent(shown.id)}`, { as: "blob" }));
  const show = { image: picture, voice, file }[shown.kind];
  show();
  return made;

  function picture() {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", shown.name);
    const [width, height] = fitted(shown.width, shown.height);
    canvas.width = width;
    canvas.height = height;
    const press = button("", "attachment-picture", () => save(press));
    press.setAttribute("aria-label", say("picture", { name: shown.name }));
    press.append(canvas);
    made.style.width = `${width}px`;
    made.replaceChildren(press);
    whenSeen(made, () => {
      fetched().then((blob) => paint(canvas, made, blob).catch(file), (error) => failing(error, picture));
    });
  }

  function voice() {
    made.replaceChildren(drawSound(host, { load: fetched, seconds: shown.seconds, failed: (error) => unheard(error) }));
  }

  // What arrived and cannot be played can still be kept; what did not arrive can be asked for again.
  function unheard(error) {
    if (error.status !== undefined) return failing(error, voice);
    file();
    made.append(element("div", "failing", say("unplayable")));
  }

  function file() {
    made.style.width = "";
    const row = element("div", "file");
    const words = element("div", "file-words");
    words.append(nameElement(shown.name), element("span", "file-size", sizeOf(shown.size)));
    const press = button("", "part-plain file-save", () => save(press));
    press.append(icon(ARROW).svg);
    press.setAttribute("aria-label", say("download_named", { name: shown.name }));
    row.append(element("span", "file-type", shown.type), words, press);
    made.replaceChildren(row);
  }

  async function save(press) {
    made.querySelector(".failing")?.remove();
    press.setAttribute("aria-busy", "true");
    try {
      saveAs(await fetched(), shown.name);
    } catch (error) {
      made.append(failingLine(error, () => save(press)));
    } finally {
      press.removeAttribute("aria-busy");
    }
  }

  function failing(error, again) {
    made.style.width = "";
    made.replaceChildren(failingLine(error, again));
    made.firstChild.prepend(nameElement(shown.name));
  }

  function failingLine(error, again) {
    const isGone = error.status === 404;
    const line = element("div", "failing");
    line.append(element("span", "", say(isGone ? "gone" : "failed")));
    if (!isGone) line.append(button(say("again"), "part-plain", again));
    return line;
  }
}

function describe(attachment, say) {
  const given = attachment ?? {};
  const kind = ["image", "voice"].includes(given.kind) ? given.kind : "file";
  const type = String(given.type ?? "").split("/").pop().replace(/[^a-z0-9]/gi, "").slice(0, 5).toUpperCase();
  return { ...given, id: String(given.id ?? ""), kind, name: harmless(given.name, say(kind)), type: type || say("file") };
}

/** What was fetched is kept; what failed is asked for again. */
function once(ask) {
  let asked = null;
  return () => (asked ??= ask().catch((error) => ((asked = null), Promise.reject(error))));
}

/** Pictures that nobody scrolls to are not fetched. */
function whenSeen(node, act) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    act();
  }, { rootMargin: "200px" });
  watch.observe(node);
}

function fitted(width, height) {
  if (!(width > 0 && height > 0)) return [240, 180];
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

async function paint(canvas, frame, blob) {
  const whole = await createImageBitmap(blob);
  const [width, height] = fitted(whole.width, whole.height);
  const density = Math.min(devicePixelRatio || 1, 3);
  canvas.width = Math.max(1, Math.round(Math.min(whole.width, width * density)));
  canvas.height = Math.max(1, Math.round(Math.min(whole.height, height * density)));
  const brush = canvas.getContext("2d");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  frame.style.width = `${Math.max(width, 48)}px`;
  canvas.classList.add("is-drawn");
}
