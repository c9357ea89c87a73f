// Tables wider than their place: of a row the cells that name it are drawn, which stay, and those of columns in sight.

import { Renderer } from "./vendor/tabulator.mjs";

const MARGIN = 240; // pixels beyond either edge of which columns are drawn too: a turn of the wheel finds them there

/** @typedef {{type: string, cells: any[], modules: Record<string, any>, getElement: () => HTMLElement}} Line  a row of the grid */

/** What draws, of every row, the cells of the columns in sight; the row above all has all of its cells. @param {number} stays  columns at the left edge that stay there */
export const columnsInSight = (stays) => class extends Renderer {
  /** @param {any} table */
  constructor(table) {
    super(table);
    this.stays = stays;
    this.first = stays;
    this.last = -1;
    this.left = -1; // how the place stood, and how wide it was, when it was measured last; not yet
    this.wide = 0;
    /** Pixels from the left edge of the columns that stay. @type {number[]} */ this.lefts = [];
  }

  initialize() {
    // Of the place itself: the grid tells of what it believes to have moved, and sets the place back without a word when it draws all rows anew.
    this.elementVertical.addEventListener("scroll", () => this.scrollColumns());
  }

  /** @returns {boolean} whether other columns than before are in sight now */
  measure() {
    const columns = this.table.columnManager.columnsByIndex, holder = this.elementVertical;
    const to = holder.scrollLeft + holder.clientWidth + MARGIN;
    let edge = 0, from = holder.scrollLeft - MARGIN, before = 0, first = columns.length, last = 0;
    columns.forEach((/** @type {any} */ column, /** @type {number} */ at) => {
      const width = column.getWidth(), left = edge;
      edge += width;
      if (at < stays) { this.lefts[at] = left; from += width; this.stay(column.getElement(), at); }
      else if (edge <= from) before += width;
      else if (left < to) { first = Math.min(first, at); last = at; }
    });
    Object.assign(this.tableElement.style, { boxSizing: "border-box", width: `${edge}px`, paddingLeft: `${before}px` }); // as wide as all columns, whichever are drawn
    const other = first !== this.first || last !== this.last;
    this.first = first;
    this.last = last;
    this.left = holder.scrollLeft;
    this.wide = holder.clientWidth;
    return other;
  }

  /** @param {HTMLElement} element  a cell or a head of a column that stays @param {number} at */
  stay(element, at) { element.classList.add("stays"); element.style.left = `${this.lefts[at]}px`; }

  /** Takes away what is out of sight and puts in what has come into it: cells that stay are not touched, and keep the focus. @param {Line} row */
  draw(row) {
    const { first, last } = this, element = row.getElement(), was = row.modules.drawn ?? { first: stays, last: -1 };
    if (was.first === first && was.last === last) return;
    for (let at = was.first; at <= was.last; at += 1) if (at < first || at > last) row.cells[at].getElement().remove();
    let next = null;
    for (let at = last; at >= first; at -= 1) {
      const cell = row.cells[at].getElement();
      if (cell.parentNode !== element) element.insertBefore(cell, next);
      next = cell;
    }
    row.modules.drawn = { first, last };
  }

  /** @param {Line} row */
  renderRowCells(row) {
    if (this.left < 0) this.measure();
    const all = row.type === "calc", cells = row.cells.slice(0, all ? undefined : stays).map((cell) => cell.getElement());
    cells.slice(0, stays).forEach((cell, at) => this.stay(cell, at));
    row.getElement().append(...cells);
    row.modules.drawn = undefined;
    if (!all) this.draw(row);
  }

  /** @param {Line} row  is drawn again: it may have been out of sight while the table was moved */
  rerenderRowCells(row) { if (row.type !== "calc") this.draw(row); }

  renderColumns() { this.rerenderColumns(); }

  rerenderColumns() { if (this.measure()) this.drawAll(); }

  scrollColumns() {
    const { scrollLeft, clientWidth } = this.elementVertical; // what is scrolled up and down alone shows the same columns
    if ((scrollLeft !== this.left || clientWidth !== this.wide) && this.measure()) this.drawAll();
  }

  drawAll() { for (const row of this.table.rowManager.renderer?.visibleRows(true) ?? []) if (row.initialized) this.draw(row); }

  /** @param {any[]} columns */
  reinitializeColumnWidths(columns) { for (const column of columns) column.reinitializeWidth(); }
};

/** Lets a table whose place has another size, or is seen again, stay where it is scrolled to: the grid goes to its first row and column. @param {any} table */
export function staying(table) {
  const redraw = table.redraw.bind(table);
  table.redraw = (/** @type {boolean} */ force) => {
    const holder = table.rowManager.element, { scrollLeft, scrollTop } = holder;
    redraw(force);
    slide(table, scrollLeft);
    holder.scrollTop = scrollTop;
  };
}

/** Scrolls a table sideways; cells are there now, not at the next frame. @param {any} table @param {number} left */
export function slide(table, left) {
  table.rowManager.scrollHorizontal(left); // it goes back there when all rows are drawn anew
  table.columnManager.scrollHorizontal(left);
}

/** Brings a column into sight, beside those that stay. @param {any} table @param {string} id */
export function bring(table, id) {
  const holder = table.rowManager.element, columns = table.columnManager.columnsByIndex;
  const stays = table.columnManager.renderer.stays ?? 1, at = columns.findIndex((/** @type {any} */ column) => column.getField() === id), width = (/** @type {any[]} */ list) => list.reduce((sum, column) => sum + column.getWidth(), 0);
  if (at < stays) return;
  const left = width(columns.slice(stays, at)), right = width(columns.slice(0, at + 1)) - holder.clientWidth;
  const to = Math.min(left, Math.max(right, holder.scrollLeft));
  if (to !== holder.scrollLeft) slide(table, to);
}

/** Brings a cell into sight. @param {any} table @param {string} key @param {string} id @returns {Promise<HTMLElement | null>} the cell, if there is such a row */
export async function reach(table, key, id) {
  const row = table.getRow(key);
  if (!row) return null;
  // Rows that are drawn are scrolled to by the focus itself: the grid draws all anew, from the left edge, to go to its first one.
  if (!row.getElement().isConnected) await table.scrollToRow(row, "nearest", false).catch(() => undefined);
  bring(table, id);
  return row.getCell(id).getElement();
}
