// Questions to the engine: asked as a job, answered by an event, shown as the sentences and tables of the command line.

import { ask, Refused } from "./api.mjs";
import { h } from "./dom.mjs";
import { path } from "./desk.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {{title: string, sentence: string, parts: any[], sections: Section[]}} Section */
/** @typedef {{record: any, said: Record<"zh" | "en", Section[]>}} Answer */

/** @type {Map<string, () => void>} */
const awaited = new Map();

/** @param {string} job  an event says that it is done, or failed */
export function arrived(job) { awaited.get(job)?.(); }

/**
 * @param {string} kind @param {Record<string, any>} [body]
 * @param {(job: {id: string, state: string, seconds: number, progress: any, behind: any}) => void} [told]  hears how far it is, each second
 * @returns {Promise<Answer>}
 * @throws {Refused} with what is wrong, in words; of one that was stopped nothing is said
 */
export async function question(kind, body = {}, told = () => undefined) {
  const { job } = await ask("POST", path("/ask"), { kind, ...body });
  for (;;) {
    const found = await ask("GET", `/jobs/${job}`);
    told(found);
    if (found.state === "done") { awaited.delete(job); return found.answer; }
    if (found.state === "failed" || found.state === "stopped") { awaited.delete(job); throw new Refused(400, found.problem ?? {}); }
    await new Promise((resolve) => { awaited.set(job, () => resolve(undefined)); setTimeout(() => resolve(undefined), 1000); });
  }
}

/** @param {Answer} answer  all of it, in the language of the page */
export const told = (answer) => answer.said[language()].flatMap((section) => sectioned(section));

/** @param {Section} section @returns {HTMLElement[]} */
const sectioned = (section) => [
  ...(section.sentence ? [h("p", {}, tell(section.sentence))] : []),
  ...section.parts.map((part) => (part.kind === "list" ? h("ul.list", {}, ...part.items.map((/** @type {string} */ item) => h("li", {}, tell(item))))
    : part.kind === "table" ? tabled(part) : h("p", {}, tell(part.text)))),
  ...section.sections.flatMap((inner) => [h("h3.h", {}, inner.title), ...sectioned(inner)]),
];

/** @param {any} table  a small table of an answer */
export const tabled = (table) => h("div.answer", { tabindex: 0, role: "group", "aria-label": table.title }, h("table", {}, h("caption.h", {}, table.title),
  h("thead", {}, h("tr", {}, ...table.heads.map((/** @type {string} */ head, /** @type {number} */ at) => h(table.numeric[at] ? "th.r" : "th", { scope: "col" }, head, table.units[at] ? `, ${table.units[at]}` : "")))),
  h("tbody", {}, ...table.rows.map((/** @type {string[]} */ row) => h("tr", {}, ...row.map((cell, at) => h(table.numeric[at] ? "td.r" : "td", {}, cell)))))),
  ...table.notes.map((/** @type {string} */ note) => h("p.note", {}, note)));

/** @param {any} progress  of a job @returns {string} what is being done, and how far it is */
export const stage = (progress) => `${tell(progress.stage)}${progress.of ? ` ${progress.part}/${progress.of}` : ""}`;

/** @param {string} job  is not wanted any more @param {boolean} [keep]  but what it has found */
export const stop = (job, keep = false) => ask("POST", `/jobs/${job}/stop`, { keep });
