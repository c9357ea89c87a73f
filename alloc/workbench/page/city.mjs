// Screen c: one city – what it gets of every pool and why, what holds it, its services, and what it would take.

import { tabled } from "./answers.mjs";
import { ask, Refused } from "./api.mjs";
import { address, clashing, desk, named, path, readOnly, saved, together, worded } from "./desk.mjs";
import { h, place, put } from "./dom.mjs";
import { act, discard, open } from "./editing.mjs";
import { anew, inquire, margin, propose, taking, worth } from "./inquiry.mjs";
import { mine } from "./mine.mjs";
import { arrowed, number, signed } from "./numbers.mjs";
import { onePage } from "./onepage.mjs";
import { fall, ruler, shown } from "./ruler.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").City} City */
/** @typedef {import("./types.mjs").CityPool} CityPool */

const LISTED = 60; // cities that a search lists

/** What is looked at; it stays while other screens are shown. */
const held = { pool: "" };

/** The city that the address names, else the last one, else the largest. @returns {string} */
function wanted() {
  if (desk.city && desk.byKey.has(desk.city)) return desk.city;
  const before = desk.state.view.city;
  if (before && desk.byKey.has(before)) return before;
  return [...desk.rows].sort((a, b) => (b.residents ?? 0) - (a.residents ?? 0))[0]?.key ?? "";
}

