// A workbook dropped on the page, or chosen: what of it differs is shown first, then it is taken over as one edit.

import { ask, Refused } from "./api.mjs";
import { h } from "./dom.mjs";
import { desk, path } from "./desk.mjs";
import { dialog, field } from "./dialog.mjs";
import { number, places } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Found} Found */
/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {{tables: {name: string, title: Words, cells: number}[], cells: {key: string[], column: string, old: any, new: any}[], count: number, findings: Found[], applied: boolean, revision: number}} Taken */

const LISTED = 40;

/** @param {File} file @returns {Promise<string>} its id @throws {Refused} */
async function upload(file) {
  const answer = await fetch(`/api/v1/uploads?name=${encodeURIComponent(file.name)}`, { method: "POST", credentials: "same-origin", body: file, headers: { "content-type": "application/octet-stream" } });
  const content = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, content);
  return content.id;
}

const plain = (/** @type {any} */ value) => (value === null ? "—" : typeof value === "number" ? number(value, Math.min(6, places(value))) : String(value));

/**
 * Shows what a file changes, and takes it over once that is confirmed.
 * @param {File} file
 * @param {(error: Refused, name: string) => void} refused  what is wrong with it, in words
 */
export async function workbook(file, refused) {
  try {
    const id = await upload(file);
    /** @type {Taken} */
    const told = await ask("POST", path("/workbook"), { revision: desk.asked, upload: id, dry: true });
    preview(file.name, id, told);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused(error, file.name);
  }
}

/** @param {string} name @param {string} id @param {Taken} told */
function preview(name, id, told) {
  if (!told.count) { dialog(name, () => [h("p", {}, say("workbook.same"))], () => []); return; }
  const why = /** @type {HTMLInputElement} */ (h("input", { type: "text", maxlength: 300, value: name, "data-key": "reason" }));
  /** @param {import("./dialog.mjs").Opened} opened */
  const confirm = async (opened) => {
    try {
      const { revision } = await ask("POST", path("/workbook"), { revision: desk.asked, upload: id, dry: false, why: why.value.trim() });
      desk.asked = Math.max(desk.asked, revision);
      opened.close();
    } catch (error) { opened.wrong(error); }
  };
  dialog(name, () => [h("p", {}, say(told.count === 1 ? "workbook.changes_one" : "workbook.changes", { n: number(told.count) })),
    ...told.tables.map((table) => h("div.kv", {}, h("span", {}, tell(table.title)), h("b", {}, number(table.cells)))),
    ...told.findings.slice(0, 5).map((found) => h("p.finding", {}, tell(found.text))),
    h("div.scroll", { tabindex: 0, role: "group", "aria-label": say("workbook.cells") }, ...told.cells.slice(0, LISTED).map((cell) => h("div.kv", {}, h("span", {}, [...cell.key, cell.column].join(" · ")), h("span", {}, h("s.q", {}, plain(cell.old)), " → ", h("mark", {}, plain(cell.new))))),
      told.count > LISTED ? h("p.note", {}, say("data.more", { n: number(told.count - LISTED) })) : null),
    field(say("edit.why_label"), why)], (opened) => [h("button.btn.go", { type: "button", "data-key": "confirm", onclick: () => confirm(opened) }, say("data.confirm"))]);
}

/**
 * Lets files be dropped on an element.
 * @param {HTMLElement} element @param {(file: File) => void} taken
 * @returns {() => void} ends it
 */
export function droppable(element, taken) {
  const over = (/** @type {DragEvent} */ event) => { if ([...(event.dataTransfer?.types ?? [])].includes("Files")) { event.preventDefault(); element.classList.add("dropping"); } };
  const out = (/** @type {DragEvent} */ event) => { if (!(event.relatedTarget instanceof Node) || !element.contains(event.relatedTarget)) element.classList.remove("dropping"); };
  const drop = (/** @type {DragEvent} */ event) => {
    const file = event.dataTransfer?.files[0];
    element.classList.remove("dropping");
    if (!file) return;
    event.preventDefault();
    taken(file);
  };
  element.addEventListener("dragover", over);
  element.addEventListener("dragleave", out);
  element.addEventListener("drop", drop);
  return () => { element.removeEventListener("dragover", over); element.removeEventListener("dragleave", out); element.removeEventListener("drop", drop); };
}
