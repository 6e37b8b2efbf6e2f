// The one script a page includes: <script src="<gateway>/widget.js" async></script>. It makes window.careline and fetches the rest from
// where it came from itself. What the page asks before that has arrived is kept and done in order; every call gives a promise.
(() => {
  const script = document.currentScript;
  const before = window.careline; // a page that cannot wait for this script may keep calls itself: (window.careline ||= []).push(["show"])
  if (!script || before?.boot) return;
  const asked = [];
  const careline = {};
  for (const name of ["boot", "show", "hide", "update", "shutdown", "onUnread", "identify", "setContext"]) {
    careline[name] = (...values) => new Promise((done) => asked.push([name, values, done]));
  }
  careline.push = ([name, ...values]) => careline[name]?.(...values);
  if (Array.isArray(before)) before.forEach(careline.push);
  window.careline = careline;
  const home = new URL(".", script.src).href;
  import(home + "widget/{{version}}/main.js").then((main) => main.start(home, careline, asked, { ...script.dataset }), () => {});
})();
