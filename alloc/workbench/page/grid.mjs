// A table of cities or of data: the vendored grid with our cells, one tab stop, arrows from cell to cell.

import { h } from "./dom.mjs";
import { arrowed, number } from "./numbers.mjs";
import { worded } from "./desk.mjs";
import { paper } from "./paper.mjs";
import { columnsInSight, reach, slide, staying } from "./sideways.mjs";
import { tell } from "./words.mjs";
import { Tabulator, FormatModule, SortModule, FilterModule, ColumnCalcsModule, EditModule, ResizeTableModule } from "./vendor/tabulator.mjs";

Tabulator.registerModule([FormatModule, SortModule, FilterModule, ColumnCalcsModule, EditModule, ResizeTableModule]);

/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {Record<string, any>} Row  by column id; `key` names the row */

const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/** @param {Column} column @param {any} value */
const sized = (column, value) => (value === null || value === undefined ? null : value / column.size);
/** @param {Column} column  its cells are numbers, at the right edge */
const right = (column) => !["code", "text", "level"].includes(column.kind);

/** @param {Column} column @param {any} value  a cell as text; a missing number is a dash */
export function shown(column, value) {
  switch (column.kind) {
    case "number": return number(sized(column, value), column.decimals);
    case "share": case "debt": return number(value === null || value === undefined ? null : 100 * value, column.decimals);
    case "change": return value === null || value === undefined ? "—" : arrowed(value / column.size, column.decimals);
    default: return worded(column, value);
  }
}

/** @param {Column} column @param {any} value  a cell of the row above all: of what is large the whole is enough */
const summed = (column, value) => shown(typeof value === "number" && Math.abs(value / column.size) >= 1000 ? { ...column, decimals: 0 } : column, value);

/**
 * A grid in a place.
 * @param {HTMLElement} element
 * @param {object} options
 * @param {Column[]} options.columns
 * @param {Row[]} options.rows
 * @param {(() => Row) | null} options.total  the row above all
 * @param {string} options.label  for those who hear the page
 * @param {string} options.empty  what an empty table says
 * @param {(row: Row, column: Column, cell: HTMLElement) => void} [options.paint]  marks a cell
 * @param {(key: string, column: Column) => void} [options.open]  Enter, or a double click
 * @param {[string, "asc" | "desc"]} [options.sorted]
 * @param {number} [options.stays]  first columns that stay in sight where the table is wider than its place
 */
