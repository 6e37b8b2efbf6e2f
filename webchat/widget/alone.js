// Of several tabs only one does this at a time; where the browser has no locks, the gateway sorts out what comes twice.

/** Does `work`, and gives what it gives. */
export const alone = (name, work) => (navigator.locks ? navigator.locks.request(`careline.${name}`, work) : work());
