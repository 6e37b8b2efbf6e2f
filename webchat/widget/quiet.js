// A view that shows nothing: what a conversation talks to until the panel is opened for the first time.
const nothing = () => {};

export const quiet = Object.fromEntries(
  ["add", "pending", "became", "drop", "keepOnly", "clear", "state", "notice", "line", "due", "restoring"].map((name) => [name, nothing]),
);