export function grid(element, { columns, rows, total, label, empty, paint, open, sorted, stays = 1 }) {
  const place = h("div", {});
  element.replaceChildren(place);
  const byId = new Map(columns.map((column) => [column.id, column]));
  ruler.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  const widest = growing(columns, rows);
  const widths = columns.map((column, at) => (at === 0 && widest !== 0 ? SLACK : 0) + (column.least ?? wide(column, rows, total?.() ?? null, column.kind === "change")));
  // Where there is no room for all columns those of words give way, and their words stand on two lines.
  const over = widths.reduce((sum, width) => sum + width, BAR) - element.clientWidth, soft = columns.map((column, at) => (over > 0 && !right(column) && !column.least ? Math.max(0, widths[at] - narrow(column, rows, total?.()[column.id])) : 0));
  const give = Math.min(1, Math.max(0, over) / Math.max(1, soft.reduce((sum, width) => sum + width, 0)));
  soft.forEach((width, at) => { widths[at] -= Math.ceil(give * width); });
  // Where that is not enough, and smaller type is, the type is smaller: the last column is seen without scrolling.
  const sum = (/** @type {number[]} */ list) => list.reduce((all, width) => all + width, BAR), smaller = widths.map((width, at) => (columns[at].least ? width : Math.ceil((width - 9) * SMALLER) + 9));
  const tight = sum(widths) > element.clientWidth && sum(smaller) <= element.clientWidth, scale = tight ? SMALLER : 1;
  if (tight) smaller.forEach((width, at) => { widths[at] = width; });
  place.classList.toggle("tight", tight);
  const wider = sum(widths) > element.clientWidth;
  while (stays > 1 && sum(widths.slice(0, stays)) > HALF * element.clientWidth) stays -= 1;
  const head = (/** @type {number} */ at) => headed(columns[at], columns[at].kind === "change" && at > 0 && columns[at - 1].id === columns[at].of);
  const table = new Tabulator(place, {
    data: rows, index: "key", height: "100%", rowHeight: 26, layout: "fitColumns", ...(wider ? { renderHorizontal: columnsInSight(stays) } : {}), nestedFieldSeparator: false,
    headerSortTristate: false, columnHeaderVertAlign: "bottom", placeholder: h("div.tabulator-placeholder-contents", {}, empty),
    initialSort: sorted && byId.has(sorted[0]) ? [{ column: sorted[0], dir: sorted[1] }] : [],
    columns: columns.map((column, at) => {
      const width = widths[at];
      return {
        field: column.id, title: column.id, hozAlign: right(column) ? "right" : "left", headerHozAlign: right(column) ? "right" : "left",
        sorter: right(column) ? "number" : (/** @type {any} */ a, /** @type {any} */ b) => column.kind === "level" ? a - b
          : worded(column, a).localeCompare(worded(column, b), document.documentElement.lang),
        sorterParams: right(column) ? { alignEmptyValues: "bottom" } : {}, headerSortStartingDir: right(column) ? "desc" : "asc",
        minWidth: width, ...(at === widest ? { widthGrow: 1 } : { width }),
        titleFormatter: () => head(at),
        formatter: (/** @type {any} */ cell) => celled(column, cell, at, (width - 9) / scale, paint),
        ...(total ? { topCalc: () => total?.()[column.id] ?? "", topCalcFormatter: (/** @type {any} */ cell) => {
          const value = cell.getValue(), text = value === "" ? "" : summed(column, value);
          const part = (ruler.measureText(text).width * scale) / (width - 9); // an edit may make a sum longer than it was when the columns were measured
          return part > 1 && at !== widest ? h("span", { title: text, style: { "font-size": `${Math.floor(100 / part)}%` } }, text) : document.createTextNode(text);
        } } : {}),
      };
    }),
  });
  staying(table);
  paper(place, { columns, widths, rows: () => (table.initialized ? table.getData("active") : []), right, head, paint, content: (column, row) => content(column, row) ?? document.createTextNode(shown(column, row[column.id])),
    total: (column) => { const value = total?.()[column.id] ?? ""; return !total ? null : value === "" ? "" : summed(column, value); } });
  const home = { row: 0, column: 0 };
  let held = false; // a cell has the focus, or had it when it was scrolled out of sight
  place.tabIndex = -1;
  table.on("tableBuilt", () => {
    const root = place;
    root.querySelector(".tabulator-tableholder")?.removeAttribute("tabindex"); // its cells have the focus, one at a time
    root.setAttribute("aria-label", label);
    root.setAttribute("aria-colcount", String(columns.length));
    counted();
  });
  const counted = () => { place.setAttribute("aria-rowcount", String(table.getDataCount("active") + 1 + (total ? 1 : 0))); };
  table.on("dataFiltered", () => queueMicrotask(() => { if (table.initialized) counted(); }));
  table.on("renderComplete", () => {
    if (!table.initialized) return;
    table.columnManager.renderer.scrollColumns(); // it is back where it was, and its scroll event comes only later
    counted();
    tabbed();
  });
  let waiting = false;
  place.addEventListener("scroll", () => { if (waiting) return; waiting = true; requestAnimationFrame(() => { waiting = false; tabbed(); }); }, true);
  /** The rows as they are sorted and filtered, made once until they are so anew: a grid of thousands must not be gone through at every key. @type {string[] | null} */
  let order = null;
  for (const event of ["dataFiltered", "dataSorted", "dataProcessed", "dataLoaded"]) table.on(event, () => { order = null; });
  const keys = () => (order ??= table.getData("active").map((/** @type {Row} */ row) => row.key));
  if (open) table.on("cellDblClick", (/** @type {Event} */ _event, /** @type {any} */ cell) => open(cell.getRow().getIndex(), /** @type {Column} */ (byId.get(cell.getField()))));

  /** One cell can be reached by Tab: where the arrows were last, or the first that is drawn. */
  function tabbed() {
    for (const old of place.querySelectorAll(".tabulator-cell[tabindex='0']")) old.setAttribute("tabindex", "-1");
    const cell = cellAt(), drawn = cell ?? /** @type {HTMLElement | null} */ (place.querySelector(".tabulator-table .tabulator-cell"));
    drawn?.setAttribute("tabindex", "0");
    if (!held) return;
    // A cell that is scrolled out of sight is taken away: the table keeps the keyboard, and gives it back.
    if (cell?.isConnected && [document.body, place].includes(/** @type {HTMLElement} */ (document.activeElement))) cell.focus({ preventScroll: true });
    else if (document.activeElement === document.body) place.focus({ preventScroll: true });
  }
  /** @returns {HTMLElement | null} the cell where the arrows are, if it is drawn */
  const cellAt = () => place.querySelector(`.tabulator-table .tabulator-cell[data-of="${CSS.escape(keys()[home.row] ?? "")}"][tabulator-field="${CSS.escape(columns[home.column]?.id ?? "")}"]`);

  place.addEventListener("focusin", (event) => {
    const found = /** @type {HTMLElement} */ (event.target).closest(".tabulator-table .tabulator-cell");
    if (!(found instanceof HTMLElement)) return;
    held = true;
    const at = keys().indexOf(found.dataset.of ?? "");
    if (at >= 0) { home.row = at; home.column = Math.max(0, columns.findIndex((column) => column.id === found.getAttribute("tabulator-field"))); }
  });
  place.addEventListener("focusout", (event) => {
    const left = /** @type {HTMLElement} */ (event.target);
    queueMicrotask(() => { if (left.isConnected && !place.contains(document.activeElement)) held = false; });
  });
  place.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if ((target !== place && !target.closest(".tabulator-table .tabulator-cell")) || target.closest("input") || event.altKey) return;
    const list = keys(), page = Math.max(1, Math.floor((place.querySelector(".tabulator-tableholder")?.clientHeight ?? 260) / 26) - 1);
    const far = event.ctrlKey || event.metaKey;
    /** @type {Record<string, [number, number]>} */
    const to = {
      ArrowUp: [home.row - 1, home.column], ArrowDown: [home.row + 1, home.column], ArrowLeft: [home.row, home.column - 1], ArrowRight: [home.row, home.column + 1],
      PageUp: [home.row - page, home.column], PageDown: [home.row + page, home.column], Home: [far ? 0 : home.row, 0], End: [far ? list.length - 1 : home.row, columns.length - 1],
    };
    if (event.key in to && list.length > 0) {
      event.preventDefault();
      home.row = Math.max(0, Math.min(list.length - 1, to[event.key][0]));
      home.column = Math.max(0, Math.min(columns.length - 1, to[event.key][1]));
      if (event.key === "Home") slide(table, 0);
      reach(table, list[home.row], columns[home.column].id).then((cell) => { tabbed(); cell?.focus(); });
    } else if (event.key === "Enter" && open && list[home.row]) open(list[home.row], columns[home.column]);
    else if (event.key === "Escape") { held = false; target.blur(); }
  });
  return table;
}

