// The chat of this page: window.careline, as /widget.js makes it. What is asked before it has arrived is done when it has.
// The page keeps nothing of the chat and the chat nothing of the page, but for what is told here.

export const assistant = (name, ...values) => (window.careline ||= []).push([name, ...values]);

/** Opens the chat with these words in its field, for the customer to send or to change first. */
export const ask = (words) => assistant("show", words ? { prefill: words } : {});
