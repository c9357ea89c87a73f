// Which columns of a table of data are shown: a dialog with a box for each.

import { h } from "./dom.mjs";
import { SIGNS } from "./tables.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./tables.mjs").TableColumn} TableColumn */

/**
 * @param {TableColumn[]} columns
 * @param {string[]} shown
 * @param {string[]} few  the first choice
 * @param {(list: string[] | null) => void} done  called where the choice is another one; null for the first choice
 */
export function chosenColumns(columns, shown, few, done) {
  const boxes = new Map(columns.map((column) => [column.name, /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: shown.includes(column.name) }))]));
  let first = false;
  const all = (/** @type {string[]} */ list, /** @type {boolean} */ few) => { first = few; for (const [name, box] of boxes) box.checked = list.includes(name); };
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { "aria-labelledby": "choose" }, h("h2.say", { id: "choose" }, say("data.columns")),
    h("div.menu", {}, ...columns.map((column) => h("label", { title: tell(column.note) }, boxes.get(column.name), tell(column.title), SIGNS[column.status] ?? ""))),
    h("div.buttons", {}, h("button.btn.go", { type: "button", onclick: () => dialog.close() }, say("data.close")), h("button.btn", { type: "button", onclick: () => all(columns.map((column) => column.name), false) }, say("data.every")),
      h("button.btn", { type: "button", onclick: () => all(few, true) }, say("data.few")))));
  dialog.addEventListener("close", () => {
    dialog.remove();
    const list = columns.map((column) => column.name).filter((name) => boxes.get(name)?.checked || columns.find((column) => column.name === name)?.key);
    if (String(list) !== String(shown)) done(first && String(list) === String(few) ? null : list);
  });
  document.body.append(dialog);
  dialog.showModal();
}
