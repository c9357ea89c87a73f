// What the page needs first, asked for and made ready while its other modules are still on their way.

/** The workspace that the address names. @type {string | null} */
export const named = /^#w=([\w-]+)$/.exec(location.hash)?.[1] ?? null;
export const wanted = named ?? new URLSearchParams(location.search).get("w");

/** @param {string} rest @returns {Promise<any>} null where it is refused: who asks again is told why */
const asked = (rest) => fetch(`/api/v1/w/${wanted}${rest}`, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

const state = wanted ? asked("") : null;
/** @type {Map<string, Promise<any> | null>} */
const waiting = new Map([["", state], ["/cities", state && state.then((found) => (found && found.base !== null ? asked("/cities") : null))]]);

/** @param {string} rest  below the workspace @returns {Promise<any> | null} what came of it, for the first that asks */
export function early(rest) {
  const found = waiting.get(rest) ?? null;
  waiting.delete(rest);
  return found;
}

new Intl.NumberFormat("en").format(0); // what formats stand on takes a while to load