const HALF = 0.5; // of the place is left for what is scrolled
const SMALLER = 12 / 13; // type that is used where columns need a little more room than there is
const SLACK = 8; // pixels that names have besides their own, where another column takes what is left
const HEAD = 18; // characters of a title that stand on one line
const WITHOUT_SPACES = /^[\u3000-\u9fff\uff00-\uffef]{9,}$/u; // a title in Chinese that is longer than stands on one line

/** @param {Column} column @param {boolean} bare  the unit stands in the head before it. @returns {string[]} the lines of a head */
function lines(column, bare) {
  const unit = bare ? "" : tell(column.unit), title = tell(column.title), last = title.lastIndexOf(" ");
  if (unit && WITHOUT_SPACES.test(title)) return [title.slice(0, Math.ceil(title.length / 2)), title.slice(Math.ceil(title.length / 2)), unit];
  const middle = title.indexOf(" ", Math.floor(title.length / 2) - 2), cut = middle > 0 ? middle : last;
  if (!unit) return last > 0 && right(column) && column.kind !== "change" ? [title.slice(0, last), title.slice(last + 1)] : [title];
  return title.length > HEAD && cut > 0 ? [title.slice(0, cut), title.slice(cut + 1), unit] : [title, unit];
}

/** @param {Column} column @param {boolean} same  the unit stands in the head before it */
function headed(column, same) {
  return h("span.head", { title: tell(column.title) }, ...lines(column, same).flatMap((line, at) => (at ? [h("br"), line] : [line])));
}

/** @param {Column} column @param {Row} row @returns {Node | null} a cell that is more than words, in sight and on paper */
function content(column, row) {
  const value = row[column.id], text = shown(column, value);
  if (column.kind === "change") return h(value > 0 && text !== "0" ? "span.up" : value < 0 && text !== "0" ? "span.down" : "span.q", {}, text);
  if (column.kind === "debt") {
    const level = column.levels?.[row[String(column.of)]];
    return h("span", {}, text, level?.colour ? h(dark(level.colour) ? "span.tag.dark" : "span.tag", { style: { background: level.colour }, title: tell(level.title) }, tell(level.letter)) : null);
  }
  if (column.bold) return h("b", {}, text);
  return right(column) ? document.createTextNode(text) : null;
}

