// How the panel looks, with all that is in it. Colours are in look.js.

export const PANEL = `
.panel {
  position: fixed; right: calc(var(--side) + env(safe-area-inset-right)); bottom: calc(var(--bottom) + 4.75rem + env(safe-area-inset-bottom));
  width: min(25rem, 100vw - 2 * var(--side)); height: min(42rem, 100dvh - var(--bottom) - 6rem); display: flex; flex-direction: column; overflow: hidden;
  background: var(--card); border: 1px solid var(--line); border-radius: var(--careline-radius, 18px); box-shadow: 0 16px 48px rgb(0 0 0 / .2), 0 2px 8px rgb(0 0 0 / .12);
}
[data-position="left"] .panel { right: auto; left: calc(var(--side) + env(safe-area-inset-left)); }
.top { display: flex; align-items: center; gap: .1rem; padding: .35rem .4rem .35rem 1.1rem; border-bottom: 1px solid var(--line); }
.top p { margin: 0; flex: 1; min-width: 0; font-weight: 600; font-size: 1.05rem; overflow-wrap: anywhere; line-height: 1.3; }
.icon { background: none; border: 0; padding: 0; width: 44px; min-width: 44px; height: 44px; border-radius: 12px; display: grid; place-items: center; color: var(--soft); flex: none; }
.icon:hover, .icon[aria-expanded="true"] { background: var(--theirs); color: var(--ink); }
.menu { position: absolute; z-index: 3; top: 3.3rem; right: .5rem; min-width: 11rem; max-width: calc(100% - 1rem); padding: .35rem; display: flex; flex-direction: column; background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 10px 30px rgb(0 0 0 / .18); }
.menu button { background: none; border: 0; min-height: 44px; padding: .3rem .8rem; border-radius: 10px; text-align: start; }
.menu button:hover { background: var(--theirs); }
.menu button:focus-visible { outline-offset: -2px; }
#status { margin: 0; padding: .45rem 1.1rem; background: var(--theirs); font-size: .9rem; }
.line { margin: 0; padding: .35rem 1.1rem; font-size: .9rem; color: var(--soft); }
#status:empty, .line:not(:has(span:not(:empty))) { padding-block: 0; }
.line span:not(:empty) + span:not(:empty)::before { content: " "; }
.middle { position: relative; flex: 1; min-height: 0; display: flex; }
.scroller { flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1rem 1.1rem .6rem; position: relative; }
.scroller:focus-visible { outline-offset: -3px; }
.day { text-align: center; font-size: .8rem; color: var(--soft); margin: .4rem 0 .9rem; }
.note { text-align: center; font-size: .88rem; color: var(--soft); margin: .2rem 0 .9rem; overflow-wrap: anywhere; }
.message, .greeting { margin-bottom: .85rem; display: flex; flex-direction: column; align-items: flex-start; gap: .4rem; }
.greeting p { margin: 0; }
.bubble { max-width: 88%; padding: .55rem .85rem; border-radius: 4px 16px 16px; background: var(--theirs); white-space: pre-wrap; overflow-wrap: anywhere; }
.bubble a { color: inherit; text-decoration: underline; text-underline-offset: .15em; }
.bubble a:focus-visible { outline-color: currentColor; }
.mine { align-items: flex-end; }
.mine .bubble { background: var(--mine); color: var(--on-mine); border-radius: 16px 4px 16px 16px; }
.is-pending .bubble { opacity: .92; }
.is-failed .bubble { background: var(--card); color: var(--ink); box-shadow: inset 0 0 0 1.5px var(--bad); }
.foot { font-size: .78rem; color: var(--soft); padding: 0 .2rem; }
.foot .name { font-weight: 600; }
.mine:not(.newest) .mark { display: none; }
.failure { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: .1rem; color: var(--bad); font-size: .88rem; }
.failure button { background: none; border: 0; min-height: 44px; min-width: 44px; padding: .3rem .6rem; border-radius: 10px; color: var(--bad); text-decoration: underline; }
.choices { display: flex; flex-wrap: wrap; gap: .45rem; max-width: 100%; }
.choices :is(button, a) {
  border: 1px solid var(--brand); color: var(--brand); background: none; border-radius: 12px; padding: .35rem .9rem; min-height: 44px; text-align: start;
  overflow-wrap: anywhere; display: inline-flex; align-items: center; text-decoration: none;
}
.choices :is(button:enabled, a):hover { background: var(--theirs); }
.choices button:disabled { border-color: var(--line); color: var(--soft); }
.choices button.chosen:disabled { border-color: var(--brand); background: var(--theirs); color: var(--ink); font-weight: 600; }
.picture { display: block; max-width: min(100%, 20rem); max-height: 20rem; border-radius: 14px; border: 1px solid var(--line); }
.cards { display: flex; gap: .6rem; width: calc(100% + 2.2rem); margin: 0 -1.1rem; padding: .2rem 1.1rem .5rem; overflow-x: auto; scroll-snap-type: x proximity; scroll-padding: 1.1rem; }
.cards:focus-visible { outline-offset: -3px; }
.card { flex: 0 0 min(14rem, 82%); scroll-snap-align: start; display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 14px; overflow: hidden; background: var(--card); }
.card .picture { width: 100%; max-width: none; height: 8rem; object-fit: cover; border: 0; border-radius: 0; background: var(--theirs); }
.card div { padding: .7rem .85rem; display: flex; flex-direction: column; gap: .25rem; overflow-wrap: anywhere; flex: 1; }
.card strong { line-height: 1.35; }
.card .sub { color: var(--soft); font-size: .9rem; white-space: pre-line; }
.card .choices { padding: .35rem 0 0; margin-top: auto; flex: none; flex-direction: column; align-items: stretch; }
.card .choices > * { justify-content: center; text-align: center; }
.cards.is-list { flex-direction: column; width: 100%; margin: 0; padding: 0; gap: 0; overflow: hidden; border: 1px solid var(--line); border-radius: 14px; }
.is-list .card { flex: none; flex-direction: row; border: 0; border-radius: 0; align-items: center; }
.is-list .card + .card { border-top: 1px solid var(--line); }
.is-list .card .picture { width: 4rem; height: 4rem; border-radius: 10px; margin-inline-start: .7rem; flex: none; }
.file-missing { overflow-wrap: anywhere; font-size: .92rem; padding: .5rem .85rem; border: 1px solid var(--line); border-radius: 14px; }
.working { display: flex; align-items: center; gap: .6rem; color: var(--soft); font-size: .92rem; margin: 0; padding: .1rem .2rem .6rem; }
.dots { display: inline-flex; gap: .25rem; }
.dots i { width: .42rem; height: .42rem; border-radius: 50%; background: var(--brand); }
.composer { display: flex; gap: .15rem; align-items: flex-end; padding: .55rem .6rem; border-top: 1px solid var(--line); margin: 0; }
.composer textarea {
  flex: 1; min-width: 0; resize: none; border: 1px solid var(--edge); border-radius: 12px; background: var(--page); padding: .55rem .8rem; margin: 0 .2rem;
  min-height: 44px; max-height: 9rem; line-height: 1.5; field-sizing: content; color: var(--ink);
}
.composer textarea::placeholder { color: var(--soft); opacity: 1; }
.composer textarea:focus-visible { outline-width: 2px; outline-offset: -1px; }
.composer .send { background: var(--brand); color: var(--on-brand); border-radius: 50%; }
.composer .send:hover { filter: brightness(1.08); }
.panel.is-dropping .middle::after { content: ""; position: absolute; inset: .5rem; border: 2px dashed var(--brand); border-radius: 14px; background: var(--theirs); opacity: .7; }
.sheet { position: absolute; inset: 0; z-index: 2; display: flex; flex-direction: column; background: var(--card); }
.sheet-top { display: flex; align-items: center; padding: .3rem .4rem .3rem 1.1rem; border-bottom: 1px solid var(--line); }
.sheet-top p { flex: 1; margin: 0; font-weight: 600; }
.sheet-body { flex: 1; overflow-y: auto; padding: 1rem 1.1rem; }
.sure { display: flex; flex-wrap: wrap; gap: .6rem; }
.sure button { min-height: 44px; padding: .3rem 1.1rem; border-radius: 12px; border: 1px solid var(--edge); background: none; }
.sure .end { background: var(--bad); border-color: var(--bad); color: var(--on-bad); font-weight: 600; }
@media (max-width: 30em), (max-height: 28em) {
  .panel, [data-position="left"] .panel {
    inset: 0; width: auto; height: 100dvh; border: 0; border-radius: 0;
    padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left);
  }
  .launcher[aria-expanded="true"] { visibility: hidden; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel { animation: rise .18s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(.6rem); } }
  .dots i { animation: breathe 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: .15s; }
  .dots i:nth-child(3) { animation-delay: .3s; }
  @keyframes breathe { 0%, 70%, 100% { opacity: .3; } 35% { opacity: 1; } }
}
@media (forced-colors: active) { .bubble, .panel, .send { border: 1px solid; } .dots i { background: CanvasText; } }
`;
