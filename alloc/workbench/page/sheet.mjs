// A table that is worked on as in a spreadsheet: a block chosen, copied, pasted, filled down; a cell typed into.

import { h } from "./dom.mjs";
import { grid } from "./grid.mjs";
import { bring, reach } from "./sideways.mjs";

/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {Record<string, any>} Row  by column id; `key` names the row */
/** @typedef {{keys: string[], columns: string[]}} Block  rows and columns of a block, as they are shown */

const QUOTED = /"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*)/y;

/**
 * Rows of cells as a spreadsheet puts them on the clipboard; what parts cells inside a quoted cell becomes a space.
 * @param {string} text
 * @returns {string[][]}
 */
export function cells(text) {
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, ""), rows = [/** @type {string[]} */ ([])];
  for (let at = 0; at <= plain.length; at += 1) {
    QUOTED.lastIndex = at;
    const found = /** @type {RegExpExecArray} */ (QUOTED.exec(plain));
    rows[rows.length - 1].push((found[1]?.replaceAll('""', '"') ?? found[2]).replace(/[\t\n]/g, " ").trim());
    at = QUOTED.lastIndex;
    if (plain[at] === "\n") rows.push([]);
  }
  return rows;
}

/**
 * @param {HTMLElement} place  takes the table in; what was there goes, with all that listened to it
 * @param {object} options
 * @param {Column[]} options.columns
 * @param {Row[]} options.rows
 * @param {string} options.label
 * @param {string} options.empty
 * @param {number} options.stays  first columns that stay in sight
 * @param {(row: Row, column: Column, cell: HTMLElement) => void} options.mark  marks a cell, whatever it was marked before
 * @param {(key: string, column: string) => boolean} options.writable
 * @param {(key: string, column: string) => string} options.text  a cell as it is read and typed
 * @param {(key: string, column: string) => string} options.bare  a cell as it is copied
 * @param {(key: string, column: string, text: string) => void} options.typed
 * @param {(block: Block, text: string[][]) => void} options.pasted  onto what is chosen
 * @param {(block: Block) => void} options.filled  asks to fill a block down from its first row
 * @param {(block: Block) => void} options.emptied
 * @param {(block: Block) => string} options.copied
 */
