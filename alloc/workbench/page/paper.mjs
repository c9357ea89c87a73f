// A table on paper: all rows that are shown, with their heads on every page, where the screen has those in sight.

import { h } from "./dom.mjs";

/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {Record<string, any>} Row  by column id; `key` names the row */

const BAND = 800; // pixels of columns, as on the screen, that stand side by side in the smaller type of paper

/** @param {number[]} widths @param {number} lead  how many columns name the rows, and lead every band. @returns {number[][]} places of columns that stand side by side */
export function bands(widths, lead) {
  const first = widths.slice(0, lead), found = [[...first.keys()]], led = first.reduce((sum, width) => sum + width, 0);
  let used = led;
  for (let at = lead; at < widths.length; at += 1) {
    if (used + widths[at] > BAND && found[found.length - 1].length > lead) { found.push([...first.keys()]); used = led; }
    found[found.length - 1].push(at);
    used += widths[at];
  }
  return found;
}

/**
 * Has a table stand on paper whole, for as long as its place is in the page.
 * @param {HTMLElement} place  of the grid, beside which it stands
 * @param {object} options
 * @param {Column[]} options.columns
 * @param {number[]} options.widths  of the columns on the screen
 * @param {() => Row[]} options.rows  as they are sorted and narrowed
 * @param {(column: Column) => boolean} options.right  whether cells of a column stand at its right edge
 * @param {(at: number) => Node} options.head
 * @param {(column: Column, row: Row) => Node} options.content
 * @param {(row: Row, column: Column, cell: HTMLElement) => void} [options.paint]  marks a cell
 * @param {(column: Column) => string | null} options.total  a cell of the row above all; null: there is no such row
 */
export function paper(place, { columns, widths, rows, right, head, content, paint, total }) {
  const cell = (/** @type {Column} */ column, /** @type {Row} */ row, /** @type {{class?: string}} */ properties) => {
    const made = h("td", properties, content(column, row));
    paint?.(row, column, made);
    return made;
  };
  const made = () => {
    const list = rows(), lead = Math.max(0, columns.findIndex((column) => !right(column))) + 1; // a number of the row, and what it is called
    return h("div.paper", {}, ...bands(widths, lead).map((band) => {
      const named = band.map((at) => ({ at, column: columns[at], properties: right(columns[at]) ? { class: "r" } : {} })), sums = named.map(({ column }) => total(column));
      return h("table", {}, h("thead", {}, h("tr", {}, ...named.map(({ at, properties }) => h("th", properties, head(at)))),
        sums[0] === null ? null : h("tr", {}, ...named.map(({ properties }, place) => h("th", properties, sums[place])))),
      h("tbody", {}, ...list.map((row) => h("tr", {}, ...named.map(({ column, properties }) => cell(column, row, properties))))));
    }));
  };
  const before = () => {
    if (place.isConnected) place.after(made()); else { removeEventListener("beforeprint", before); removeEventListener("afterprint", after); }
  };
  const after = () => { if (place.nextElementSibling?.classList.contains("paper")) place.nextElementSibling.remove(); };
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);
}
