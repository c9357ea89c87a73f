// What is asked of one number of a city: what stands at its margin, what it takes to give more, what one more unit
// brings. Each is worked out beside, with a lamp and a way to stop it; what was answered of a result is kept with it.

import { question, stage, stop, told } from "./answers.mjs";
import { Refused } from "./api.mjs";
import { winners } from "./bars.mjs";
import { desk, named, readOnly } from "./desk.mjs";
import { h } from "./dom.mjs";
import { attempt } from "./editing.mjs";
import { figure, parsed, refused } from "./numbers.mjs";
import { shown } from "./ruler.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").CityPool} CityPool */
/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {import("./answers.mjs").Answer} Answer */
/** @typedef {{job: string, seconds: number, progress: any, behind: any, answer: Answer | null, wrong: string}} Asked */

const PAYERS = 7;

/** @type {Map<string, Asked>} */
const asked = new Map();

/** @param {string} kind @param {Record<string, any>} body */
const name = (kind, body) => [desk.state.hash, kind, ...Object.values(body)].join(" ");

/**
 * Asks, unless it is asked or answered already.
 * @param {string} kind @param {Record<string, any>} body @param {() => void} done  draws again whenever something is known
 */
export async function inquire(kind, body, done) {
  const key = name(kind, body), before = asked.get(key);
  if (readOnly() || (before && !before.wrong)) return;
  /** @type {Asked} */
  const entry = { job: "", seconds: 0, progress: null, behind: null, answer: null, wrong: "" };
  asked.set(key, entry);
  done();
  try {
    entry.answer = await question(kind, body, (job) => { Object.assign(entry, { job: job.id, seconds: job.seconds, progress: job.progress, behind: job.behind }); done(); });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    entry.wrong = tell(error.title) || say("city.stopped");
  }
  done();
}

/** @param {string} kind @param {Record<string, any>} body @param {string} title @param {() => void} done @param {Node[]} before  a button that asks, then how far it is; what stands before the button */
function asking(kind, body, title, done, ...before) {
  const entry = asked.get(name(kind, body));
  if (!entry || entry.wrong) {
    return [entry?.wrong ? h("p.finding", { role: "alert" }, entry.wrong) : null,
      readOnly() ? null : h("div.asking", {}, ...before, h("button.btn", { type: "button", "data-key": `ask-${kind}`, onclick: () => inquire(kind, body, done) }, title, kind === "why" ? h("kbd", {}, "Alt Enter") : null))];
  }
  if (entry.answer) return before.length ? [h("div.asking", {}, ...before)] : [];
  const { progress, behind } = entry, far = behind ? say("state.behind", { what: tell(behind.title), n: Math.floor(behind.seconds) }) : progress ? stage(progress) : say("city.working");
  return [before.length ? h("div.asking", {}, ...before) : null, h("div.asking", { role: "status" }, h("i.lamp.wait"), h("span.n.q.grow", {}, far, entry.seconds >= 2 ? ` · ${say("state.seconds", { n: Math.floor(entry.seconds) })}` : ""),
    entry.job ? h("button.btn", { type: "button", "data-key": `ask-${kind}`, onclick: () => stop(entry.job) }, say("state.cancel")) : null)];
}

/** @param {string} kind @param {Record<string, any>} body */
const answered = (kind, body) => asked.get(name(kind, body))?.answer ?? null;

/** @param {Answer} answer @param {string} kind  a button that shows everything that the command line says */
export const whole = (answer, kind) => h("button.link.n", { type: "button", "data-key": `whole-${kind}`, onclick: () => {
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog.wide", { "aria-label": say("conflict.details") }, h("div.told", {}, ...told(answer)), h("div.buttons", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("keys.close")))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
} }, say("conflict.details"));

/** @param {string} city @param {CityPool} pool @param {() => void} done */
export function margin(city, pool, done) {
  const body = { city, pool: pool.id }, answer = answered("why", body);
  return [h("h2.h", {}, say("city.margin")), ...asking("why", body, say("city.ask_margin"), done),
    ...(answer ? [...answer.record.margin.map((/** @type {any} */ each) => h("p.note", {}, tell(each))), answer.record.margin.length ? null : h("p.note", {}, say("city.no_margin")), whole(answer, "why")] : [])];
}

/** What is typed as the amount to give, by pool. @type {Map<string, string>} */
const typed = new Map();

/** @param {CityPool} pool @param {number} amount  proposes an amount to give */
export const propose = (pool, amount) => { typed.set(pool.id, String(Number((amount / pool.size).toPrecision(4)))); };
/** Forgets what was proposed: another city has other amounts. */
export const anew = () => typed.clear();

