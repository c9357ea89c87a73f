// Screens a and b: the nation as it stands, and what one edit does to it.

import { h, put } from "./dom.mjs";
import { address, desk, keptEdit, named, path, precise, together, trial, widen, worded } from "./desk.mjs";
import { ask } from "./api.mjs";
import { conflict, reasons, repair } from "./conflict.mjs";
import { balanceBars, coverage, poolBars, sizeClasses, tierSteps, winners } from "./bars.mjs";
import { grid, shown } from "./grid.mjs";
import { map } from "./map.mjs";
import { arrowed, behind, number } from "./numbers.mjs";
import { rulesColumn } from "./rules.mjs";
import * as run from "./running.mjs";
import { save } from "./save.mjs";
import { selection } from "./selection.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {Record<string, any>} Row */

const FEW = 12; // levels that a choice over the table lists
const BINDING = 5; // rules that hold something back and are listed at once

/** What the table is narrowed to; kept while the page is open. */
const narrowed = {
  text: "",
  /** @type {Map<string, number>} */ levels: new Map(),
  /** @type {{title: string, codes: Set<string>} | null} */ only: null,
  all: false,
  /** Of whole facilities, only rows that differ from the relaxation. */ differ: false,
  /** @type {Set<string> | null} */ columns: null,
  unfolded: false,
  more: false,
  /** @type {string | null} */ pool: null,
  /** The result of which it is no longer told what the edit that was kept did. @type {string | null} */ hidden: null,
};

/** Whether the edit that was kept last is told beside what stands. */
const edited = () => keptEdit() && narrowed.hidden !== desk.state.hash;

/** @returns {import("./types.mjs").Balance | undefined} the balance that is shown: the one asked for, or that which moves most */
function balanced() {
  const { balance, by_class } = desk.state.effect;
  const wanted = narrowed.pool ?? by_class?.pool;
  return balance.find((/** @type {any} */ each) => each.pool === wanted) ?? balance[0];
}

