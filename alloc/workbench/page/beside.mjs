// The tables of a comparison: rows of cities or groups, a column each side, a dumbbell, and what is copied of them.

import { g, h } from "./dom.mjs";
import { desk, named } from "./desk.mjs";
import { shown } from "./grid.mjs";
import { asListed } from "./inquiry.mjs";
import { parsed } from "./numbers.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {{words: Words, better: boolean | null, noise: boolean, same: boolean, verdict?: Words}} Move */
/** @typedef {{id: string, title: Words, values: (Words | null)[], states: (Words | null)[], moves: (Move | null)[]}} Row */
/** @typedef {{id: string, title: Words, unit: Words, size: number, decimals: number, values: (number | null)[][], changes: (number | null)[][], moves: string[][], counts: {gain: number, loss: number, rounding: number}[], note: Words | null}} Quantity */
/** @typedef {{id: string, title: Words, cities: number, sums: Record<string, {values: (number | null)[], changes: (number | null)[]}>}} Group */
/**
 * @typedef {object} Answer
 * @property {{letter: string, title: Words, kind: string, words: Words, hash: string}[]} sides
 * @property {Words | null} note
 * @property {string | null} lead  the quantity that the sentence is about
 * @property {Words[]} sentences
 * @property {Row[]} rows
 * @property {Record<"zh" | "en", import("./answers.mjs").Section[][]>} said
 * @property {{keys: string[], names: [string, string][], provinces: [string, string][], classes: (Words | null)[], debt: (number | null)[], tiers: (number | null)[], levels: import("./types.mjs").Level[]}} cities
 * @property {Quantity[]} quantities
 * @property {{id: string, title: Words, groups: Group[]}[]} groupings
 */

const WIDE = 150, INPUT = 6; // columns of the table of inputs that differ

/** @param {string} id @param {Words} title @param {string} kind @param {Partial<Column>} [more] @returns {Column} */
const column = (id, title, kind, more = {}) => /** @type {Column} */ ({ id, title, unit: { zh: "", en: "" }, kind, size: 1, decimals: 0, of: null, shown: true, bold: false, additive: false, levels: null, ...more });
const both = (/** @type {string} */ key) => ({ zh: say(key), en: say(key) });

/**
 * Rows and columns of one quantity; the rows that move most first.
 * @param {Answer} answer @param {Quantity} of @param {string} by  "city", or a grouping
 * @returns {{columns: Column[], rows: Record<string, any>[]}}
 */
export function list(answer, of, by) {
  const figure = { unit: of.unit, size: of.size, decimals: of.decimals }, { cities, sides } = answer;
  const values = sides.flatMap((side, at) => [column(`v${at}`, at ? side.title : side.title, "number", { ...figure, bold: !at }), ...(at ? [column(`c${at}`, both("compare.change"), "change", { ...figure, of: `v${at}` })] : [])]);
  /** @type {Record<string, any>[]} */
  let rows;
  /** @type {Column[]} */
  let heads;
  const dots = column("drawn", both("compare.drawn"), "code", { least: WIDE + 10 });
  if (by === "city") {
    heads = [column("name", both("data.city"), "text"), column("province", both("compare.province"), "text"), column("debt", both("compare.debt"), "debt", { of: "tier", unit: { zh: "%", en: "%" }, levels: cities.levels }), dots];
    rows = cities.keys.map((key, at) => ({ key, name: cities.names[at], province: cities.provinces[at], debt: cities.debt[at], tier: cities.tiers[at], drawn: "",
      moved: of.moves.some((moves) => moves[at]), ...Object.fromEntries(sides.flatMap((_, side) => [[`v${side}`, of.values[side][at]], ...(side ? [[`c${side}`, of.changes[side - 1][at]]] : [])])) }));
  } else {
    heads = [column("name", answer.groupings.find((each) => each.id === by)?.title ?? both("data.city"), "text"), column("cities", both("compare.cities"), "number"), dots];
    rows = (answer.groupings.find((each) => each.id === by)?.groups ?? []).map((group) => {
      const sums = group.sums[of.id];
      return { key: group.id, name: [group.title.zh, group.title.en], cities: group.cities, drawn: "", moved: sums.changes.some(Boolean),
        ...Object.fromEntries(sides.flatMap((_, side) => [[`v${side}`, sums.values[side]], ...(side ? [[`c${side}`, sums.changes[side - 1]]] : [])])) };
    });
  }
  const most = (/** @type {Record<string, any>} */ row) => Math.max(...sides.slice(1).map((_, at) => Math.abs(row[`c${at + 1}`] ?? 0)));
  if (by === "city") rows.sort((one, other) => most(other) - most(one));
  return { columns: [...heads, ...values], rows };
}

