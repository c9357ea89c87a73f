// What is on the desk: the workspace as the server last told it, and the table as base plus what the trial changes.

import { ask } from "./api.mjs";
import { early } from "./early.mjs";
import { keyed, language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {Record<string, any>} Row */

/**
 * The one state of the page. `state` is the last whole picture the server gave; `cities` the table of the last kept
 * result; `rows` is that table with the trial's changes laid over it, and `moved` the columns of each row that differ.
 */
export const desk = {
  workspace: "",
  /** @type {any} */ state: null,
  /** @type {any} */ cities: null,
  /** The rules of the result that was kept last; those of `state` have over them what the trial changes. @type {{of: string | null, list: import("./types.mjs").Rule[]}} */ rules: { of: null, list: [] },
  /** What the server says of a solve that is under way. @type {{words: import("./types.mjs").Words, since: number, job: string | null} | null} */ running: null,
  /** @type {Row[]} */ rows: [],
  /** @type {Row} */ total: { key: "" },
  /** @type {Map<string, Row>} */ byKey: new Map(),
  /** @type {Map<string, Set<string>>} */ moved: new Map(),
  /** The newest revision this page has asked for: results of older ones are not shown. */
  asked: 0,
  /** Columns of the table that are shown beside those of the first choice: the server gives these when asked. @type {string[]} */ more: [],
  offline: false,
  screen: "nation",
  /** @type {string | null} */ city: null,
  /** What stands behind the name of the screen in the address. @type {string[]} */ route: [],
  /** The id of a rule that the screen of the nation shows first. @type {string | null} */ wanted: null,
  /** What a screen puts into the status line. @type {(() => Node) | null} */ aside: null,
};

let turn = 0; // pictures that were taken

/** The table and the rules whose keys are known. @type {any} */
let keyed_of = [];

/** @type {((part: string) => void)[]} */
const watching = [];

/** @param {(part: string) => void} render  called with what changed: "result", "line", "run", "typing", "findings", or "progress" and "answer" with a colon and the job of which they are */
export const watch = (render) => { watching.push(render); };

/** @param {string} part */
export const tellAll = (part) => { for (const render of watching) render(part); };

export const path = (/** @type {string} */ rest = "") => `/w/${desk.workspace}${rest}`;
/** @param {string} code @param {string} [pool]  where a city is shown by itself */
export const address = (code, pool = "") => `#city/${code}${pool ? `/${pool}` : ""}`;
export const trial = () => Boolean(desk.state?.effect && desk.state.trial);
/** Whether it is told what the edit that was kept last did, which stands until the next one. */
export const keptEdit = () => Boolean(desk.state?.effect && !desk.state.trial && !desk.state.conflict);
/** What all cities together are called: the one province in which they lie, or as `key` says. @param {string} key */
export const together = (key) => tell(desk.state.place) || say(key);
/** Whether rules clash; a solve that failed has none to repair. */
export const clashing = () => Boolean(desk.state.conflict && desk.state.conflict.families.length + desk.state.conflict.findings.length);
/** Of a clash: whether its edits are kept, and what is shown meanwhile. */
export const saved = () => say(!desk.cities ? "conflict.saved_alone" : desk.state.trial ? "conflict.not_kept" : "conflict.saved");
export const readOnly = () => desk.offline || Boolean(desk.state?.read_only);

/** @param {boolean} [shown]  the table of the result that is shown, not of the kept one */
function table(shown = false) {
  const wanted = [shown ? "at=shown" : "", desk.more.length ? `columns=${desk.more.map(encodeURIComponent).join(",")}` : ""].filter(Boolean);
  return ask("GET", path(`/cities${wanted.length ? `?${wanted.join("&")}` : ""}`));
}

let wider = 0; // choices of columns, of which the last one counts

/** @param {string[]} more  columns that are shown from now on beside those of the first choice */
export async function widen(more) {
  const mine = (wider += 1);
  desk.more = more;
  await new Promise((done) => { setTimeout(done, QUICK); });
  if (mine === wider) await refresh(true);
}

const QUICK = 150; // milliseconds in which one choice follows another

const AGAIN = 3; // times that everything is asked for again where something was kept between two answers

/** Asks for everything again: at the start, after a reconnection, when something was missed. @param {boolean} [anew]  also for a table that there is */
export async function refresh(anew = false) {
  const before = desk.asked, shown = turn;
  let state = (await early("")) ?? (await ask("GET", path()));
  for (let left = AGAIN; state.base !== null && (anew || desk.cities?.hash !== state.base) && left > 0; left -= 1, anew = false) {
    desk.cities = (await early("/cities")) ?? (await table());
    if (desk.cities.hash !== state.base) state = await ask("GET", path()); // something was kept in between
  }
  const wide = (state.trial || state.whole) && desk.more.length ? await table(true) : null;
  if (state.revision < desk.asked && (desk.asked !== before || turn !== shown)) return; // what came meanwhile is newer
  desk.asked = state.base === null ? state.revision : Math.max(desk.asked, state.revision);
  take(state, wide);
}

/**
 * A whole picture from the server; an older one than was asked for is left aside.
 * @param {any} state
 */
export async function arrive(state) {
  if (state.revision < desk.asked) return;
  desk.asked = state.revision;
  // What differs is told against one result that was kept, by its hash: of another one the whole is asked for.
  if (state.base === null || desk.cities?.hash !== state.base || desk.rules.of !== state.base) { await refresh(); return; }
  // The table of last time has no further columns: those that were chosen meanwhile are asked for now.
  if (desk.more.some((id) => desk.cities.columns.every((/** @type {Column} */ column) => column.id !== id))) { await refresh(true); return; }
  const shown = (state.trial || state.whole) && desk.more.length ? await table(true) : null;
  if (state.revision >= desk.asked && (!shown || shown.hash === state.hash)) take(state, shown);
}

/** @param {any} picture  a whole state, or what a result changes in it @param {import("./types.mjs").Cities | null} shown  its table, where it is needed */
function take(picture, shown) {
  if (picture.rules) desk.rules = { of: picture.base, list: picture.rules };
  desk.state = { ...desk.state, ...picture, rules: standing(picture) };
  desk.running = null;
  turn += 1;
  if (desk.cities) lay(shown ? differences(desk.cities, shown) : picture.changed);
  const now = [desk.cities, desk.rules.list, picture.came.map((/** @type {any} */ each) => each.rule.id).join(), picture.gone.join()];
  if (now.some((each, at) => each !== keyed_of[at])) { keyed_of = now; keys(); }
  tellAll("result");
}

/** @param {import("./types.mjs").Picture} picture @returns {import("./types.mjs").Rule[]} the rules of the kept result with what differs in it */
function standing({ turned, came, gone }) {
  const turns = new Map(turned.map((each) => [each.id, each])), away = new Set([...gone, ...came.map((each) => each.rule.id)]);
  const rules = desk.rules.list.filter((rule) => !away.has(rule.id)).map((rule) => ({ ...rule, ...turns.get(rule.id) }));
  for (const each of came) rules.splice(each.at, 0, each.rule);
  return rules;
}

/** Keys that stand behind names in what the engine says; those of cities only where no two are called the same. */
function keys() {
  const { pools, coverage, rules } = desk.state, names = new Map();
  for (const row of desk.rows) { const name = named(row.key); names.set(name, names.has(name) ? null : row.key); }
  keyed([...pools, ...coverage].map((each) => each.id).concat(rules.map((/** @type {any} */ rule) => rule.id.replace(/^limits\.(.*)\.value$/, "$1")), [...names.values()].filter(Boolean)));
}

/**
 * The cells in which two tables of the same cities differ.
 * @param {import("./types.mjs").Cities} base @param {import("./types.mjs").Cities} other
 */
const differences = (base, other) => ({
  columns: Object.fromEntries(base.columns.map((column, at) => [column.id, { at: null, values: other.values[at] }]).filter((_, at) => !["code", "text"].includes(base.columns[at].kind))),
  totals: Object.fromEntries(base.columns.map((column, at) => [column.id, other.totals[at]]).filter(([, value]) => value !== null)),
});

/**
 * Lays changes over the table of the kept result.
 * @param {import("./types.mjs").Changed} changed
 */
function lay(changed) {
  const { columns, keys, values, totals, x, y } = desk.cities, told = Object.entries(changed.columns);
  const steady = new Set([...columns.map((/** @type {Column} */ each) => (each.kind === "change" ? each.of : null)).filter(Boolean), ...told.map(([id]) => id)].map((id) => `${id}:moved`));
  const against = (/** @type {string} */ id) => columns.filter((/** @type {Column} */ column) => column.kind === "change" && column.of === id && !(column.id in changed.columns));
  desk.moved = new Map();
  desk.total = { key: "" };
  for (const id of steady) desk.total[id] = 0;
  columns.forEach((/** @type {Column} */ column, /** @type {number} */ place) => { desk.total[column.id] = totals[place]; });
  for (const [id, value] of Object.entries(changed.totals)) {
    if (typeof value === "number") {
      desk.total[`${id}:moved`] = value - (desk.total[id] ?? 0);
      for (const each of against(id)) desk.total[each.id] += desk.total[`${id}:moved`];
    }
    desk.total[id] = value;
  }
  desk.rows = keys.map((/** @type {string} */ key, /** @type {number} */ at) => {
    /** @type {Row} */
    const row = { key, x: x[at], y: y[at] };
    columns.forEach((/** @type {Column} */ column, /** @type {number} */ place) => { row[column.id] = values[place][at]; });
    for (const id of steady) row[id] = 0;
    return row;
  });
  desk.byKey = new Map(desk.rows.map((row) => [row.key, row]));
  for (const [id, { at, values: fresh, by, digits }] of told) {
    const changes = against(id), column = /** @type {Column} */ (columns.find((/** @type {Column} */ each) => each.id === id));
    const aside = !column.shown && column.kind === "number" && !desk.more.includes(id); // for the map alone
    (fresh ?? by ?? []).forEach((each, place) => {
      const row = desk.rows[at ? at[place] : place], value = fresh ? each : stepped(row[id], each, digits ?? 0);
      if (value === row[id]) return;
      const seen = !aside && differs(column, row[id], value);
      if (typeof value === "number") {
        row[`${id}:moved`] = value - (row[id] ?? 0);
        for (const each of changes) if (typeof row[each.id] === "number") row[each.id] += row[`${id}:moved`];
      }
      row[id] = value;
      if (seen) mark(row.key, id);
    });
  }
  balanced(steady);
}

/** @param {string} key @param {string} id  of a column in which it differs */
const mark = (key, id) => { desk.moved.set(key, (desk.moved.get(key) ?? new Set()).add(id)); };

/** The cities that pay and gain in the pool that moves most are among those that move, however little that is as it is shown. @param {Set<string>} steady  columns of changes */
function balanced(steady) {
  const { balance, by_class } = trial() ? desk.state.effect : { balance: [], by_class: null };
  const first = balance.find((/** @type {any} */ each) => each.pool === by_class?.pool), kind = desk.state.pools.find((/** @type {any} */ each) => each.id === first?.pool)?.kind;
  if (!first || !steady.has(`${kind}:moved`)) return;
  for (const [key] of [...first.pays, ...first.gains]) if (desk.byKey.has(key)) mark(key, kind);
  if (first.column === null) return;
  for (const row of desk.rows) if (Math.abs(row[`${first.column}:moved`] ?? 0) > first.quantum * 1.000001) mark(row.key, kind);
}

/** @param {number} value @param {number} by  steps of 10 to the power of −digits @param {number} digits */
function stepped(value, by, digits) {
  const scale = 10 ** Math.abs(digits);
  return digits < 0 ? (Math.round(value / scale) + by) * scale : (Math.round(value * scale) + by) / scale;
}

/** @param {Column} column @param {any} one @param {any} two  whether the page shows two cells as others, or a change */
function differs(column, one, two) {
  if (typeof one !== "number" || typeof two !== "number" || column.kind === "level") return one !== two;
  const scale = 10 ** (column.decimals + (["share", "debt"].includes(column.kind) ? 2 : 0)) / column.size;
  return Math.round(one * scale) !== Math.round(two * scale) || Math.abs(two - one) * scale >= 0.5;
}

/** The rows with all digits: a result tells only the cells that are shown as others. */
export async function precise() {
  if (desk.cities && (trial() || desk.state.whole)) lay(differences(desk.cities, await table(true)));
}

/** @param {Column} column @param {any} value  a cell that is text, in the language of the page */
export function worded(column, value) {
  if (value === null || value === undefined) return "";
  if (column.kind === "level") return tell(/** @type {any} */ (column.levels)[value]?.title);
  if (column.titles?.[value]) return tell(column.titles[value]);
  return Array.isArray(value) ? value[language() === "zh" ? 0 : 1] : String(value);
}

/** @param {string} key  name of a city, in the language of the page */
export function named(key) {
  const row = desk.byKey.get(key), first = desk.cities?.columns[0];
  return row && first ? worded(first, row[first.id]) : key;
}