/** @param {string} city @param {CityPool} pool @param {() => void} done @param {(key: string) => void} open */
export function taking(city, pool, done, open) {
  const text = typed.get(pool.id) ?? String(Number(((1.1 * pool.published || pool.benchmark || pool.quantum) / pool.size).toPrecision(3))), unit = tell(pool.unit), value = parsed(text, unit);
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "decimal", value: text, "data-key": "amount", autocomplete: "off", disabled: readOnly(), "aria-label": say("city.take_of", { unit }), "aria-invalid": value === null || value <= 0 ? "true" : null }));
  const body = { city, pool: pool.id, at_least: Number(((value ?? 0) * pool.size).toPrecision(12)) }, answer = value === null || value <= 0 ? null : answered("take", body);
  const ask = () => { typed.set(pool.id, input.value); const now = parsed(input.value, unit); if (now !== null && now > 0) inquire("take", { ...body, at_least: Number((now * pool.size).toPrecision(12)) }, done); done(); };
  input.addEventListener("change", () => { typed.set(pool.id, input.value); done(); });
  input.addEventListener("keydown", (event) => { if (event.isComposing) return; if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); ask(); } });
  const field = [input, h("span.q.n", {}, unit)];
  return [h("h2.h", {}, say("city.take")),
    ...(value === null || value <= 0 ? [h("div.asking", {}, ...field), h("p.finding", { role: "alert" }, refused(text, unit))] : asking("take", body, say("city.ask_take"), done, ...field)),
    ...(answer ? [...ways(pool, answer.record, open), whole(answer, "take")] : [])];
}

/** @param {CityPool} pool @param {any} record @param {(key: string) => void} open */
function ways(pool, record, open) {
  const { grant } = record, parts = [];
  if (grant?.outcome === "granted") parts.push(way(say("city.granted"), say("city.granted_by", { n: grant.payers.length }), [grant.edit], pool, record));
  for (const each of record.parameters.filter((/** @type {any} */ one) => one.outcome === "found")) {
    parts.push(way(tell(each.title), h("span", {}, asListed(each.target, each.before).join(" ").trim(), " → ", h("b", {}, asListed(each.target, each.after).join(" ").trim()), each.published === null ? "" : ` · ${say("city.gets", { n: shown(pool, each.published) })}`), each.edits, pool, record));
  }
  const short = record.parameters.filter((/** @type {any} */ one) => ["not_enough", "impossible"].includes(one.outcome));
  if (short.length) parts.push(h("p.note", {}, say("city.not_enough", { names: short.map((/** @type {any} */ each) => tell(each.title)).join(say("list.comma")) })));
  if (record.stopped) parts.push(h("p.note", {}, say("city.cut_short")));
  if (record.met) parts.push(h("p.note", {}, say("city.met")));
  const payers = (grant?.payers ?? []).map((/** @type {any} */ each) => [each.city, each.after - each.before]);
  if (payers.length) parts.push(h("h2.h", {}, say("city.payers", { n: shown(pool, record.amount), unit: tell(pool.unit) })), ...winners(payers.slice(0, PAYERS), { size: pool.size, decimals: 2, chosen: open }));
  return parts;
}

/** @param {string} title @param {Node | string} told @param {string[]} lines @param {CityPool} pool @param {any} record  a way that works, which can be tried */
const way = (title, told, lines, pool, record) => h("div.way", {}, h("span", {}, title, h("br"), h("span.n.q", {}, told)),
  readOnly() ? null : h("button.btn", { type: "button", "data-key": `try${lines[0]}`, "aria-label": `${say("city.try")}: ${title}`, onclick: () => attempt(lines, say("city.why", { city: named(record.city), pool: tell(pool.title), n: shown(pool, record.amount), unit: tell(pool.unit) })) }, say("city.try")));

/**
 * A number as the list of rules shows it, where it is one of them.
 * @param {string} target @param {number | null} value @param {string} [unit]  that it has where it is none of them
 * @param {boolean} [percent]  whether it is a share then, shown in per cent
 * @returns {[string, string]} the figure, and its unit
 */
export function asListed(target, value, unit = "", percent = false) {
  const rule = desk.state.rules.find((/** @type {any} */ each) => each.id === target);
  const { size, scale } = rule ?? { size: 1, scale: percent ? 100 : 1 };
  return [value === null ? "—" : figure((value / size) * scale), rule ? tell(rule.unit) : percent ? "%" : unit];
}

/** @param {string} city @param {() => void} done  what one more unit of every figure brings, and what the rules are worth */
export function worth(city, done) {
  const tariff = answered("tariff", { city }), prices = answered("prices", { quick: true });
  return [h("h2.h", {}, say("city.tariff")), ...asking("tariff", { city }, say("city.ask_tariff"), done), ...(tariff ? told(tariff) : []),
    h("h2.h", {}, say("city.prices")), ...asking("prices", { quick: true }, say("city.ask_prices"), done), ...(prices ? told(prices) : [])];
}