/** @param {Record<string, any>} row @param {string} find @param {boolean} only  whether rows that do not move are left out */
export function filtered(row, find, only) {
  const text = find.trim().toLowerCase();
  return (!only || row.moved) && (!text || [row.key, row.name, row.province].flat().join(" ").toLowerCase().includes(text));
}

/** @param {(number | null)[]} values  of the sides, the base first @param {number} most @returns {SVGElement} a dot each on one line, as wide as its cell */
export function dumbbell(values, most) {
  const share = (/** @type {number | null} */ value) => (100 * Math.max(0, value ?? 0)) / most, x = (/** @type {number | null} */ value) => `${share(value).toFixed(2)}%`;
  const known = values.filter((value) => value !== null), from = Math.min(...known.map(share)), to = Math.max(...known.map(share));
  const mark = (/** @type {number} */ at) => (at === 0 ? g("circle", { cx: x(values[0]), cy: 12, r: 4.5, class: "d0" })
    : at === 1 ? g("circle", { cx: x(values[1]), cy: 12, r: 4.5, class: "d1" }) : g("rect", { x: x(values[at]), y: 8, width: 8, height: 8, class: `d${at}`, transform: "translate(-4)" }));
  return g("svg", { height: 24, class: "dumbbell drawn", "aria-hidden": "true" }, known.length ? g("line", { x1: `${from.toFixed(2)}%`, x2: `${to.toFixed(2)}%`, y1: 12, y2: 12 }) : null,
    ...values.map((value, at) => (value === null ? null : mark(at))));
}

/** @param {Answer["sides"]} sides  what the marks of the dumbbells stand for */
export const legend = (sides) => h("span.n.q.legend", {}, ...sides.map((side, at) => h("span", {}, dumbbellMark(at), " ", tell(side.title), "  ")));

/** @param {number} at */
const dumbbellMark = (at) => g("svg", { width: 12, height: 12, class: "dumbbell", "aria-hidden": "true" }, at < 2 ? g("circle", { cx: 6, cy: 6, r: 4.5, class: `d${at}` }) : g("rect", { x: 2, y: 2, width: 8, height: 8, class: `d${at}` }));

/**
 * What a comparison says, for a narrow column: an input that differs as old → new, other rows as one line.
 * @param {import("./answers.mjs").Section} section @returns {HTMLElement[]}
 */
export const narrow = (section) => [...(section.sentence ? [h("p", {}, section.sentence)] : []), ...section.parts.flatMap((part) => {
  if (part.kind === "list") return [h("ul.list", {}, ...part.items.map((/** @type {string} */ item) => h("li", {}, item)))];
  if (part.kind !== "table") return [h("p", {}, part.text)];
  return [h("h3.h", {}, part.title), ...part.rows.map((/** @type {string[]} */ row) => {
    const [title, path, key, old, fresh, change] = row;
    if (row.length !== INPUT) return h("p", {}, row.filter(Boolean).join(" · "));
    const rule = desk.state.rules.find((/** @type {import("./types.mjs").Rule} */ each) => each.id === path.replace(".", `.${key}.`));
    const amount = (/** @type {string} */ cell) => { const value = rule ? parsed(cell) : null; return value === null ? [cell || "—", ""] : asListed(rule.id, value); }; // in the unit of its field
    return h("div.kv", {}, h("span", {}, rule ? `${tell(rule.title)} · ${title}` : [title, key ? h("span.q.n", {}, ` ${desk.byKey.has(key) ? named(key) : key}`) : null]), h("span", {}, old || fresh ? [h("s.q", {}, amount(old)[0]), " → ", h("mark", {}, amount(fresh).join(" ").trim())] : change));
  }), ...part.notes.map((/** @type {string} */ note) => h("p.note", {}, note))];
}), ...section.sections.flatMap(narrow)];

/** @param {Column[]} columns @param {Record<string, any>[]} rows  as cells for a spreadsheet; numbers with all their digits */
export function text(columns, rows) {
  const kept = columns.filter((each) => each.id !== "drawn"), at = language() === "zh" ? 0 : 1;
  const cell = (/** @type {Column} */ each, /** @type {Record<string, any>} */ row) => {
    const value = row[each.id];
    if (typeof value === "number") return String(Number((each.kind === "debt" ? 100 * value : value / each.size).toPrecision(12)));
    const words = Array.isArray(value) ? value[at] : shown(each, value);
    return /^[=+\-@]/.test(words) ? `'${words}` : words;
  };
  const head = (/** @type {Column} */ each) => (tell(each.unit) ? say("list.unit", { title: tell(each.title), unit: tell(each.unit) }) : tell(each.title));
  return [kept.map(head), ...rows.map((row) => kept.map((each) => cell(each, row)))].map((line) => line.join("\t")).join("\n");
}
