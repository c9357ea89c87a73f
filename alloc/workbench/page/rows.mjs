// New rows of a table, the first of one that has none too: typed into fields of the schema, or pasted as a block.

import { ask, Refused } from "./api.mjs";
import { desk, named, path, refresh } from "./desk.mjs";
import { dialog, field } from "./dialog.mjs";
import { h } from "./dom.mjs";
import { cells } from "./sheet.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./tables.mjs").TableColumn} TableColumn */

const YES = { zh: "是", en: "true" }, NO = { zh: "否", en: "false" };

/**
 * @param {import("./tables.mjs").Table} table
 * @param {(column: TableColumn) => string} heading  title and unit
 * @param {string} [text]  what was pasted
 */
export function addRows(table, heading, text = "") {
  const block = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: 3, spellcheck: false, "data-key": "block" }));
  block.value = text;
  const fields = new Map(table.columns.map((column, at) => [column, entry(column, at)]));
  const opened = dialog(say("rows.title", { title: tell(table.title) }), () => [
    h("div.fields", {}, ...[...fields].flatMap(([column, [input, list]]) => [field(column.required ? say("rows.required", { title: heading(column) }) : heading(column), input), list])),
    field(say("rows.paste"), block, say("rows.paste_how", { columns: table.columns.map((column) => tell(column.title)).join(say("list.comma")) }))],
  () => [h("button.btn.go", { type: "button", "data-key": "add", onclick: add }, say("rows.add"))]);

  async function add() {
    let texts = block.value.trim() ? cells(block.value) : [[...fields.values()].map(([input]) => input.value.trim())], first = block.value.trim() ? 1 : 0;
    let columns = table.columns.map((column) => column.name).slice(0, texts[0].length);
    const of = (/** @type {string} */ head) => table.columns.find((column) => [column.name, heading(column), column.title.zh, column.title.en].includes(head.trim()))?.name;
    const heads = texts[0].map(of), known = heads.filter(Boolean).length;
    if (block.value.trim() && known > 0 && 2 * known >= heads.length) { columns = texts[0].map((head, at) => heads[at] ?? (head.trim().slice(0, 60) || "—")); texts = texts.slice(1); first = 2; } // a head that is no column is told as such
    const send = () => ask("POST", path(`/tables/${encodeURIComponent(table.name)}/rows`), { revision: desk.asked, columns, text: texts.map((row) => row.join("\t")).join("\n"), first });
    try {
      const { revision } = await send().catch(async (error) => {
        if (!(error instanceof Refused) || error.status !== 409) throw error;
        await refresh();
        return send();
      });
      desk.asked = Math.max(desk.asked, revision);
      opened.close();
    } catch (error) { opened.wrong(error); }
  }
}

/** @param {() => boolean} open @param {(text: string) => void} adding  called with what is pasted anywhere but in a field while it is open @returns {() => void} ends it */
export function pasting(open, adding) {
  const begun = (/** @type {ClipboardEvent} */ event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text || !open() || document.querySelector("dialog[open]") || /^(INPUT|TEXTAREA)$/.test(/** @type {HTMLElement} */ (event.target).tagName)) return;
    event.preventDefault();
    adding(text);
  };
  document.addEventListener("paste", begun);
  return () => document.removeEventListener("paste", begun);
}

/** @param {TableColumn} column @param {number} at @returns {[HTMLInputElement, HTMLElement | null]} a field, and what may stand in it */
function entry(column, at) {
  const cities = column.name === "city" ? [...desk.byKey.keys()].map((key) => [key, named(key)]) : [];
  const flags = column.kind === "flag" ? [[tell(YES), ""], [tell(NO), ""]] : [];
  const offered = [...cities, ...flags, ...Object.entries(column.titles).map(([code, title]) => [code, tell(title)])];
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", autocomplete: "off", "data-key": `n${column.name}`, title: tell(column.note), list: offered.length ? `offered${at}` : null }));
  return [input, offered.length ? h("datalist", { id: `offered${at}` }, ...offered.map(([value, title]) => h("option", { value, label: title }))) : null];
}
