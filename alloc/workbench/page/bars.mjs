// Bars: pools with their reserve, services, winners and losers, the balance, size classes.

import { h } from "./dom.mjs";
import { named } from "./desk.mjs";
import { arrowed, number, signed } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Amount} Amount */

const percent = (/** @type {number} */ share) => `${(100 * Math.max(0, Math.min(1, share))).toFixed(2)}%`;

const capital = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {import("./types.mjs").Pool[]} pools */
export const poolBars = (pools) => h("section.pools", { "aria-label": say("pool.all") }, ...pools.map((pool) => {
  const whole = Math.max(pool.total, 1e-12);
  return h("div.pool", {}, h("h3", {}, tell(pool.title)),
    h("div.f", {}, number(pool.given / pool.size, pool.decimals), " ", h("small", {}, tell(pool.unit))),
    h("div.bar", { "aria-hidden": "true" }, h("i", { style: { width: percent(pool.given / whole) } }), h("b", { style: { width: percent(pool.left / whole) } }), h("em", { style: { flex: "1" } })),
    h("div", {}, say("pool.left"), " ", h("b", {}, number(pool.left / pool.size, Math.abs(pool.left / pool.size) < 0.5 ? 0 : pool.decimals)), " · ", say("pool.reserve", { share: number(100 * pool.reserve, Number.isInteger(Math.round(1e6 * pool.reserve) / 1e4) ? 0 : 1) })));
}));

/** @param {string} text  a number, and its unit in small type behind */
const valued = (text) => { const [, value, unit] = /^(\S+) (?:· )?(.+)$/.exec(text) ?? [null, text, ""]; return unit ? [value, " ", h("small", {}, unit)] : [value]; };

/** @param {import("./types.mjs").Tier[]} tiers @param {boolean} compared */
export const tierSteps = (tiers, compared) => h("section.tiers", { "aria-label": say("tier.all") }, ...tiers.map((tier) => {
  const { moved } = tier;
  return h("div.tier", {}, h("h3", {}, `${tier.number} ${capital(tell(tier.title))}`), h("div.f", {}, ...valued(tell(tier.value))),
    compared && moved ? h(moved.better === null ? "span.q" : moved.better ? "span.up" : "span.down", {}, tell(moved.words))
      : compared && tier.unchanged ? say("tier.unchanged") : tell(tier.state));
}));

/** @param {import("./types.mjs").Coverage[]} rows @param {string} note */
export const coverage = (rows, note) => h("section", {},
  h("h2.h.first", {}, say("coverage.title"), h("span", {}, h("i.key.before"), say("coverage.now"), h("i.key"), say("coverage.added"))),
  ...rows.map((row) => h("div.covered", {}, h("span", {}, tell(row.title)),
    h("span.track", { "aria-hidden": "true" }, h("i.now", { style: { width: percent(row.before) } }), h("i.added", { style: { width: percent(row.added) } })),
    h("span.r.nb", {}, number(100 * (row.before + row.added), 1), " ", h(row.added < -5e-4 ? "span.down" : "span.up", {}, arrowed(100 * row.added, 1))))),
  note ? h("p.note", {}, note) : null);

/**
 * Cities with a bar each, the longest as wide as there is room; those who gain and those who lose on one scale.
 * @param {Amount[]} amounts @param {{size: number, decimals: number, chosen: (key: string) => void, called?: (key: string) => string, beside?: Amount[]}} options  `beside`: those of the other side
 */
export function winners(amounts, { size, decimals, chosen, called = named, beside = [] }) {
  const most = Math.max(...[...amounts, ...beside].map(([, amount]) => Math.abs(amount)), 1e-12);
  const digits = Math.max(0, Math.min(decimals, 2 - Math.floor(Math.log10(most / size)))); // three figures of the longest
  return amounts.map(([key, amount]) => h(amount < 0 ? "button.wl.l" : "button.wl", { type: "button", "data-key": `wl${key}`, onclick: () => chosen(key) },
    h("span", {}, called(key)), h("i", { style: { width: percent(Math.abs(amount) / most) } }),
    h(amount < 0 ? "span.r.down" : "span.r.up", {}, signed(amount / size, digits))));
}

