// Colours, and how the launcher looks. A page themes the widget by custom properties, on :root or on careline-chat:
//   --careline-brand, --careline-on-brand     buttons, what the customer says      --careline-radius          corners of the panel
//   --careline-brand-dark, --careline-on-brand-dark   the same in the dark         --careline-font            font family
//   --careline-side, --careline-bottom        distance from the window's edges     --careline-z               z-index

/** A style sheet. A page may set its own size of 1rem for its own ends; ours is never below 16 px (and 1REM below is the page's own). */
export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css.replace(/(-?[\d.]+)rem/g, "calc($1 * var(--rem))"));
  return made;
}

export const LOOK = `
:host { all: initial; display: contents; }
.widget {
  --rem: max(16px, 1REM); --side: var(--careline-side, 1.25rem); --bottom: var(--careline-bottom, 1.25rem); --z: var(--careline-z, 2147483000);
  --card: #fff; --page: #f4f7f5; --ink: #16231f; --soft: #55645e; --line: #d8e1dc; --edge: #84918b; --theirs: #e9f0ed; --bad: #b3261e; --on-bad: #fff;
  --brand: var(--careline-brand, #0d6b5e); --on-brand: var(--careline-on-brand, #fff); --mine: var(--brand); --on-mine: var(--on-brand);
  color-scheme: light; position: fixed; right: 0; bottom: 0; width: 0; height: 0; z-index: var(--z); color: var(--ink);
  font: calc(1rem)/1.6 var(--careline-font, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif);
}
.widget:lang(en), [lang="en"] {
  font-family: var(--careline-font, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "PingFang SC", "Noto Sans CJK SC", sans-serif);
}
.widget[data-scheme="dark"] {
  --card: #17211e; --page: #0e1513; --ink: #e6eeea; --soft: #9fb0a9; --line: #2b3934; --edge: #71807a; --theirs: #22302b; --bad: #ff9a91; --on-bad: #2b0603;
  --brand: var(--careline-brand-dark, var(--careline-brand, #58c9b3)); --on-brand: var(--careline-on-brand-dark, var(--careline-on-brand, #06231d));
  --mine: var(--careline-brand-dark, var(--careline-brand, #1d6f61)); --on-mine: var(--careline-on-brand-dark, var(--careline-on-brand, #f2fffb));
  color-scheme: dark;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea, input, select { font: inherit; color: inherit; letter-spacing: inherit; word-spacing: inherit; }
button { cursor: pointer; }
button:disabled { cursor: default; }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
svg { width: 1.5rem; height: 1.5rem; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.launcher, .aside { position: fixed; right: calc(var(--side) + env(safe-area-inset-right)); }
[data-position="left"] :is(.launcher, .aside) { right: auto; left: calc(var(--side) + env(safe-area-inset-left)); }
.launcher {
  bottom: calc(var(--bottom) + env(safe-area-inset-bottom)); width: 3.75rem; height: 3.75rem; padding: 0; border: 0; border-radius: 50%; display: grid; place-items: center;
  background: var(--brand); color: var(--on-brand); box-shadow: 0 6px 20px rgb(0 0 0 / .22), 0 1px 3px rgb(0 0 0 / .2);
}
.launcher:hover { filter: brightness(1.08); }
.launcher:focus-visible { outline-color: var(--ink); box-shadow: 0 0 0 2px var(--card); outline-offset: 3px; }
.launcher svg { width: 1.8rem; height: 1.8rem; }
.badge {
  position: absolute; top: -.2rem; right: -.2rem; min-width: 1.5rem; height: 1.5rem; padding: 0 .35rem; border-radius: 1rem; background: var(--bad); color: var(--on-bad);
  font-size: .85rem; line-height: 1.5rem; font-weight: 700; text-align: center; box-shadow: 0 0 0 2px var(--card);
}
.aside { bottom: calc(var(--bottom) + 4.6rem + env(safe-area-inset-bottom)); }
.hint {
  margin: 0; max-width: min(18rem, 100vw - 2 * var(--side)); padding: .6rem .9rem; border-radius: 14px; background: var(--card); color: var(--ink); border: 1px solid var(--line);
  box-shadow: 0 6px 20px rgb(0 0 0 / .16); font-size: .95rem;
}
.hint:empty { display: none; }
@media (prefers-reduced-motion: no-preference) {
  .launcher { transition: filter .15s; }
  .launcher[aria-busy="true"] svg { animation: busy 1s infinite alternate; }
  @keyframes busy { to { opacity: .35; } }
}
@media (forced-colors: active) { .launcher, .badge, .hint { border: 1px solid; } }
@media print { .widget { display: none; } }
`;
