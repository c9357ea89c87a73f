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
  return words[spoken].replace(/\{(\w+)\}/g, (whole, name) => (name in slots ? String(slots[name]) : whole));
}

/**
 * What the engine said, in the language of the page.
 * @param {Words | string | null | undefined} words
 * @returns {string}
 */
export const tell = (words) => (typeof words === "string" ? words : words ? words[spoken] : "");