/**
 * @param {Column} column @param {any} cell @param {number} at @param {number} width  pixels for its content
 * @param {((row: Row, column: Column, cell: HTMLElement) => void) | undefined} paint
 */
function celled(column, cell, at, width, paint) {
  const element = /** @type {HTMLElement} */ (cell.getElement()), row = cell.getRow().getData(), value = cell.getValue();
  element.setAttribute("aria-colindex", String(at + 1));
  element.dataset.of = row.key;
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  paint?.(row, column, element);
  const own = content(column, row);
  if (own) return own;
  const text = shown(column, value);
  return at > 0 ? h(ruler.measureText(text).width * (12 / 13) > width ? "span.q.n.two" : "span.q.n", { title: ruler.measureText(text).width * (12 / 13) > 2 * width ? text : null }, text) : h(ruler.measureText(text).width > Math.max(width, at === 0 ? cell.getColumn().getWidth() - 9 : 0) ? "span.two" : "span", {}, text);
}

/** @param {string} colour  "#rrggbb"; its letter has to be white */
const dark = (colour) => [1, 3, 5].reduce((sum, at, place) => sum + parseInt(colour.slice(at, at + 2), 16) * [0.3, 0.59, 0.11][place], 0) < 110;

const BAR = 8; // pixels of the bar at the side

/** @param {Column} column @param {Row[]} rows @param {any} total  stands on one line. Pixels of its longest word, or of its head: it can be no narrower */
function narrow(column, rows, total) {
  const words = [...new Set(rows.flatMap((row) => shown(column, row[column.id]).split(/[\s(]+|(?<=[\u4e00-\u9fff]{3})/u)))].sort((a, b) => b.length - a.length).slice(0, MEASURED);
  const least = Math.max(...[...words, `${tell(column.title)}▾`].map((word) => ruler.measureText(word).width)) * (12 / 13);
  const half = Math.min(NAME, longest(column, rows) * (12 / 13) / 2 + 12); // a name is whole on two lines
  return Math.ceil(Math.max(least, half, typeof total === "string" ? ruler.measureText(total).width : 0)) + 10;
}

const MEASURED = 50; // of the longest words, of which the widest is sought

const NAME = 104; // pixels that a name may take before it goes on two lines

/** @param {Column} column @param {Row[]} rows  pixels of its longest text on one line */
const longest = (column, rows) => ruler.measureText(rows.reduce((most, row) => { const text = shown(column, row[column.id]); return text.length > most.length ? text : most; }, "")).width;

/** @param {Column[]} columns @param {Row[]} rows @returns {number} the place of the column that takes the room that is left: one that asks for it, that of the longest text, the first of words */
function growing(columns, rows) {
  const asking = columns.findIndex((column) => column.least), texts = columns.filter((column) => column.kind === "text");
  if (asking >= 0 || texts.length < 2) return Math.max(0, asking >= 0 ? asking : columns.findIndex((column) => !right(column)));
  const long = texts.map((column) => longest(column, rows));
  return columns.indexOf(texts[long.indexOf(Math.max(...long))]);
}

/** @param {Column} column @param {Row[]} rows @returns {any[]} values of which one has the longest text: of numbers, which all have as many decimals, the least and the most */
function outermost(column, rows) {
  const values = rows.map((row) => row[column.id]);
  if (!right(column) || values.some((value) => typeof value !== "number" && value !== null && value !== undefined)) return values;
  let least = Infinity, most = -Infinity;
  for (const value of values) if (typeof value === "number") { if (value < least) least = value; if (value > most) most = value; }
  return least > most ? [null] : [least, most, null];
}

/** @param {Column} column @param {Row[]} rows @param {Row | null} total @param {boolean} bare  without its unit. Pixels that the widest text of a column takes */
function wide(column, rows, total, bare) {
  let longest = total ? summed(column, total[column.id] ?? null) : "";
  for (const value of outermost(column, rows)) {
    const text = shown(column, value);
    if (text.length > longest.length) longest = text;
  }
  const small = right(column) ? 1 : 12 / 13, heads = lines(column, bare);
  const content = ruler.measureText(longest).width * small + (column.kind === "debt" ? 24 : 0);
  heads.push(`${heads.pop()}▾`);
  const head = Math.max(...heads.map((line) => ruler.measureText(line).width)) * (12 / 13);
  return Math.ceil(Math.max(column.kind === "text" ? Math.min(content, NAME) : content, head)) + 9;
}
