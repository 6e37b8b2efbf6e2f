// Asks how it was: one to five, with a comment if the customer likes, once for each episode.
import { addStyles, element, speaker } from "./kit.js";

const WORDS = {
  zh: {
    ask: "这次服务您满意吗？", 1: "很差", 2: "较差", 3: "一般", 4: "满意", 5: "很好", comment: "想补充几句吗？（选填）", send: "提交评价", sending: "正在提交…",
    choose: "请先选一个分数。", thanks: "谢谢您的评价：{score} 分（{word}）。", already: "这次服务您已经评价过了，谢谢。",
    failed: "没有提交成功，请再试一次。", too_fast: "提交得太频繁了，请稍等一会儿再试。", bad: "这条评价无法提交，请改短一些再试。", over: "对话已经结束，不能再评价了。",
  },
  en: {
    ask: "How was our service?", 1: "Bad", 2: "Poor", 3: "Fair", 4: "Good", 5: "Great", comment: "Anything to add? (optional)", send: "Send rating",
    sending: "Sending…", choose: "Please choose a score first.", thanks: "Thank you for your rating: {score} of 5 ({word}).",
    already: "You have already rated this. Thank you.", failed: "That did not get through. Please try again.",
    too_fast: "That was too often. Please wait a little and try again.", bad: "This could not be sent. Please make it shorter and try again.",
    over: "This conversation has ended and can no longer be rated.",
  },
};

const STYLES = `
.rating { border: 1px solid var(--line); border-radius: 16px; background: var(--card); padding: .8rem .9rem; margin-bottom: .85rem; width: min(100%, 24rem); box-sizing: border-box; }
.rating fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
.rating legend { padding: 0; margin-bottom: .6rem; font-weight: 600; }
.rating-scores { display: grid; grid-template-columns: repeat(5, 1fr); gap: .35rem; }
.rating-scores label {
  position: relative; display: flex; flex-direction: column; align-items: center; gap: .1rem; min-height: 56px; justify-content: center; cursor: pointer;
  border: 1px solid var(--edge); border-radius: 12px; font-weight: 400; text-align: center; line-height: 1.25;
}
.rating-scores input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.rating-scores b { font-size: 1.1rem; }
.rating-scores span { font-size: .78rem; color: var(--soft); overflow-wrap: anywhere; }
.rating-scores label:hover { background: var(--theirs); }
.rating-scores label:has(:checked) { border-color: var(--brand); background: var(--brand); color: var(--on-brand); }
.rating-scores label:has(:checked) span { color: inherit; }
.rating-scores label:has(:focus-visible) { outline: 3px solid var(--brand); outline-offset: 2px; }
.rating textarea { margin-top: .3rem; resize: vertical; }
@media (forced-colors: active) { .rating-scores label:has(:checked) { outline: 3px solid Highlight; } }
`;
const SCORES = [1, 2, 3, 4, 5];
const COMMENT_MOST = 1000; // characters

const begun = new WeakMap(); // host -> drafts by episode: a change of language draws all anew

let drawn = 0;

/** `note` is {what: "rating_asked" | "rated", episode, score?}. `settle({episode, score})` is called when a rating was accepted; the element's
 *  `rated(score)` shows it as done, also when it was given elsewhere. */
export function draw(host, note, settle = () => {}) {
  addStyles(host, STYLES);
  const say = speaker(host, WORDS);
  const made = element("div", "part rating");
  const drafts = begun.get(host) ?? new Map();
  begun.set(host, drafts);
  made.rated = (score) => finish(SCORES.includes(score) ? say("thanks", { score, word: say(score) }) : say("already"));
  if (note.what === "rated") made.rated(note.score);
  else made.append(form());
  return made;

  function form() {
    const number = ++drawn;
    const asked = element("form", "part");
    asked.noValidate = true;
    const fields = element("fieldset");
    const scores = element("div", "rating-scores");
    scores.append(...SCORES.map((score) => choice(score, number)));
    fields.append(element("legend", "", say("ask")), scores);
    const more = element("div");
    const comment = element("textarea");
    comment.id = `rating-comment-${number}`;
    comment.maxLength = COMMENT_MOST;
    comment.rows = 2;
    const label = element("label", "", say("comment"));
    label.htmlFor = comment.id;
    more.append(label, comment);
    const error = element("p", "part-bad");
    error.id = `rating-error-${number}`;
    error.setAttribute("role", "alert");
    const press = element("button", "part-main", say("send"));
    asked.append(fields, more, error, press);
    const draft = drafts.get(note.episode);
    if (draft?.score) scores.children[draft.score - 1].firstChild.checked = true;
    more.hidden = !draft?.score;
    comment.value = draft?.comment ?? "";
    asked.addEventListener("input", () => {
      drafts.set(note.episode, { score: Number(scores.querySelector(":checked")?.value), comment: comment.value });
      if (more.hidden) {
        more.hidden = false;
        asked.scrollIntoView({ block: "nearest" });
      }
      error.textContent = "";
      fields.removeAttribute("aria-describedby");
    });
    asked.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = scores.querySelector(":checked");
      if (!chosen) {
        error.textContent = say("choose");
        fields.setAttribute("aria-describedby", error.id);
        return scores.querySelector("input").focus();
      }
      error.textContent = "";
      submit({ score: Number(chosen.value), comment: comment.value.trim() }, press, error);
    });
    return asked;
  }

  function choice(score, number) {
    const label = element("label");
    const radio = element("input");
    radio.type = "radio";
    radio.name = `rating-${number}`;
    radio.value = String(score);
    label.append(radio, element("b", "", String(score)), element("span", "", say(score)));
    return label;
  }

  async function submit({ score, comment }, press, error) {
    if (press.getAttribute("aria-disabled") === "true") return;
    press.setAttribute("aria-disabled", "true");
    press.textContent = say("sending");
    try {
      await host.call("POST", "/rating", { json: { episode: note.episode, score, ...(comment && { comment }) } });
    } catch (problem) {
      if (problem.status === 409) return done(null);
      press.removeAttribute("aria-disabled");
      press.textContent = say("send");
      error.textContent = say({ 400: "bad", 401: "over", 404: "over", 429: "too_fast" }[problem.status] ?? "failed");
      return;
    }
    done(score);
  }

  function done(score) {
    drafts.delete(note.episode);
    const hadFocus = made.contains(made.getRootNode().activeElement);
    made.rated(score);
    if (hadFocus) made.firstChild.focus();
    settle({ episode: note.episode, score });
  }

  function finish(words) {
    if (made.classList.contains("is-done")) return;
    const thanks = element("p", "", words);
    thanks.tabIndex = -1;
    made.classList.add("is-done");
    made.replaceChildren(thanks);
  }
}
