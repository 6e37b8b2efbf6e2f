// Hands the customer what was said: as a file, or to an e-mail address.
import { addStyles, button, element, saveAs, speaker } from "./kit.js";

const WORDS = {
  zh: {
    title: "保存对话记录", download: "下载文本文件", downloading: "正在准备…", file: "对话记录", mail: "发送到邮箱", address: "邮箱地址", sending: "正在发送…",
    sent: "已发送到 {to}，请稍后查收。", missing: "请填写邮箱地址。", wrong: "这个邮箱地址不完整，例如 name@example.com。",
    refused: "这个邮箱地址无法使用，请检查一下。", too_fast: "发送得太频繁了，请过一会儿再试。", failed: "没有成功，请再试一次。", over: "对话已经结束，记录读不到了。",
  },
  en: {
    title: "Save the conversation", download: "Download as a text file", downloading: "Preparing…", file: "conversation", mail: "Send by e-mail",
    address: "E-mail address", sending: "Sending…", sent: "Sent to {to}. It should arrive shortly.",
    missing: "Please enter an e-mail address.", wrong: "This address is not complete, such as name@example.com.",
    refused: "This address cannot be used. Please check it.", too_fast: "That was too often. Please try again a little later.",
    failed: "That did not work. Please try again.", over: "The conversation has ended; its record can no longer be read.",
  },
};

const STYLES = `
.transcript form { display: flex; flex-direction: column; gap: .4rem; border-top: 1px solid var(--line); padding-top: .75rem; }
.transcript form button { align-self: flex-start; }
`;
const ADDRESS_MOST = 254; // characters an e-mail address can have

let drawn = 0;

/** Opens the sheet. */
export function open(host) {
  addStyles(host, STYLES);
  const say = speaker(host, WORDS);
  const number = ++drawn;
  const made = element("div", "part transcript");
  const told = element("p", "part-soft");
  told.setAttribute("role", "status");
  const failed = element("p", "part-bad");
  failed.setAttribute("role", "alert");
  const press = button(say("download"), "part-main", () => whileBusy(press, "download", "downloading", download));
  const [form, field, submit] = mailForm();
  made.append(press, failed, form);
  host.sheet(made, say("title"));

  function mailForm() {
    const form = element("form");
    form.noValidate = true; // the browser would complain in its own language
    const label = element("label", "", say("address"));
    const field = element("input");
    field.type = "email";
    field.name = "email";
    field.autocomplete = "email";
    field.maxLength = ADDRESS_MOST;
    field.required = true;
    field.id = label.htmlFor = `transcript-address-${number}`;
    const error = element("p", "part-bad");
    error.id = `transcript-error-${number}`;
    error.setAttribute("role", "alert");
    field.setAttribute("aria-describedby", error.id);
    const submit = element("button", "part-plain", say("mail"));
    form.append(label, field, error, submit, told);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = !field.value.trim() ? "missing" : field.validity.valid ? "" : "wrong";
      complain(wrong && say(wrong));
      if (!wrong) whileBusy(submit, "mail", "sending", mail);
    });
    field.addEventListener("input", () => complain(""));
    form.complain = complain;
    return [form, field, submit];

    function complain(words) {
      told.textContent = "";
      error.textContent = words;
      field.setAttribute("aria-invalid", String(Boolean(words)));
      if (words) field.focus();
    }
  }

  async function download() {
    failed.textContent = "";
    try {
      const text = await host.call("GET", `/transcript?language=${host.language()}`, { as: "blob" });
      saveAs(text, `${say("file")}-${today()}.txt`);
    } catch (error) {
      failed.textContent = say(reasonOf(error));
    }
  }

  async function mail() {
    const to = field.value.trim();
    try {
      await host.call("POST", "/transcript/mail", { json: { to, language: host.language() }, as: "text" }); // it answers without a body
    } catch (error) {
      return form.complain(say(error.status === 400 ? "refused" : reasonOf(error)));
    }
    field.value = "";
    told.textContent = say("sent", { to });
  }

  async function whileBusy(pressed, rest, busy, act) {
    if (pressed.getAttribute("aria-disabled") === "true") return;
    pressed.setAttribute("aria-disabled", "true");
    pressed.textContent = say(busy);
    await act();
    pressed.removeAttribute("aria-disabled");
    pressed.textContent = say(rest);
  }
}

const reasonOf = ({ status }) => ({ 401: "over", 404: "over", 429: "too_fast" })[status] ?? "failed";

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
