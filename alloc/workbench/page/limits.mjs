// A new limit, built by choosing quantity, place, sense and value; the line that it makes is shown, checked and tried.

import { ask } from "./api.mjs";
import { h, put } from "./dom.mjs";
import { desk, path } from "./desk.mjs";
import { dialog, field, refusal } from "./dialog.mjs";
import { attempt } from "./editing.mjs";
import { number, parsed, refused } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {{id: string, title: Words}} Choice */
/** @typedef {Choice & {numeric: boolean, unit: Words, values: Choice[]}} OfferedColumn */
/** @typedef {{quantities: (Choice & {unit: Words, shares: boolean, shown: Words, size: number})[], columns: OfferedColumn[], senses: Choice[], bases: Choice[]}} Offer */
/** @typedef {{column: string, sense: string, values: (string | number)[]}} Condition */

const WAIT = 250; // milliseconds from the last key until the line is asked for
const SENSES = [">=", "<=", ">", "<", "="], SIGNS = new Map([[">=", "≥"], ["<=", "≤"], ["!=", "≠"]]);

/** @param {string} key @param {string} label @param {Choice[]} choices @param {string} chosen @param {(id: string) => void} on */
function select(key, label, choices, chosen, on) {
  const element = /** @type {HTMLSelectElement} */ (h("select", { "data-key": key, "aria-label": label }, ...choices.map((each) => h("option", { value: each.id, selected: each.id === chosen }, tell(each.title)))));
  element.addEventListener("change", () => on(element.value));
  return element;
}

