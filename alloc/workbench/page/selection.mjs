// Cities chosen in the table or with a lasso on the map, and what they have together, as the engine sums it up.

import { ask } from "./api.mjs";
import { desk, path, readOnly } from "./desk.mjs";
import { h, put } from "./dom.mjs";
import { shown } from "./grid.mjs";
import { addLimit } from "./limits.mjs";
import { number } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Column} Column */

/** The cities that are chosen; they stay while other screens are shown. @type {Set<string>} */
export const chosen = new Set();

/**
 * @param {HTMLElement} bar  where the sums stand
 * @param {object} on
 * @param {() => any} on.table  the grid, once it is there
 * @param {() => Column[]} on.columns  that are shown
 * @param {(codes: Set<string>) => void} on.only  narrows the table to them
 */
export function selection(bar, { table, columns, only }) {
  let turn = 0, last = "";

  function paint() {
    const made = table();
    if (!made?.initialized) return;
    for (const row of made.getRows("visible")) marked(row.getElement(), row.getIndex());
  }
  /** @param {HTMLElement | null} element @param {string} key */
  function marked(element, key) {
    if (!element) return;
    element.classList.toggle("sel", chosen.has(key));
    if (chosen.has(key)) element.setAttribute("aria-selected", "true"); else element.removeAttribute("aria-selected");
  }

  async function sums() {
    const mine = (turn += 1);
    if (!chosen.size) { put(bar); return; }
    const { values, cities } = await ask("POST", path("/sums"), { cities: [...chosen], at: "shown", columns: desk.more });
    if (mine !== turn) return;
    const told = columns().filter((column) => typeof values[column.id] === "number" && column.kind !== "level");
    put(bar, h("div.picked", { role: "status" }, h("b", {}, say(cities === 1 ? "select.one" : "select.several", { n: number(cities) })),
      ...told.map((column) => h("span.nb", {}, h("span.q.n", {}, column.kind === "change" ? `${tell(desk.cities.columns.find((/** @type {Column} */ each) => each.id === column.of)?.title)} ${tell(column.title)}` : tell(column.title)), " ", h("b", {}, shown(column, values[column.id])), tell(column.unit) ? h("span.q.n", {}, ` ${tell(column.unit)}`) : null)), h("span.gap"),
      h("button.link.n", { type: "button", "data-key": "selonly", onclick: () => only(new Set(chosen)) }, say("select.only")),
      readOnly() ? null : h("button.link.n", { type: "button", "data-key": "sellimit", onclick: () => addLimit([...chosen]) }, say("select.limit")),
      h("a.link.n", { href: "#documents", "data-key": "selpages" }, say("select.pages")),
      h("button.link.n", { type: "button", "data-key": "selclear", onclick: () => { chosen.clear(); changed(); } }, say("select.clear"))));
  }
  function changed() { paint(); sums(); }

  /** @param {string[]} keys @param {boolean} more  beside those that are chosen */
  function pick(keys, more) {
    if (!more) chosen.clear();
    for (const key of keys) chosen.add(key);
    changed();
  }

  /** @param {string} key @param {boolean} range  all from the last one on */
  function toggle(key, range) {
    const order = table().getRows("active").map((/** @type {any} */ row) => row.getIndex());
    const from = order.indexOf(last), to = order.indexOf(key);
    if (range && from >= 0) { pick(order.slice(Math.min(from, to), Math.max(from, to) + 1), true); return; }
    if (chosen.has(key)) chosen.delete(key); else chosen.add(key);
    last = key;
    changed();
  }

  /** @param {HTMLElement} place  of the table: its rows are chosen with Ctrl or Shift and a click, Space, or Ctrl+A */
  function listen(place) {
    const keyed = (/** @type {Event} */ event) => /** @type {HTMLElement} */ (event.target).closest(".tabulator-table .tabulator-cell");
    const at = (/** @type {Element} */ cell) => table()?.getRows("visible").find((/** @type {any} */ row) => row.getElement() === cell.parentElement)?.getIndex();
    place.addEventListener("click", (event) => {
      const cell = keyed(event), key = cell && (event.ctrlKey || event.metaKey || event.shiftKey) ? at(cell) : undefined;
      if (key !== undefined) toggle(key, event.shiftKey);
    });
    place.addEventListener("keydown", (event) => {
      const cell = keyed(event);
      if (!cell) return;
      if (event.key === " ") { const key = at(cell); event.preventDefault(); if (key !== undefined) toggle(key, event.shiftKey); }
      else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") { event.preventDefault(); pick(table().getRows("active").map((/** @type {any} */ row) => row.getIndex()), false); }
    });
  }
  return { listen, pick, changed, marked };
}

/**
 * Whether a point lies inside a closed line.
 * @param {number} x @param {number} y @param {[number, number][]} line
 */
export function inside(x, y, line) {
  let within = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at, at += 1) {
    const [x1, y1] = line[at], [x2, y2] = line[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) within = !within;
  }
  return within;
}
