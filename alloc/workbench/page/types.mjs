// Shapes of what the server says; alloc/workbench/models.py is their one definition.

/** @typedef {{zh: string, en: string}} Words */
/** @typedef {[string, number]} Amount  code of a city and its amount */
/** @typedef {{title: Words, letter?: Words | string, colour?: string}} Level */
/** @typedef {{id: string, title: Words, unit: Words, kind: "code" | "text" | "level" | "number" | "change" | "share" | "debt", size: number, decimals: number, of: string | null, shown: boolean, bold: boolean, additive: boolean, levels: Level[] | null, least?: number, titles?: Record<string, Words>}} Column */
/** @typedef {{hash: string | null, keys: string[], columns: Column[], values: any[][], totals: any[], x: (number | null)[], y: (number | null)[], more: Column[]}} Cities */
/** @typedef {{id: string, title: Words, apart: Words, group: Words, value: number | null, before: number | null, unit: Words, size: number, scale: number, decimals: number, line: string, step: number, kind: string, sign: string, of: string | null, note: Words | null, binds: boolean | null, least: number | null, most: number | null}} Rule */
/** @typedef {{n: number, lines: string[], title: Words, before: Words | null, after: Words | null, why: string, trial: boolean, bad: boolean, at: string}} Standing */
/** @typedef {{id: string, title: Words, kind: string, unit: Words, size: number, decimals: number, total: number, reserve: number, available: number, given: number, left: number}} Pool */
/** @typedef {{id: string, number: number, title: Words, value: Words, state: Words, raw: number, moved: {words: Words, better: boolean | null} | null, unchanged: boolean}} Tier */
/** @typedef {{id: string, title: Words, before: number, added: number}} Coverage */
/** @typedef {{family: string, title: Words, count: number, of: number, of_words: Words, words: Words, by_city: boolean}} Binding */
/** @typedef {{side: "below" | "above" | "both", title: Words, words: Words, amount: number | null, reached: Words | null, links: {rule: string | null, table: string | null}[]}} Bound */
/** @typedef {{id: string, title: Words, unit: Words, size: number, decimals: number, quantum: number, mark: string, last_year: number | null, benchmark: number, rule: number, optimised: number, override: number, rounding: number, published: number, change: number | null, before: number | null, said: Words[], compared: Words[], lower: number, upper: number | null, marks: {kind: "lower" | "upper" | "formula" | "last" | "like" | "published", amount: number, title: Words}[], bounds: Bound[], steps: {title: Words, amount: number, words: Words}[], beside: {unit: Words, decimals: number, here: number, size_class: number | null, nation: number}, neighbours: [string, number, number | null][]}} CityPool */
/** @typedef {{id: string, title: Words, unit: Words, mark: string, need: number, there: number, built: number | null, decimals: number, added: number, before: number, after: number, size_class: number | null, nation: number}} CityService */
/** @typedef {{hash: string, code: string, name: Words, facts: Words[], debt: Level | null, near: Words, pools: CityPool[], services: CityService[], tables: Record<"zh" | "en", any[]>}} City */
/** @typedef {{title: Words, unit: Words, size: number, decimals: number, gains: Amount[], losses: Amount[]}} Largest */
/** @typedef {{pool: string, column: string | null, title: Words, unit: Words, size: number, decimals: number, quantum: number, pays: Amount[], gains: Amount[], payers: number, gainers: number, paid: number, gained: number, rounding: number, left: number, pays_note: Words, gains_note: Words}} Balance */
/** @typedef {{pool: string, title: Words, unit: Words, size: number, decimals: number, rows: {id: string, title: Words, n: number, before: number, after: number}[]}} ByClass */
/** @typedef {{sentence: Words, balance: Balance[], by_class: ByClass | null, unchanged: Words}} Effect */
/** @typedef {{columns: Record<string, {at: number[] | null, values?: any[] | null, by?: number[] | null, digits?: number | null}>, totals: Record<string, any>}} Changed */
/** @typedef {{severity: "error" | "warning", text: Words, file?: string, row: number | null, cell?: Words | null, column: string | null, key: string | null}} Found */
/** @typedef {{families: Words[], sentence: Words, findings: Found[]}} Conflict */
/** @typedef {{id: string, title: Words, edits: number, mine: boolean, stands: boolean}} Named */
/**
 * @typedef {object} Picture
 * @property {number} revision
 * @property {string | null} hash
 * @property {string | null} base
 * @property {boolean} trial
 * @property {"ok" | "wait" | "bad" | "stale"} lamp
 * @property {Words} words
 * @property {Words} detail
 * @property {number | null} seconds
 * @property {Tier[]} tiers
 * @property {Pool[]} pools
 * @property {Coverage[]} coverage
 * @property {Words | null} coverage_note
 * @property {Words} sentence
 * @property {Binding[]} binding
 * @property {Largest[]} largest
 * @property {{id: string, value: number | null, before: number | null, binds: boolean | null}[]} turned
 * @property {{at: number, rule: Rule}[]} came
 * @property {string[]} gone
 * @property {Standing[]} edits
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {string | null} saved
 * @property {Changed} changed
 * @property {Effect | null} effect
 * @property {Conflict | null} conflict
 */
/**
 * @typedef {Picture & {id: string, title: Words, place: Words, cities_word: Words, year: number, language: "zh" | "en", scenario: string, scenarios: Named[],
 *   screens: string[], read_only: boolean, held: boolean, notice: Words | null, unsaved: number, live: boolean, rules: Rule[], sources: Words, map: Record<string, any>, view: Record<string, any>}} State
 */

export {};