/** @param {HTMLElement} main */
export function nation(main) {
  const left = h("aside.side.l", { "aria-label": say("nation.rules") }), right = h("aside.side.rt", { "aria-label": say("nation.meaning") });
  const head = h("div", {}), tools = h("div.tools", {}), table = h("div.table", {}), menu = h("div", {}), sums = h("div", {});
  const mid = h("section.mid", { "aria-label": together("screen.nation") }, head, tools, menu, sums, table);
  main.className = "";
  main.replaceChildren(left, mid, right);
  const rules = rulesColumn(left);
  const search = /** @type {HTMLInputElement} */ (h("input.search", { type: "search", placeholder: say("table.find"), "aria-label": say("table.find_label"), "data-find": true, value: narrowed.text }));
  search.addEventListener("input", () => { narrowed.text = search.value; filter(); });
  search.addEventListener("keydown", (event) => { if (event.key === "Escape") { search.value = narrowed.text = ""; filter(); search.blur(); event.stopPropagation(); } });
  const chips = h("span.tools", {}), links = h("span.tools", {});
  tools.append(search, chips, h("span.gap"), links);
  /** A city that was pointed at is opened, with the pool of a column. @param {string} key @param {string} [column] @param {string} [verb] */
  const city = (key, column = "", verb = "") => {
    const pool = desk.state.pools.find((/** @type {any} */ each) => [`pool:${each.id}`, `pool:${each.id}:moved`].includes(column) || each.kind === column.replace(/_change$|:moved$/, ""))?.id ?? desk.state.pools[0].id;
    desk.city = key;
    location.hash = `${address(key, pool)}${verb ? `/${verb}` : ""}`;
  };
  /** The cell that has the focus, or is pointed at. @param {EventTarget | null} target */
  const cellOf = (target) => {
    const cell = target instanceof Element ? target.closest(".tabulator-table .tabulator-cell") : null;
    const row = made?.getRows("active").find((/** @type {any} */ each) => each.getElement() === cell?.parentElement);
    return cell && row ? { key: String(row.getIndex()), column: cell.getAttribute("tabulator-field") ?? "" } : null;
  };
  table.addEventListener("click", (event) => { const cell = cellOf(event.target); if (cell && cell.column === desk.cities.columns[0].id) city(cell.key); });
  table.addEventListener("contextmenu", (event) => { const cell = cellOf(event.target); if (cell) { event.preventDefault(); city(cell.key, cell.column, "why"); } });
  /** @type {any} */
  let made = null;
  let shape = "";
  const picked = selection(sums, { table: () => made, columns, only: (codes) => { narrowed.only = { title: say("select.title"), codes }; narrowed.levels.clear(); filter(); } });
  picked.listen(table);

  /** @returns {Column[]} columns that are chosen */
  const wanted = () => desk.cities.columns.filter((/** @type {Column} */ column) => (narrowed.columns ? narrowed.columns.has(column.id) : column.shown))
    .map((/** @type {Column} */ column) => (column.kind === "debt" ? { ...column, levels: desk.cities.columns.find((/** @type {Column} */ each) => each.id === column.of)?.levels } : column));

  /** @returns {Column[]} columns that are shown; against a trial a change is that against the result before */
  function columns() {
    const list = wanted();
    if (!trial()) return list;
    const moved = new Set([...desk.moved.values()].flatMap((set) => [...set])), title = { zh: say("table.change"), en: say("table.change") }, most = leading(list);
    const seen = list.filter((/** @type {Column} */ column) => column.kind === "change" && moved.has(String(column.of))).map((/** @type {Column} */ column) => column.of);
    return list.flatMap((/** @type {Column} */ column) => {
      if (column.kind === "change" && column.of) return [{ ...column, id: `${column.of}:moved`, title }];
      const own = column.kind === "number" && column.additive && (seen.length ? column.id === most && !seen.includes(most) : moved.has(column.id));
      return own ? [column, { ...column, id: `${column.id}:moved`, title, kind: "change", of: column.id, bold: false }] : [column];
    });
  }

  /** @param {Column[]} list @returns {string | undefined} the column of them that has the pool which moves most, alone or with its kind */
  function leading(list) {
    const { by_class, balance } = desk.state.effect, pool = desk.state.pools.find((/** @type {any} */ each) => each.id === (by_class?.pool ?? balance[0]?.pool));
    return pool && [`pool:${pool.id}`, pool.kind].find((id) => list.some((column) => column.id === id && column.kind === "number"));
  }

  function tabled() {
    if (!desk.cities) return;
    const shows = columns(), now = `${trial()}:${language()}:${shows.map((column) => [column.id, column.size, column.decimals])}`;
    if (made?.initialized && shape === now) {
      made.blockRedraw();
      narrow();
      made.replaceData(desk.rows).then(() => { drawChips(); made.restoreRedraw(); });
      return;
    }
    shape = now;
    if (made) { const old = made; if (old.initialized) old.destroy(); else old.on("tableBuilt", () => old.destroy()); }
    const most = trial() ? leading(shows) : undefined, lead = trial() ? shows.find((column) => column.kind === "change" && column.of === most) : null, pays = trial() && Boolean(balanced()?.payers);
    const biggest = shows.find((column) => column.bold) ?? shows.find((column) => column.kind === "number");
    const built = grid(table, {
      columns: shows, rows: desk.rows, total: () => ({ ...desk.total, [desk.cities.columns[0].id]: say("table.total", { n: desk.rows.length }) }), label: say("table.label"), empty: say("table.empty"),
      open: (key, column) => city(key, column.id), sorted: lead ? [lead.id, pays ? "asc" : "desc"] : biggest ? [biggest.id, "desc"] : undefined, paint,
    });
    const drawn = desk.rows;
    made = built;
    built.on("tableBuilt", () => {
      if (made !== built) return;
      (drawn === desk.rows ? Promise.resolve() : made.replaceData(desk.rows)).then(back);
      filter();
    });
  }

  /** The city that one comes back from has the focus again. */
  function back() {
    const row = desk.city && made?.getRow(desk.city);
    if (!row || document.activeElement !== document.body || desk.wanted) return;
    made.scrollToRow(row, "center", false).catch(() => undefined).then(() => row.getCell(desk.cities.columns[0].id)?.getElement()?.focus({ preventScroll: true }));
    desk.city = null;
  }

  /** The rows that a rule holds, by their cities. @param {import("./types.mjs").Binding} rule */
  async function held(rule) {
    const { cities } = await ask("GET", path(`/binding/${encodeURIComponent(rule.family)}`));
    narrowed.only = { title: tell(rule.title), codes: new Set(cities) };
    narrowed.levels.clear();
    filter();
  }

  /** @param {Row} row @param {Column} column @param {HTMLElement} cell */
  function paint(row, column, cell) {
    const of = column.kind === "change" && column.of ? column.of : column.id, move = (trial() || desk.state.whole) && desk.moved.get(row.key)?.has(of) ? row[`${of}:moved`] : 0;
    if (column.id === desk.cities.columns[0].id) queueMicrotask(() => picked.marked(cell.parentElement, row.key)); // once a row
    cell.classList.toggle("gain", move > 0);
    cell.classList.toggle("lose", move < 0);
  }

  /** Whether a row is shown, as it is narrowed now. @type {(row: Row) => boolean} */
  let kept = () => true;

  function filter() {
    narrow();
    made?.setFilter((/** @type {Row} */ row) => kept(row));
    drawChips();
  }

  function narrow() {
    const text = narrowed.text.trim().toLowerCase();
    const words = desk.cities.columns.filter((/** @type {Column} */ column) => ["text", "code", "level"].includes(column.kind));
    kept = (row) => {
      if (trial() && desk.moved.size && !narrowed.all && !narrowed.only && !desk.moved.has(row.key)) return false;
      if (!trial() && desk.state.whole && narrowed.differ && !desk.moved.has(row.key)) return false;
      if (narrowed.only && !narrowed.only.codes.has(row.key)) return false;
      for (const [id, level] of narrowed.levels) if (row[id] !== level) return false;
      return !text || row.key.toLowerCase().includes(text) || words.some((/** @type {Column} */ column) => (column.kind === "level" ? worded(column, row[column.id]) : [row[column.id]].flat().join(" ")).toLowerCase().includes(text));
    };
  }

  function drawChips() {
    const pressed = (/** @type {boolean} */ on) => ({ type: "button", "aria-pressed": String(on) });
    const off = () => { narrowed.only = null; narrowed.differ = false; narrowed.levels.clear(); };
    const differ = narrowed.differ && !trial() && desk.state.whole, clear = !differ && narrowed.only === null && narrowed.levels.size === 0;
    put(chips,
      desk.rows.some((row) => row.x !== null) || desk.state.coverage.length ? h("button.chip.mapchip", { ...pressed(narrowed.unfolded), "data-key": "fold", onclick: () => { narrowed.unfolded = !narrowed.unfolded; mid.classList.toggle("unfolded", narrowed.unfolded); drawChips(); } }, say("table.map")) : null,
      trial() ? h("button.chip", { ...pressed(!narrowed.all && clear), "data-key": "moved", title: say("table.payers_first"), onclick: () => { narrowed.all = false; off(); filter(); } }, say("table.changed", { n: desk.moved.size })) : null,
      !trial() && desk.state.whole ? h("button.chip", { ...pressed(Boolean(differ)), "data-key": "differ", onclick: () => { off(); narrowed.differ = true; filter(); } }, say("table.changed", { n: desk.moved.size })) : null,
      h("button.chip", { ...pressed((narrowed.all || !trial()) && clear), "data-key": "all", onclick: () => { narrowed.all = true; off(); filter(); } }, say("table.all", { n: desk.rows.length })),
      narrowed.only ? h("button.chip", { ...pressed(true), "data-key": "only", title: say("table.unfilter"), onclick: () => { off(); filter(); } }, `${narrowed.only.title}${narrowed.only.codes.size > 1 ? ` ${narrowed.only.codes.size}` : ""} ✕`) : null,
      desk.cities.columns.filter((/** @type {Column} */ column) => column.kind === "level" && column.levels && column.levels.length > 1 && column.levels.length <= FEW).map(levels));
    put(links, run.label(), h("button.link", { type: "button", "data-key": "columns", "aria-expanded": String(menu.childNodes.length > 0), onclick: choose }, say("table.columns")),
      h("button.link", { type: "button", "data-key": "export", onclick: download }, say("table.export")));
  }

  /** @param {Column} column  a choice of one of its levels */
  function levels(column) {
    const there = new Set(desk.rows.map((row) => row[column.id]));
    const select = /** @type {HTMLSelectElement} */ (h("select.chip", { "aria-label": tell(column.title), "data-key": `level:${column.id}` },
      h("option", { value: "" }, say("table.any", { title: tell(column.title) })),
      .../** @type {any[]} */ (column.levels).map((level, at) => (there.has(at) ? h("option", { value: at, selected: narrowed.levels.get(column.id) === at }, tell(level.title)) : null))));
    select.addEventListener("change", () => {
      if (select.value === "") narrowed.levels.delete(column.id); else narrowed.levels.set(column.id, Number(select.value));
      filter();
    });
    return select;
  }

  /** The choice of columns, opened and closed by one button. */
  function choose() {
    if (menu.childNodes.length) { menu.replaceChildren(); drawChips(); return; }
    const on = new Set(wanted().map((/** @type {Column} */ column) => column.id));
    const known = new Set(desk.cities.columns.map((/** @type {Column} */ column) => column.id));
    const all = [...desk.cities.columns.slice(1), ...desk.cities.more.filter((/** @type {Column} */ column) => !known.has(column.id))];
    menu.replaceChildren(h("fieldset.menu.card", { "aria-label": say("table.columns") }, ...all.map((/** @type {Column} */ column) => h("label", {},
      h("input", { type: "checkbox", checked: on.has(column.id), onchange: (/** @type {Event} */ event) => {
        const box = /** @type {HTMLInputElement} */ (event.target);
        if (box.checked) on.add(column.id); else on.delete(column.id);
        narrowed.columns = new Set([desk.cities.columns[0].id, ...on]);
        const more = [...on].filter((id) => all.some((/** @type {Column} */ each) => each.id === id && !each.shown));
        if (more.join() === desk.more.join()) tabled(); else widen(more);
      } }), tell(column.title), column.kind === "change" ? h("span.q", {}, of(column)) : null))));
    drawChips();
  }

  /** @param {Column} column  which column a change belongs to */
  const of = (column) => tell(desk.cities.columns.find((/** @type {Column} */ each) => each.id === column.of)?.title);

  async function download() {
    await precise();
    const list = columns(), unit = (/** @type {Column} */ column) => (tell(column.unit) ? ` (${tell(column.unit)})` : "");
    const title = (/** @type {Column} */ column) => (column.kind === "change" && column.of ? `${of(column)}, ${tell(column.title)}` : tell(column.title)) + unit(column);
    const cell = (/** @type {Row} */ row) => (/** @type {Column} */ column) => {
      const value = row[column.id];
      if (typeof value === "number" && column.kind !== "level") return Number((column.kind === "share" || column.kind === "debt" ? 100 * value : value / column.size).toPrecision(12));
      return worded(column, value);
    };
    save(`${say("table.file")}.csv`, [list.map(title), ...made.getData("active").map((/** @type {Row} */ row) => list.map(cell(/** @type {Row} */ (desk.byKey.get(row.key)))))]);
  }

  function picture() {
    if (!desk.cities) return null;
    const placed = desk.rows.filter((row) => row.x !== null && row.y !== null);
    const { effect } = desk.state;
    const beside = trial() && effect.by_class ? sizeClasses(effect.by_class) : desk.state.coverage.length ? coverage(desk.state.coverage, tell(desk.state.coverage_note)) : null;
    return h(placed.length ? "div.picture" : "div.picture.nomap", {}, placed.length ? (trial() && effect.balance.length ? movedMap(placed) : standingMap(placed)) : null, beside);
  }

  /** @param {Row[]} placed  area the amount this year, colour against last year */
  function standingMap(placed) {
    const { column: id, against, borders } = desk.state.map;
    const column = desk.cities.columns.find((/** @type {Column} */ each) => each.id === id), change = desk.cities.columns.find((/** @type {Column} */ each) => each.id === against);
    const looks = ["big-down", "mid-down", "flat", "mid-up", "big-up"];
    const dots = placed.map((row) => {
      const amount = row[id] ?? 0, before = amount - (row[against] ?? 0), share = before > 0 ? amount / before - 1 : 0;
      return { key: row.key, x: row.x, y: row.y, amount, look: looks[borders.filter((/** @type {number} */ border) => share > border).length], name: named(row.key),
        lines: [named(row.key), `${tell(column.title)} ${shown(column, amount)} ${behind(tell(column.unit))}`, `${tell(change.title)} ${shown(change, row[against])}`] };
    });
    const [low, small, , high] = borders.map((/** @type {number} */ border) => number(Math.abs(100 * border)));
    const legend = [["big-up", say("map.over", { high })], ["mid-up", say("map.up", { small, high })], ["flat", say("map.flat", { small })], ["mid-down", say("map.down", { small, low })], ["big-down", say("map.under", { low })]]
      .map(([look, text]) => ({ look, text }));
    return h("section", {}, h("h2.h.first", {}, say("map.standing", { title: tell(column.title) })), map(dots, legend, { height: 232, label: say("map.standing", { title: tell(column.title) }), chosen: city, lassoed: picked.pick }));
  }

  /** @param {Row[]} placed  area the change, colour its sense */
  function movedMap(placed) {
    const balance = /** @type {import("./types.mjs").Balance} */ (balanced());
    const unit = tell(balance.unit), moved = new Map([...balance.pays, ...balance.gains]);
    if (isCut(balance)) for (const row of placed) { const amount = row[`${balance.column}:moved`] ?? 0; if (Math.abs(amount) > balance.quantum * 1.000001) moved.set(row.key, amount); }
    const most = Math.max(...balance.gains.map((/** @type {[string, number]} */ each) => each[1]), 0) / balance.size / 4;
    const place = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)) - 1), step = Math.max(1, Math.round(most / place)) * place, digits = Math.max(0, -Math.floor(Math.log10(place)));
    const dots = placed.map((row) => {
      const amount = moved.get(row.key) ?? 0, over = amount / balance.size > step;
      return { key: row.key, x: row.x, y: row.y, amount: Math.abs(amount), look: amount < 0 ? "big-down" : amount > 0 ? (over ? "big-up" : "mid-up") : "flat", name: named(row.key),
        lines: [named(row.key), `${arrowed(amount / balance.size, balance.decimals)} ${behind(unit)}`] };
    });
    const count = (/** @type {string} */ look) => dots.filter((dot) => dot.look === look).length, limit = number(step, digits);
    const gains = balance.gainers ? [{ look: "big-up", text: say("map.more", { limit, unit: behind(unit), n: count("big-up") }) }, { look: "mid-up", text: say("map.some", { limit, unit: behind(unit), n: count("mid-up") }) }] : [];
    const legend = [...(balance.payers ? [{ look: "big-down", text: say("map.less", { n: count("big-down") }) }] : []), ...gains, { look: "flat", text: say("map.same", { n: count("flat") }) }];
    return map(dots, legend, { height: 190, label: say("map.moved", { title: tell(balance.title) }), chosen: city, lassoed: picked.pick, largest: 12 });
  }

  /** A balance that lists fewer cities than move in it. @param {import("./types.mjs").Balance} balance */
  const isCut = (balance) => balance.pays.length + balance.gains.length < balance.payers + balance.gainers;

  /** Of very many cities that move a result tells all in one pool alone, in a column of the table. @param {import("./types.mjs").Balance} cut */
  async function complete(cut) {
    const { effect } = desk.state, whole = await ask("GET", path(`/balance/${encodeURIComponent(cut.pool)}`));
    if (desk.state.effect !== effect || Math.abs(whole.paid - cut.paid) > 1e-6) return;
    effect.balance = effect.balance.map((/** @type {any} */ each) => (each === cut ? whole : each));
    middle(); meaning();
  }

  function middle() {
    tools.hidden = !desk.cities;
    const { state } = desk, parts = [], clash = state.conflict ? conflict(state.conflict, () => { middle(); meaning(); }) : [];
    mid.classList.toggle("clash", clash.length > 0);
    const { effect } = state;
    const moved = trial() || edited(), balance = moved ? balanced() : undefined;
    if (trial() && balance && isCut(balance) && balance.column === null) complete(balance);
    if (balance) parts.push(balanceBars(balance, effect.balance, (pool) => { narrowed.pool = pool; middle(); meaning(); }));
    const tiers = run.compared();
    put(head, clash.length ? clash : run.banner(), h(clash.length ? "div.was" : "div", {}, poolBars(state.pools), tiers ? run.objectives(tiers) : tierSteps(state.tiers, moved), ...parts, run.running() && tiers ? null : picture()));
  }

  function meaning() {
    const { state } = desk;
    if (!state.conflict) { put(right, ...meant()); return; }
    put(right, ...reasons(state.conflict), desk.cities ? h("h2.h", {}, say("conflict.last")) : null, h("div.was", {}, ...meant().filter((each) => each !== null)));
  }

  /** @returns {(HTMLElement | null)[]} who pays, who gains, and what did not change */
  function effected() {
    const { effect } = desk.state, balance = balanced(), pays = balance?.pays.slice(0, 7) ?? [], gains = balance?.gains.slice(0, 7) ?? [];
    return [h("p.say", {}, tell(effect.sentence)), effect.note ? h("p.note", { "data-key": "older" }, tell(effect.note)) : null, ...(balance ? [
      ...(pays.length ? [h("h2.h", {}, say("effect.pays", { unit: tell(balance.unit) }), h("span", {}, say("effect.against"))), ...winners(pays, { ...balance, chosen: city, beside: gains })] : []),
      ...(gains.length ? [h("h2.h", {}, say("effect.gains", { unit: tell(balance.unit) }), h("span", {}, say("effect.cities", { n: balance.gainers }))), ...winners(gains, { ...balance, chosen: city, beside: pays })] : []),
    ] : []), h("h2.h", {}, say("effect.unchanged")), h("p.note", {}, tell(effect.unchanged))];
  }

  /** No longer tells what the edit that was kept did. */
  const hide = () => h("button.link.n", { type: "button", "data-key": "hide", onclick: () => { narrowed.hidden = desk.state.hash; middle(); meaning(); } }, say("effect.hide"));

  /** @returns {(HTMLElement | null)[]} what the result that is shown means */
  function meant() {
    const { state } = desk;
    if (trial()) return [...effected(), ...further()];
    const largest = state.largest[0], gains = largest?.gains.slice(0, 5), losses = largest?.losses.slice(0, 5), now = run.meaning();
    if (now) return now;
    const last = edited() ? [h("h2.h.first", {}, tell(desk.state.effect.title), hide()), ...effected(), h("h2.h", {}, say("effect.now"))] : [];
    return [...last, h("p.say", {}, tell(state.sentence)),
      state.binding.length ? h("h2.h", {}, say("binding.title")) : null,
      ...state.binding.slice(0, narrowed.more ? undefined : BINDING).map((/** @type {import("./types.mjs").Binding} */ rule) => h(rule.by_city ? "button.kv" : "div.kv", { title: tell(rule.words),
        ...(rule.by_city ? { type: "button", "data-key": `b${rule.family}`, onclick: () => held(rule) } : {}) },
        h("span", {}, tell(rule.title)), h("span.nb", {}, h("b", {}, number(rule.count)), " ", h("span.q.n", {}, tell(rule.of_words))))),
      state.binding.length > BINDING && !narrowed.more ? h("button.link.n", { type: "button", "data-key": "more", onclick: () => { narrowed.more = true; meaning(); } }, say("binding.more", { n: state.binding.length - BINDING })) : null,
      ...(largest ? [h("h2.h", {}, say("list.unit", { title: tell(largest.title), unit: tell(largest.unit) })), ...winners(gains, { ...largest, chosen: city, beside: losses }),
        ...winners(losses, { ...largest, chosen: city, beside: gains })] : []),
      ...(tell(state.sources) ? [h("h2.h", {}, say("sources.title")), h("p.note", {}, tell(state.sources))] : [])];
  }

  /** @returns {HTMLElement[]} a way to see the number that was changed over a range */
  function further() {
    const rule = desk.state.rules.find((/** @type {import("./types.mjs").Rule} */ each) => each.before !== null && each.value !== null);
    return rule && desk.state.screens.includes("curve") ? [h("h2.h", {}, say("curve.further")), h("button.link.n", { type: "button", "data-key": "further", onclick: () => { location.hash = `#curve/${encodeURIComponent(rule.id)}`; } }, say("curve.over", { rule: tell(rule.apart) }))] : [];
  }

  /** @param {string} part */
  function render(part) {
    if (part === "typing" || part === "findings") { rules.update(); return; }
    if (part === "line") { rules.update(); return; }
    if (part.startsWith("progress:")) return;
    if (part === "run") { middle(); meaning(); drawChips(); return; }
    if (!trial() && !edited()) narrowed.pool = null;
    rules.update(); middle(); meaning(); tabled(); picked.changed();
  }
  mid.classList.toggle("unfolded", narrowed.unfolded);
  const pointed = location.hash.split("/")[1];
  if (pointed && desk.byKey.has(pointed)) { narrowed.only = { title: named(pointed), codes: new Set([pointed]) }; narrowed.levels.clear(); }
  rules.whole(); middle(); meaning(); tabled(); picked.changed();
  if (desk.wanted) { const rule = /** @type {HTMLElement | null} */ (left.querySelector(`[data-key="${CSS.escape(desk.wanted)}"]`)); desk.wanted = null; rule?.focus(); rule?.scrollIntoView({ block: "center" }); }
  const key = (/** @type {string} */ pressed) => {
    const cell = pressed === "Alt+Enter" ? cellOf(document.activeElement) : null;
    if (cell) city(cell.key, cell.column, "why");
    return Boolean(cell) || (/^[1-9]$/.test(pressed) && repair(Number(pressed) - 1));
  };
  return { render, key, leave: () => { if (made?.initialized) made.destroy(); } };
}
