// The words of the launcher; those of the panel come with it (panel_words.js).

export const WORDS = {
  zh: { title: "在线客服", open: "咨询客服", shut: "收起", unread: "{n} 条未读消息", not_loaded: "客服暂时打不开，请检查网络后再试。" },
  en: { title: "Chat with us", open: "Chat with us", shut: "Close", unread: "{n} unread", not_loaded: "The chat cannot be opened now. Please check your network and try again." },
};

/** Adds words of a part of the widget: {zh, en}. */
export function addWords({ zh, en }) {
  Object.assign(WORDS.zh, zh);
  Object.assign(WORDS.en, en);
}