/** @param {HTMLElement} main */
export function city(main) {
  const list = h("div", {}), standing = h("div", {}), mid = h("section.mid", { "aria-label": say("screen.city") }), right = h("aside.side.rt", { "aria-label": say("nation.meaning"), tabindex: 0 });
  main.className = "";
  main.replaceChildren(h("aside.side.l", { "aria-label": say("city.beside") }, list, standing), mid, right);
  const edits = mine(standing), search = /** @type {HTMLInputElement} */ (h("input.search", { type: "search", placeholder: `${say("table.find")}  /`, "aria-label": say("table.find"), "data-find": true }));
  const rows = h("div", {});
  list.append(search, rows);
  search.addEventListener("input", neighbours);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; neighbours(); search.blur(); event.stopPropagation(); }
    else if (event.key === "Enter" && !event.isComposing) { const [first] = listed(); if (first) { search.value = ""; go(first[0]); } }
  });

  /** @type {City | null} */ let found = null;
  let code = "", missing = "", over = false, turn = 0;

  /** @returns {CityPool | undefined} the pool that is looked at */
  const pool = () => found?.pools.find((each) => each.id === held.pool) ?? found?.pools[0];

  /** @param {string} key  opens another city, with the pool that is looked at */
  function go(key) { location.hash = address(key, held.pool); }

  /** Reads the address: another city, another pool, or a question to ask at once. */
  function read() {
    const [, key, chosen, verb] = desk.route;
    if (chosen) held.pool = chosen;
    desk.city = key || wanted();
    if (desk.city !== code) { code = desk.city; anew(); }
    if (code) desk.state.view = { ...desk.state.view, city: code };
    load().then(() => { if (verb === "why") why(); });
  }

  /** The city as the result that is shown has it; what stood there before stays until it is there. */
  async function load() {
    const own = (turn += 1);
    if (!desk.cities) { missing = say("city.nothing"); whole(); return; }
    const waiting = setTimeout(() => { if (found?.code !== code) { found = null; whole(); } }, 200);
    try {
      const answer = await ask("GET", path(`/city/${encodeURIComponent(code)}`));
      if (over || own !== turn) return;
      const said = found?.code !== answer.code;
      found = answer;
      if (answer.code !== code) { // it was asked for by its name
        desk.city = code = answer.code;
        history.replaceState(null, "", `${location.search}${address(code, pool()?.id ?? "")}`);
      }
      missing = "";
      if (said) place("spoken").textContent = tell(pool()?.said[0]);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (over || own !== turn) return;
      found = null;
      missing = tell(error.title) || error.message;
    } finally { clearTimeout(waiting); }
    whole();
  }

  /** @returns {[string, string, string, number | null][]} code, name, amount and change of the cities at the left */
  function listed() {
    const text = search.value.trim().toLowerCase(), now = pool();
    if (!text) {
      const size = now?.size ?? 1, near = now?.neighbours ?? [], digits = (near[0]?.[1] ?? 0) / size < 100 ? 2 : 0;
      return near.map(([key, amount, change]) => [key, named(key), number(amount / size, digits), change]);
    }
    const words = desk.cities.columns.filter((/** @type {any} */ column) => ["text", "code"].includes(column.kind) || column.id === "province");
    return desk.rows.filter((row) => row.key.toLowerCase().includes(text) || words.some((/** @type {any} */ column) => (column.kind === "level" ? worded(column, row[column.id]) : [row[column.id]].flat().join(" ")).toLowerCase().includes(text)))
      .slice(0, LISTED).map((row) => [row.key, named(row.key), row.key, null]);
  }

  function neighbours() {
    const now = pool(), text = search.value.trim(), near = listed();
    put(rows, found && now ? h("h2.h", {}, text ? say("city.matches", { n: near.length }) : say("list.unit", { title: tell(found.near), unit: `${tell(now.title)} ${tell(now.unit)}` }), text ? null : h("span.nb", {}, say("city.against"))) : null,
      ...near.map(([key, name, amount, change]) => h("button.beside", { type: "button", "data-key": `n${key}`, "aria-current": key === code ? "true" : null, onclick: () => go(key) },
        h("span", {}, name), h("span.r", {}, amount), h(`small.${change === null || !arrowed(100 * change).startsWith("▲") ? (change === null || arrowed(100 * change) === "0" ? "q" : "down") : "up"}`, {}, change === null ? "" : `${arrowed(100 * change)} %`))),
      text && !near.length ? h("p.note", {}, say("table.empty")) : null);
    edits.update();
  }

  /** @param {number} by  the next or the one before of the cities at the left */
  function step(by) {
    const near = listed(), at = near.findIndex(([key]) => key === code);
    if (near.length) go(near[(at + by + near.length) % near.length][0]);
  }

  /** @param {string} id  looks at another pool */
  function choose(id) {
    held.pool = id;
    history.replaceState(null, "", `${location.search}${address(code, id)}`);
    whole();
  }

  /** Asks what stands at the margin of the number that is looked at. */
  function why() { const now = pool(); if (now) inquire("why", { city: code, pool: now.id }, meaning); }

  /** The tables: pools, the number between what holds it, what made it, services, the rest. */
  function middle() {
    const { state } = desk, now = pool(), clash = state.conflict ? banner() : null;
    if (missing) { put(mid, clash, h("p.say", {}, missing), h("p.note", {}, h("a.link", { href: "#nation" }, say("city.to_nation", { place: together("city.the_nation") })))); return; }
    if (!found || !now) { put(mid, clash, ...Array.from({ length: 16 }, () => h("div.skeleton"))); mid.setAttribute("aria-busy", "true"); return; }
    mid.removeAttribute("aria-busy");
    const { debt } = found;
    put(mid, clash, h(clash ? "div.was" : "div", {}, h("div.title", {}, h("h2", {}, tell(found.name)), h("span.n.q", {}, found.facts.map(tell).join(" · ")),
      debt ? h(Number.parseInt(String(debt.colour).slice(1, 3), 16) * 0.3 + Number.parseInt(String(debt.colour).slice(3, 5), 16) * 0.59 + Number.parseInt(String(debt.colour).slice(5), 16) * 0.11 < 110 ? "span.tag.dark" : "span.tag", { style: { background: debt.colour }, title: tell(debt.title) }, tell(debt.letter)) : null),
    h("div.scroll", { tabindex: 0, role: "group", "aria-label": say("pool.all") }, table(found.pools, now)),
    h("h2.h", {}, say("city.stands", { pool: tell(now.title) }), h("span", {}, say(readOnly() ? "city.shaded" : "city.drag"))), ruler(now, Math.max(280, mid.clientWidth - 24), readOnly() ? undefined : (amount) => { propose(now, amount); meaning(); }),
    h("div.pairs.lean", {}, now.steps.length ? h("section", {}, h("h2.h.first", {}, say("city.fall", { unit: tell(now.unit) })), fall(now)) : h("section", {}, h("h2.h.first", {}, say("city.parts", { unit: tell(now.unit) })), parts(now)), services(found)),
    h("div.pairs", {}, holding(now), compared(found)),
    h("div.pairs", {}, ...found.tables[language()].map((each) => h("section", {}, tabled(each)))),
    h("div.told", {}, ...worth(code, middle))));
  }

  /** A clash of rules: said here, repaired on the page of the nation. */
  const banner = () => h("div.banner", { role: "alert" }, h("b.down", { "aria-hidden": "true" }, "✕"), h("div.grow", {}, h("div.say", {}, tell(desk.state.conflict.sentence)), h("div.q", {}, saved())),
    clashing() ? h("a.btn", { href: "#nation" }, say("conflict.repairs_short")) : null, readOnly() || !(desk.state.can_undo || desk.state.trial) ? null : h("button.btn.go", { type: "button", "data-key": "back", onclick: () => (open() ? discard() : act("/undo")) }, say("conflict.back"), h("kbd", {}, "Ctrl Z")));

  const HEADS = ["last_year", "benchmark", "rule", "optimised", "override", "rounding", "published"];

  /** @param {CityPool[]} pools @param {CityPool} now */
  function table(pools, now) {
    const cell = (/** @type {CityPool} */ each, /** @type {number | null} */ amount, /** @type {boolean} */ sign) => (amount === null ? "—" : sign ? signed(amount / each.size, each.decimals) : number(amount / each.size, each.decimals));
    const moved = (/** @type {CityPool} */ each) => each.before !== null && cell(each, each.before, false) !== cell(each, each.published, false); // as it is shown
    return h("table.plain", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("city.pool")), h("th", { scope: "col" }, say("city.unit")), ...HEADS.map((head) => h("th.r", { scope: "col" }, say(`figure.${head}`))), h("th.r", { scope: "col" }, say("city.against")))),
      h("tbody", {}, ...pools.map((each) => h(each === now ? "tr.at" : "tr", { "data-pool": each.id, onclick: () => choose(each.id) },
        h("th", { scope: "row" }, h("button", { type: "button", "data-key": `p${each.id}`, "aria-pressed": String(each === now), onkeydown: pick, onclick: (/** @type {Event} */ event) => { event.stopPropagation(); choose(each.id); } }, tell(each.title))), h("td.q", {}, tell(each.unit)),
        h("td.r", {}, cell(each, each.last_year, false), each.mark ? h("span.q.n", {}, each.mark) : null), h("td.r", {}, cell(each, each.benchmark, false)), h("td.r", {}, cell(each, each.rule, true)), h("td.r", {}, cell(each, each.optimised, true)),
        h("td.r", {}, cell(each, each.override, true)), h("td.r", {}, cell(each, each.rounding, true)),
        h(!moved(each) ? "td.r" : each.published > Number(each.before) ? "td.r.gain" : "td.r.lose", {}, !moved(each) ? null : [h("s", {}, cell(each, each.before, false)), " "], h("b", {}, cell(each, each.published, false))),
        h("td.r", {}, each.change === null ? "—" : h({ "▲": "span.up", "▼": "span.down" }[arrowed(100 * each.change, 1)[0]] ?? "span.q", {}, `${arrowed(100 * each.change, 1)} %`))))));
  }

  /** Up and down go from pool to pool. @param {KeyboardEvent} event */
  function pick(event) {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0, pools = found?.pools ?? [], at = pools.findIndex((each) => each.id === pool()?.id) + by;
    if (!by || !pools[at]) return;
    event.preventDefault();
    choose(pools[at].id);
    /** @type {HTMLElement | null} */ (mid.querySelector(`[data-key="p${pools[at].id}"]`))?.focus();
  }

  /** @param {CityPool} now  the five parts, where nothing of last year is known */
  const parts = (now) => h("div.fall", {}, ...HEADS.slice(1).filter((head) => head === "published" || /** @type {any} */ (now)[head] !== 0).map((head) => h(head === "published" ? "div.step.sum" : "div.step", {}, h(head === "published" ? "b" : "span", {}, say(`figure.${head}`)), h("span"),
    h(head === "published" ? "b.r" : "span.r", {}, head === "published" || head === "benchmark" ? shown(now, /** @type {any} */ (now)[head]) : signed(/** @type {any} */ (now)[head] / now.size, now.decimals)))));

  /** @param {City} now */
  const services = (now) => h("section", {}, h("h2.h.first", {}, say("city.services")), h("div.scroll", { tabindex: 0, role: "group", "aria-label": say("city.services") }, h("table.plain", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("city.service")), ...["need", "there", "built", "added", "before", "after"].map((head) => h("th.r", { scope: "col" }, say(`figure.${head}`))))),
    h("tbody", {}, ...now.services.map((each) => h("tr", {}, h("th", { scope: "row", title: tell(each.unit) }, tell(each.title)), h("td.r", {}, number(each.need)), h("td.r", {}, number(each.there), each.mark ? h("span.q.n", {}, each.mark) : null), h("td.r", {}, number(each.built, each.decimals)),
      h("td.r", {}, signed(each.added)), h("td.r", {}, number(100 * each.before, 1)), h("td.r", {}, h("b", {}, number(100 * each.after, 1)))))))));

  /** @param {CityPool} now  bounds and rules without room left, each with the way to where its numbers stand */
  const holding = (now) => h("section", {}, h("h2.h.first", {}, say("city.holds", { pool: tell(now.title) })), ...now.bounds.map((each) => h("div.held", {},
    h("span", {}, h("b", {}, tell(each.title)), " ", h("span.q.n", {}, say(`figure.${each.side}`), each.amount === null ? "" : ` ${shown(now, each.amount)}`)), each.reached ? h("span.n", {}, tell(each.reached)) : h("span.n.q.nb", {}, each.amount === null ? "" : say("city.away", { n: shown(now, Math.abs(each.amount - now.published)) })),
    h("span.n.q", {}, tell(each.words), " ", ...links(each)))), now.bounds.length ? null : h("p.note", {}, say("city.nothing_holds")));

  /** @param {import("./types.mjs").Bound} bound  to the rule at the left of the nation, else to the table that has its number */
  function links(bound) {
    const rules = bound.links.flatMap((link) => desk.state.rules.filter((/** @type {any} */ rule) => rule.id === link.rule)).slice(0, 3);
    const tables = rules.length ? [] : [...new Set(bound.links.flatMap((link) => link.table ?? []))];
    return [...rules.map((rule) => h("button.link", { type: "button", "data-key": `r${bound.side}${rule.id}`, onclick: () => { desk.wanted = rule.id; location.hash = "#nation"; } }, tell(rule.title))),
      ...tables.map((name) => h("button.link", { type: "button", "data-key": `t${bound.side}${name}`, onclick: () => { desk.state.view = { ...desk.state.view, table: name }; location.hash = "#data"; } }, say("city.to_table", { name: say("screen.data") })))].flatMap((each) => [each, " "]);
  }

  /** @param {City} now  for one resident of every pool, and coverage of services: here, its class, the nation */
  function compared(now) {
    const alone = now.pools.every((each) => each.beside.size_class === null);
    const heads = alone ? ["here", "nation"] : ["here", "class", "nation"], head = say(alone ? "city.compared_alone" : "city.compared", { place: together("city.the_nation") });
    /** @param {(number | null)[]} values @param {number} decimals */
    const cells = (values, decimals) => values.flatMap((value, at) => value === null ? [] : [h("td.r", {}, h(at ? "span" : "b", {}, number(value, decimals)))]);
    return h("section", {}, h("h2.h.first", {}, head), h("div.scroll", { tabindex: 0, role: "group", "aria-label": head }, h("table.plain", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("city.each")), ...heads.map((each) => h("th.r", { scope: "col" }, each === "nation" ? together("figure.nation") : say(`figure.${each}`))))),
    h("tbody", {}, ...now.pools.map((each) => h("tr", {}, h("th", { scope: "row" }, say("list.unit", { title: tell(each.title), unit: tell(each.beside.unit) })), ...cells([each.beside.here, each.beside.size_class, each.beside.nation], each.beside.decimals))),
      ...now.services.map((each) => h("tr", {}, h("th", { scope: "row" }, say("city.covered", { service: tell(each.title) })), ...cells([each.after, each.size_class, each.nation].map((value) => value === null ? null : 100 * value), 1)))))));
  }

  /** The right column: what the number is and why, and what can be asked of it. */
  function meaning() {
    const now = pool();
    if (!found || !now) { put(right, ...(missing ? [] : Array.from({ length: 8 }, () => h("div.skeleton")))); return; }
    const [first, ...more] = now.said;
    put(right, h("p.say", {}, tell(first)), ...more.map((each) => h("p.note", {}, tell(each))), ...margin(code, now, meaning), ...taking(code, now, meaning, go),
      ...(now.compared.length ? [h("h2.h", {}, say("city.past")), ...now.compared.map((each) => h("p.note", {}, tell(each)))] : []));
  }

  function whole() {
    neighbours(); middle(); meaning();
    desk.aside = found && !readOnly() ? () => onePage(code) : null;
    document.dispatchEvent(new Event("aside"));
  }

  const sized = () => { if (found) middle(); };
  window.addEventListener("resize", sized);
  whole();
  read();
  return {
    go: read,
    /** @param {string} part */
    render: (part) => { if (part === "result") { if (code) load(); else read(); } else if (part === "line") whole(); else if (part === "typing" || part === "findings") edits.update(); },
    /** @param {string} pressed */
    key: (pressed) => {
      if (pressed === "[" || pressed === "]") step(pressed === "]" ? 1 : -1);
      else if (pressed === "Alt+Enter") why();
      else if (pressed === "Escape") location.hash = "#nation";
      else return false;
      return true;
    },
    leave: () => { over = true; desk.aside = null; window.removeEventListener("resize", sized); },
  };
}