export function sheet(place, { columns, rows, label, empty, stays, mark, writable, text, bare, typed, pasted, filled, emptied, copied }) {
  const element = h("div.sheet", {});
  place.replaceChildren(element);
  const byId = new Map(columns.map((column, at) => [column.id, at]));
  const from = { row: 0, column: 0 }, to = { row: 0, column: 0 };
  let turn = 0; // how often marks have changed
  /** @type {WeakMap<HTMLElement, number>} */ const marked = new WeakMap(); // by cell: the change that it shows
  let extending = false, focused = false, /** @type {string[] | null} */ listed = null, /** @type {Map<string, number>} */ places = new Map();
  const table = grid(element, { columns, rows, total: null, label, empty, stays, open: (key, column) => edit(key, column.id),
    paint: (row, column, cell) => {
      cell.dataset.row = row.key;
      marked.set(cell, turn);
      dressed(cell, row, column);
      queueMicrotask(() => mark(row, column, cell)); // once its text is there
    } });

  /** @returns {string[]} keys of the rows as they are shown */
  function order() {
    if (!listed) {
      listed = /** @type {string[]} */ (table.getRows("active").map((/** @type {any} */ row) => row.getIndex()));
      places = new Map(listed.map((key, at) => [key, at]));
    }
    return listed;
  }
  for (const event of ["dataSorted", "dataFiltered", "dataProcessed"]) table.on(event, () => { listed = null; });

  /** @param {EventTarget | null} target */
  function placed(target) {
    const cell = target instanceof Element ? target.closest(".tabulator-table .tabulator-cell") : null;
    if (!(cell instanceof HTMLElement) || cell.dataset.row === undefined) return null;
    order();
    return { row: places.get(cell.dataset.row) ?? 0, column: byId.get(cell.getAttribute("tabulator-field") ?? "") ?? 0 };
  }

  /** @returns {Block} */
  const chosen = () => ({
    keys: order().slice(Math.min(from.row, to.row), Math.max(from.row, to.row) + 1),
    columns: columns.slice(Math.min(from.column, to.column), Math.max(from.column, to.column) + 1).map((column) => column.id),
  });
  const single = () => from.row === to.row && from.column === to.column;

  /** @param {HTMLElement} cell @param {Row} row @param {Column} column */
  function dressed(cell, row, column) {
    order();
    const at = places.get(row.key) ?? -1, across = byId.get(column.id) ?? -1;
    const inside = !single() && at >= Math.min(from.row, to.row) && at <= Math.max(from.row, to.row) && across >= Math.min(from.column, to.column) && across <= Math.max(from.column, to.column);
    cell.classList.toggle("chosen", inside);
    if (inside) cell.setAttribute("aria-selected", "true"); else cell.removeAttribute("aria-selected");
  }

  /** Marks cells that are drawn and do not show the last change yet; those out of sight follow once they are scrolled to. */
  function catchUp() {
    for (const line of element.querySelectorAll(".tabulator-table .tabulator-row")) {
      const old = [.../** @type {NodeListOf<HTMLElement>} */ (line.querySelectorAll(".tabulator-cell"))].filter((cell) => marked.get(cell) !== turn);
      const row = old[0]?.dataset.row === undefined ? null : table.getRow(old[0].dataset.row), given = row && row.getData();
      if (!row) continue;
      for (const cell of old) {
        const column = columns[byId.get(cell.getAttribute("tabulator-field") ?? "") ?? -1];
        marked.set(cell, turn);
        if (column) { dressed(cell, given, column); mark(given, column, cell); }
      }
    }
  }
  /** Marks cells anew after a change. */
  function repaint() { turn += 1; catchUp(); }
  element.addEventListener("scroll", () => requestAnimationFrame(catchUp), true);
  // Rows that are drawn anew, as where a line of words above takes room, would lose the focus.
  table.on("renderComplete", () => {
    if (!focused || document.activeElement !== document.body) return;
    const row = table.getRow(order()[to.row]);
    if (row) /** @type {HTMLElement | null} */ (row.getCell(columns[to.column].id)?.getElement())?.focus({ preventScroll: true });
  });
  element.addEventListener("focusout", (event) => { if (event.relatedTarget) focused = false; });

  /** @param {{row: number, column: number}} at @param {boolean} longer  the block begins where it began */
  function choose(at, longer) {
    Object.assign(to, at);
    if (!longer) Object.assign(from, at);
    repaint();
  }
  element.addEventListener("pointerdown", (event) => { extending = event.shiftKey; if (event.shiftKey) event.preventDefault(); const at = placed(event.target); if (at) choose(at, event.shiftKey); }, true);
  element.addEventListener("pointerover", (event) => { const at = event.buttons === 1 && placed(event.target); if (at) choose(at, true); });
  element.addEventListener("focusin", (event) => { const at = placed(event.target); focused = at !== null; if (at && (at.row !== to.row || at.column !== to.column)) choose(at, extending); extending = false; }); // a cell that gets the focus back changes no block
  element.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target), at = placed(target);
    if (!at || target.tagName === "INPUT" || event.isComposing || event.altKey) return;
    extending = event.shiftKey && /^(Arrow|Page|Home|End)/.test(event.key);
    const control = event.ctrlKey || event.metaKey, here = order()[at.row], column = columns[at.column].id;
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    if (event.key === "Escape") focused = false;
    else if (control && event.key.toLowerCase() === "d") { done(); if (from.row !== to.row) filled(chosen()); }
    else if (control && event.key.toLowerCase() === "a") { done(); Object.assign(from, { row: 0, column: 0 }); choose({ row: order().length - 1, column: columns.length - 1 }, true); }
    else if (control) return;
    else if (event.key === "F2") { done(); edit(here, column); }
    else if (event.key === "Delete" || event.key === "Backspace") { done(); emptied(chosen()); }
    else if (/^[\p{L}\p{N}.+−-]$/u.test(event.key) && writable(here, column)) { done(); edit(here, column, event.key); }
  }, true);
  element.addEventListener("copy", (event) => {
    if (!placed(event.target) || !event.clipboardData) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", single() ? bare(chosen().keys[0], chosen().columns[0]) : copied(chosen()));
  });
  element.addEventListener("paste", (event) => {
    if (!placed(event.target) || /** @type {HTMLElement} */ (event.target).tagName === "INPUT" || !event.clipboardData) return;
    event.preventDefault();
    pasted(chosen(), cells(event.clipboardData.getData("text/plain")));
  });

  /** @param {string} key @param {string} column @param {string} [first]  the key that began it */
  function edit(key, column, first) {
    if (!writable(key, column)) return;
    bring(table, column);
    const cell = /** @type {HTMLElement} */ (table.getRow(key).getCell(column).getElement()), old = text(key, column);
    const input = /** @type {HTMLInputElement} */ (h("input.cellfield", { type: "text", value: first ?? old, autocomplete: "off", "aria-label": cell.getAttribute("aria-label") ?? column }));
    let over = false;
    /** @param {boolean} keep @param {number} down @param {number} across */
    const end = (keep, down, across) => {
      if (over) return;
      over = true;
      const said = input.value.trim();
      input.remove();
      focus(order()[(places.get(key) ?? 0) + down] ?? key, columns[Math.min(columns.length - 1, Math.max(0, (byId.get(column) ?? 0) + across))].id);
      if (keep && said !== old) typed(key, column, said);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Enter") { event.preventDefault(); end(true, event.shiftKey ? -1 : 1, 0); }
      else if (event.key === "Tab") { event.preventDefault(); end(true, 0, event.shiftKey ? -1 : 1); }
      else if (event.key === "Escape") { event.preventDefault(); end(false, 0, 0); }
    });
    input.addEventListener("blur", () => { if (!over && input.isConnected) { over = true; const said = input.value.trim(); input.remove(); if (said !== old) typed(key, column, said); } });
    cell.append(input);
    input.focus();
    if (first === undefined) input.select(); else input.setSelectionRange(first.length, first.length);
  }

  /** Brings a cell into sight and the focus to it. @param {string} key @param {string} column */
  const focus = (key, column) => { reach(table, key, column).then((cell) => cell?.focus()); };
  return { table, chosen, repaint, focus, order, single };
}
