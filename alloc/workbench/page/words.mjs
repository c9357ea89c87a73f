// Words of the page itself, from words.toml; what the engine says comes whole in both languages.

/** @typedef {import("./types.mjs").Words} Words */

/** @type {Record<string, Words>} */
let known = {};
/** @type {"zh" | "en"} */
let spoken = "zh";

/** Reads the words once. */
export async function learn() {
  known = await (await fetch(new URL("words.json", import.meta.url))).json();
}

/** @param {"zh" | "en"} language */
export function speak(language) {
  spoken = language;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export const language = () => spoken;

/**
 * @param {string} key  as in words.toml, "table.name"
 * @param {Record<string, string | number>} [slots]
 */
export function say(key, slots = {}) {
  const words = known[key];
  if (!words) throw new Error(`no words for ${key}`);
  const text = words[spoken].replace(/\{(\w+)\}/g, (whole, name) => (name in slots ? String(slots[name]) : whole));
  return /^\{(title|pool)\}/.test(words[spoken]) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/**
 * What the engine said, in the language of the page.
 * @param {Words | string | null | undefined} words
 * @returns {string}
 */
export const tell = (words) => read(typeof words === "string" ? words : words ? words[spoken] : "");

/** Keys of pools, limits, services and cities: they stand behind a name for those who write files. @type {Set<string>} */
let keys = new Set();

/** @param {Iterable<string>} known  keys that the page leaves out behind a name */
export const keyed = (known) => { keys = new Set(known); };

/** @param {string} text  as the page shows names: no keys behind them */
const read = (text) => titled(text.replace(/（([\w.-]+)）| \(([\w.-]+)\)/g, (whole, zh, en) => (keys.has(zh ?? en) ? "" : whole)));

/** @param {string} text  names of columns and settings by their titles, comparisons by their signs: those are for files */
const titled = (text) => (/[`<>]/.test(text) ? text.replace(spoken === "zh" ? / ?`([a-z_]+(?:\.\w+)+)` ?/g : /`([a-z_]+(?:\.\w+)+)`/g, (_, name, /** @type {number} */ at) => {
  const title = known[`name.${name}`]?.[spoken];
  return !title ? name : text.slice(0, at).endsWith(title) ? "" : say("list.quoted", { title });
}).replaceAll(" <= ", " ≤ ").replaceAll(" >= ", " ≥ ") : text);
