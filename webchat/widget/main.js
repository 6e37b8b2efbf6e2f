// What a page may ask of the widget (window.careline), put into one element. Nothing here listens to window.postMessage.
import { connectTo } from "./api.js";
import { CarelineChat } from "./element.js";

const NAME = "careline-chat";

/** Called once by widget.js. `home`: the gateway's address; `asked`: [name, values, done] of calls that came before us; `data`: data-* of the tag. */
export async function start(home, careline, asked, data) {
  connectTo(home);
  if (!customElements.get(NAME)) customElements.define(NAME, CarelineChat);
  if (!document.body) await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));

  const listeners = [];
  let options = optionsOf(data);
  let chat = null;

  const calls = {
    boot(more = {}) {
      options = { ...options, ...more };
      if (chat) return chat.update(more);
      chat = document.createElement(NAME);
      chat.begin(options, (count) => listeners.forEach((listener) => listener(count)));
      document.body.append(chat);
    },
    show: (more) => chat?.show(more),
    hide: () => chat?.hide(),
    update(more = {}) {
      options = { ...options, ...more };
      return chat?.update(more);
    },
    async shutdown() {
      const leaving = chat?.shutdown();
      chat = null;
      options = { ...options, customerToken: undefined, context: undefined };
      await leaving;
    },
    onUnread(listener) {
      if (typeof listener !== "function") return;
      listeners.push(listener);
      if (chat) listener(chat.unread);
    },
    identify(customerToken) {
      options = { ...options, customerToken };
      return chat?.identify(customerToken);
    },
    setContext(context) {
      options = { ...options, context: { ...options.context, ...context } };
      chat?.setContext(context);
    },
  };

  // A mistake in what a page hands over is told on its console; it never breaks the page.
  const run = async (name, values) => {
    try {
      return await calls[name](...values);
    } catch (error) {
      console.warn(`careline.${name}:`, error.message);
      return null;
    }
  };
  if (data.boot !== "manual") run("boot", []);
  for (const [name, values, done] of asked.splice(0)) done(run(name, values));
  for (const name of Object.keys(calls)) careline[name] = (...values) => run(name, values);
}

function optionsOf({ language, theme, position, customerToken, context }) {
  let told = {};
  try {
    told = JSON.parse(context ?? "{}") ?? {};
  } catch {
    // a page that writes no JSON there has told nothing
  }
  return { language, theme, position, customerToken, context: told };
}