/** @param {string[]} [cities]  that the limit is about from the start */
export async function addLimit(cities = []) {
  if (document.querySelector("dialog")) return;
  /** @type {Offer} */
  const offer = await ask("GET", path("/limits"));
  const columns = new Map(offer.columns.map((column) => [column.id, column]));
  /** @type {Condition[]} */
  const places = cities.length ? [{ column: "city", sense: "in", values: cities }] : [];
  const made = { quantity: offer.quantities[0].id, sense: "<=", value: "", basis: "amount", where: places };
  const zh = /** @type {HTMLInputElement} */ (h("input", { type: "text", maxlength: 100, "data-key": "zh" })), en = /** @type {HTMLInputElement} */ (h("input", { type: "text", maxlength: 100, "data-key": "en" }));
  const why = /** @type {HTMLInputElement} */ (h("input", { type: "text", maxlength: 300, "data-key": "reason" })), value = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "decimal", "data-key": "value", "aria-label": say("limit.value") }));
  const what = h("div.row", {}), where = h("div", {}), told = h("div", { role: "status" });
  let line = "", asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const chosen = () => /** @type {Offer["quantities"][0]} */ (offer.quantities.find((each) => each.id === made.quantity));
  /** @returns {string} in which the value is typed */
  const unit = () => (made.basis === "share" ? "%" : tell(made.basis === "amount" ? chosen().shown : chosen().unit));
  const request = () => {
    const figure = parsed(value.value, unit());
    const full = made.where.every((each) => each.values.length && each.values.every((one) => one !== "" && (typeof one === "string" || Number.isFinite(one))));
    return figure === null || !full ? null : { title_zh: zh.value, title_en: en.value, quantity: made.quantity, where: made.where, sense: made.sense, value: made.basis === "share" ? figure / 100 : made.basis === "amount" ? Number((figure * chosen().size).toPrecision(12)) : figure, basis: made.basis };
  };
  /** Asks for the line and what is wrong with it. */
  async function drafted() {
    clearTimeout(timer);
    const body = request(), turn = (asked += 1);
    line = "";
    if (!body) { put(told, value.value.trim() && parsed(value.value, unit()) === null ? h("p.finding", {}, refused(value.value, unit())) : h("p.note", {}, say("limit.open"))); ready(false); return; }
    try {
      const answer = await ask("POST", path("/limits"), body);
      if (turn !== asked) return;
      const errors = answer.findings.filter((/** @type {any} */ each) => each.severity === "error");
      line = errors.length ? "" : answer.line;
      put(told, h("p.note", {}, say(answer.cities.length === 1 ? "limit.city" : "limit.cities", { n: number(answer.cities.length) })), h("code.line", {}, answer.line),
        ...answer.findings.slice(0, 5).map((/** @type {any} */ each) => h("p.finding", {}, tell(each.text))));
      ready(Boolean(line));
    } catch (error) { put(told, ...refusal(error)); ready(false); }
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(drafted, WAIT); };
  for (const input of [zh, en, value]) input.addEventListener("input", soon);

  function draw() {
    const quantity = /** @type {Offer["quantities"][0]} */ (offer.quantities.find((each) => each.id === made.quantity));
    if (made.basis === "share" && !quantity.shares) made.basis = "amount";
    put(what, select("quantity", say("limit.quantity"), offer.quantities, made.quantity, (id) => { made.quantity = id; draw(); soon(); }),
      select("sense", say("limit.sense"), offer.senses, made.sense, (id) => { made.sense = id; soon(); }), value,
      select("basis", say("limit.basis"), offer.bases.filter((each) => each.id !== "share" || quantity.shares), made.basis, (id) => { made.basis = id; draw(); soon(); }),
      made.basis === "share" ? null : h("span.n.q", {}, unit()));
    put(where, ...made.where.map(condition), h("button.link.n", { type: "button", "data-key": "condition", onclick: () => { made.where.push(fresh(offer.columns[0])); draw(); soon(); } }, say(made.where.length ? "limit.and" : "limit.only")));
  }
  /** @param {OfferedColumn} column @returns {Condition} */
  const fresh = (column) => ({ column: column.id, sense: column.numeric ? ">=" : "in", values: [] });

  /** @param {Condition} each @param {number} place */
  function condition(each, place) {
    const column = /** @type {OfferedColumn} */ (columns.get(each.column)), label = say("limit.values", { column: tell(column.title) });
    /** @type {HTMLElement} */
    let input;
    if (column.numeric) {
      const typed = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "decimal", "data-key": `v${place}`, "aria-label": label, value: each.values[0] ?? "" }));
      typed.addEventListener("input", () => { const figure = parsed(typed.value, tell(column.unit)); each.values = figure === null ? [] : [figure]; soon(); });
      input = typed;
    } else {
      const list = /** @type {HTMLSelectElement} */ (h("select", { multiple: true, size: Math.min(5, column.values.length), "data-key": `v${place}`, "aria-label": label }, ...column.values.map((one) => h("option", { value: one.id, selected: each.values.includes(one.id) }, tell(one.title)))));
      list.addEventListener("change", () => { each.values = [...list.selectedOptions].map((option) => option.value); soon(); });
      input = list;
    }
    return h("div.row", {}, select(`c${place}`, say("limit.column"), offer.columns, each.column, (id) => { made.where[place] = fresh(/** @type {OfferedColumn} */ (columns.get(id))); draw(); soon(); }),
      column.numeric ? select(`s${place}`, say("limit.sense"), SENSES.map((sign) => ({ id: sign, title: { zh: SIGNS.get(sign) ?? sign, en: SIGNS.get(sign) ?? sign } })), each.sense, (id) => { each.sense = id; soon(); }) : h("span", {}, say("limit.among")),
      input, tell(column.unit) ? h("span.n.q", {}, tell(column.unit)) : null,
      h("button.x", { type: "button", "data-key": `r${place}`, title: say("limit.without"), "aria-label": say("limit.without_of", { column: tell(column.title) }), onclick: () => { made.where.splice(place, 1); draw(); soon(); } }, "✕"));
  }

  const go = /** @type {HTMLButtonElement} */ (h("button.btn.go", { type: "button", "data-key": "try", disabled: true, onclick: () => { if (line) { const now = line; opened.close(); attempt([now], why.value.trim()); } } }, say("limit.try")));
  const ready = (/** @type {boolean} */ yes) => { go.disabled = !yes || Boolean(desk.offline); };
  const opened = dialog(say("limit.new"), () => [h("h3.h", {}, say("limit.what")), what, h("h3.h", {}, say("limit.place")), where, h("h3.h", {}, say("limit.called")),
    h("div.row", {}, field(say("scenario.title_zh"), zh), field(say("scenario.title_en"), en)), field(say("edit.why_label"), why, say("edit.why")), told], () => [go]);
  draw();
  drafted();
  /** @type {HTMLElement | null} */ (what.querySelector("select"))?.focus();
}