/**
 * Those who pay left, those who gain right, equal sums, one segment a city.
 * @param {import("./types.mjs").Balance} balance
 * @param {import("./types.mjs").Balance[]} all  of the pools that moved
 * @param {(pool: string) => void} choose  another of them
 */
export function balanceBars(balance, all, choose) {
  const { size, decimals } = balance, unit = tell(balance.unit);
  const most = Math.max(balance.paid, balance.gained, 1e-12), SEGMENTS = 34;
  const strip = (/** @type {Amount[]} */ amounts, /** @type {number} */ all, /** @type {number} */ n) => {
    const sorted = [...amounts].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    const apart = sorted.length <= SEGMENTS + 6 ? sorted : sorted.slice(0, SEGMENTS);
    const rest = n > apart.length ? all - apart.reduce((sum, [, amount]) => sum + Math.abs(amount), 0) : 0;
    const parts = apart.map(([key, amount]) => h("i", { style: { width: percent(Math.abs(amount) / most) }, title: `${named(key)} ${signed(amount / size, decimals)} ${unit}` }));
    if (rest > 0) parts.push(h("i.rest", { style: { width: percent(rest / most) }, title: say("balance.rest", { n: n - apart.length }) }));
    return parts;
  };
  const { left } = balance, pool = (/** @type {number} */ amount) => (amount > 1e-9 * most ? h("i.pool", { style: { width: percent(amount / most) }, title: `${number(amount / size, decimals)} ${unit}` }) : null);
  const and = (/** @type {import("./types.mjs").Words} */ note, /** @type {number} */ amount, /** @type {string} */ key) => [tell(note), amount > 1e-9 * most ? `${tell(note) ? say("list.and") : ""}${say(key, { amount: number(amount / size, decimals), unit })}` : ""].join("");
  const pools = /** @type {HTMLSelectElement} */ (h("select.chip.which", { "aria-label": say("balance.which"), "data-key": "which" },
    ...all.map((each) => h("option", { value: each.pool, selected: each === balance }, tell(each.title)))));
  pools.addEventListener("change", () => choose(pools.value));
  return h("section.balance", { "aria-label": tell(balance.title) },
    h("div.half", {}, h("div.l", {}, all.length > 1 ? pools : null, h("h2.n.q", {}, say("balance.pays")), h("div.big.down", {}, `▼ ${number(balance.paid / size, decimals)} ${unit}`)),
      h("div.g", {}, h("h2.n.q", {}, say("balance.gains")), h("div.big.up", {}, `▲ ${number(balance.gained / size, decimals)} ${unit}`))),
    h("div.half.strip", { "aria-hidden": "true" }, h("div.l", {}, pool(-left), ...strip(balance.pays, balance.paid, balance.payers).reverse()), h("div.g", {}, ...strip(balance.gains, balance.gained, balance.gainers), pool(left))),
    h("div.half.n.q", {}, h("div.l", {}, and(balance.pays_note, -left, "balance.from_pool")), h("div.g", {}, and(balance.gains_note, left, "balance.to_pool"))));
}

/** @param {import("./types.mjs").ByClass} classes */
export function sizeClasses(classes) {
  const most = Math.max(...classes.rows.flatMap((row) => [row.before, row.after]), 1e-12);
  const shown = (/** @type {number} */ amount) => number(amount / classes.size, classes.decimals);
  return h("section", {}, h("h2.h.first", {}, say("classes.title", { pool: tell(classes.title), unit: tell(classes.unit) }), h("span", {}, h("i.key.before"), say("classes.before"), h("i.key"), say("classes.after"))),
    ...classes.rows.map((row) => {
      const moved = (row.after - row.before) / classes.size, text = arrowed(moved, classes.decimals);
      return h("div.sized", {}, h("span", {}, tell(row.title), " ", h("span.q.n", {}, row.n)),
        h("span.pair", { "aria-hidden": "true" }, h("i", { style: { width: percent(row.before / most) } }), h("i", { style: { width: percent(row.after / most) } })),
        h("span.r", {}, shown(row.after)), h(text === "0" ? "span.r.q" : moved > 0 ? "span.r.up" : "span.r.down", {}, text));
    }));
}
