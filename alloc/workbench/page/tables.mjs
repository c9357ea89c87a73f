// Tables of the instance as the server tells them: all rows of one, by their keys, with what the checks and edits mark.

import { ask } from "./api.mjs";
import { named, path } from "./desk.mjs";
import { language } from "./words.mjs";

/** @typedef {import("./types.mjs").Found} Found */
/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {{name: string, title: Words, unit: Words, note: Words, kind: string, key: boolean, status: string, editable: boolean, required: boolean, values: string[], twice: string[], titles: Record<string, Words>}} TableColumn */
/** @typedef {{name: string, title: Words, columns: TableColumn[], first: number, total: number, rows: any[][], findings: Found[], tables: {name: string, title: Words, rows: number, errors?: number, warnings?: number}[], marks?: [number, string, string][], mine?: [number, string][]}} Table */
/** @typedef {{table: Table, columns: Map<string, TableColumn>, rows: Map<string, any>, keys: Map<string, string[]>, statuses: Map<string, string>, marked: Map<string, Found[]>, mine: Set<string>}} Read  rows and their keys by id; statuses, findings and edits by cell */

const FEW = 9, PLACE = ["lon", "lat"];
/** Columns that are no table's own: the place of a row, and the name of its city. */
export const ROW = ":row", NAME = ":name";
export const NUMBERS = ["number", "count", "share"];
/** @type {Record<string, string>} */
export const SIGNS = { estimated: "ᵉ", assumed: "ᵃ" };

/** @param {any} value  a cell as it is typed or copied */
export const plain = (value) => (value === null || value === undefined ? "" : String(value));
/** @param {string} key @param {string} column */
export const cell = (key, column) => `${key}\n${column}`;
/** @param {Found} found @param {string} table  its column, without the table that edits name before it */
export const columnOf = (found, table) => (found.column ?? "").replace(`${table}.`, "");
/** @param {Found} found @param {Map<string, any>} rows @returns {string[]} the rows that it is about: one, or several that it lists */
export const about = (found, rows) => (!found.key ? [] : rows.has(found.key) ? [found.key] : found.key.split(", ").filter((key) => rows.has(key)));

/** @param {string} name @returns {Promise<Read>} all of a table, however many answers that takes */
export async function read(name) {
  /** @type {Table} */
  let table = await ask("GET", path(`/tables/${encodeURIComponent(name)}`));
  while (table.rows.length < table.total) {
    const { rows, marks = [], mine = [] } = await ask("GET", path(`/tables/${encodeURIComponent(name)}?first=${table.rows.length}`));
    if (!rows.length) break;
    const behind = (/** @type {[number, ...any]} */ [row, ...rest]) => [row + table.rows.length, ...rest];
    table = { ...table, rows: [...table.rows, ...rows], marks: [...(table.marks ?? []), ...marks.map(behind)], mine: [...(table.mine ?? []), ...mine.map(behind)] };
  }
  const names = table.columns.map((each) => each.name), columns = new Map(table.columns.map((each) => [each.name, each]));
  const own = table.columns.map((each, place) => (each.key ? place : -1)).filter((place) => place >= 0), city = table.name === "cities" ? -1 : names.indexOf("city");
  /** @type {Read} */
  const made = { table, columns, rows: new Map(), keys: new Map(), statuses: new Map(), marked: new Map(), mine: new Set() };
  table.rows.forEach((cells, place) => {
    const key = own.map((each) => plain(cells[each])), id = own.length ? key.join(", ") : String(place + 1);
    made.keys.set(id, key);
    made.rows.set(id, { key: id, [ROW]: place + 1, [NAME]: city < 0 ? null : named(plain(cells[city])), ...Object.fromEntries(names.map((each, at) => [each, cells[at]])) });
  });
  const listed = [...made.rows.keys()];
  for (const [row, each, status] of table.marks ?? []) made.statuses.set(cell(listed[row], each), status);
  for (const found of table.findings) for (const key of about(found, made.rows)) {
    const id = cell(key, columnOf(found, table.name));
    made.marked.set(id, [...(made.marked.get(id) ?? []), found]);
  }
  made.mine = new Set((table.mine ?? []).map(([row, each]) => cell(listed[row], each)));
  return made;
}

/** @param {Pick<Read, "table" | "columns" | "rows">} read @returns {string[]} the columns that are shown before the planner chooses: keys, a name, numbers that are given */
export function first({ table, columns, rows }) {
  const all = [...columns.values()], given = all.filter((each) => each.key || (!each.twice.includes(language()) && [...rows.values()].some((row) => row[each.name] !== null)));
  const name = given.find((each) => each.name === (language() === "en" ? "name_en" : "name")) ?? given.find((each) => /^(name|title)/.test(each.name));
  const before = [...given.filter((each) => each.key), ...(name ? [name] : []), ...given.filter((each) => NUMBERS.includes(each.kind) && !PLACE.includes(each.name))];
  const chosen = new Set([...new Set([...before, ...given].map((each) => each.name))].slice(0, FEW));
  for (const found of table.findings) if (columns.has(columnOf(found, table.name))) chosen.add(columnOf(found, table.name));
  return all.map((each) => each.name).filter((each) => chosen.has(each));
}
