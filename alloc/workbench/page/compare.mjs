// Screen e: the base and up to four others beside each other – what differs in the rules, who gains and who pays.

import { ask, Refused } from "./api.mjs";
import { winners } from "./bars.mjs";
import { dumbbell, filtered, legend, list, narrow, text } from "./beside.mjs";
import { desk, path, readOnly } from "./desk.mjs";
import { refusal } from "./dialog.mjs";
import { h, place, put } from "./dom.mjs";
import { grid } from "./grid.mjs";
import { number } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./beside.mjs").Answer} Answer */
/** @typedef {import("./beside.mjs").Quantity} Quantity */
/** @typedef {{id: string, title: import("./types.mjs").Words}} Side */

const MOST = 5, FORMATS = ["docx", "pdf", "xlsx", "html"], LARGEST = 6, AGAIN = 700;

/**
 * What is looked at; it stays while other screens are shown.
 * @type {{base: string, others: string[], whole: boolean, only: boolean, quantity: string, by: string, find: string, answer: Answer | null, asked: string, begun: boolean, document: (() => string) | null}}
 */
const held = { base: "scenario:", others: [], whole: false, only: true, quantity: "", by: "city", find: "", answer: null, asked: "", begun: false, document: null };

/** Draws the screen that is open, whichever was when a document was begun. */
let redraw = () => {};

/** @param {string} id  polls a job until it is done @param {(progress: any) => void} on @returns {Promise<any>} */
async function done(id, on) {
  for (;;) {
    const found = await ask("GET", `/jobs/${id}`);
    if (found.state === "done") return found.answer;
    if (found.state === "failed" || found.state === "stopped") throw new Refused(found.state === "stopped" ? 409 : 400, found.problem ?? { title: { zh: say("compare.stopped"), en: say("compare.stopped") } });
    on(found.progress);
    await new Promise((next) => { setTimeout(next, AGAIN); });
  }
}

/** @param {string} key  opens a city: its own screen where there is one, else the table of the nation */
export const openCity = (key) => { location.hash = document.querySelector('[data-key="tab-city"]') ? `#city/${key}` : `#nation/${key}`; };

/** @param {HTMLElement} main */
export function compare(main) {
  const bar = h("div.tools", {}), said = h("div", {}), tools = h("div.tools", {}), table = h("div.table", {}), right = h("aside.side.rt", { "aria-label": say("nation.meaning"), tabindex: 0 });
  main.className = "compare";
  main.replaceChildren(h("section.mid", { "aria-label": say("screen.compare") }, bar, said, tools, table), right);
  /** @type {Side[]} */ let offered = [];
  let busy = "", over = false, turn = 0, made = /** @type {any} */ (null), drawn = "";
  /** @type {unknown} */
  let wrong = null;

  const sides = () => [held.base, ...held.others];
  const title = (/** @type {string} */ id) => tell(offered.find((each) => each.id === id)?.title) || id;
  const stamp = () => JSON.stringify([sides(), held.whole, sides().includes("now") || sides().some((side) => side.startsWith("scenario:")) ? desk.state.hash : ""]);

  async function start() {
    offered = (await ask("GET", path("/sides"))).sides;
    if (over) return;
    const there = new Set(offered.map((each) => each.id));
    held.base = there.has(held.base) ? held.base : "scenario:";
    held.others = held.others.filter((each) => there.has(each) && each !== held.base);
    if (!held.begun && !held.others.length) {
      const own = `scenario:${desk.state.scenario}`;
      if (there.has("now")) held.others = ["now"]; else if (own !== held.base) held.others = [own];
    }
    held.begun = true;
    whole();
    question();
  }

  /** Asks for what is chosen, unless it is there already. */
  async function question() {
    const wanted = stamp(), mine = (turn += 1);
    if (!held.others.length || readOnly()) { whole(); return; }
    if (held.asked === wanted && held.answer) { busy = ""; whole(); return; }
    busy = say("compare.running"); wrong = null;
    whole();
    try {
      const { job } = await ask("POST", path("/ask"), { kind: "compare", sides: sides(), whole: held.whole });
      const answer = await done(job, (progress) => {
        if (mine !== turn || over || !progress) return;
        busy = progress.of ? say("compare.step", { what: tell(progress.stage), n: progress.part + 1, of: progress.of }) : busy;
        drawBar();
      });
      if (mine !== turn) return;
      Object.assign(held, { answer: { ...answer.record, said: answer.said }, asked: wanted });
      held.document = null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (mine !== turn || over) return;
      wrong = error.status === 409 ? null : error;
      if (error.status === 409) { setTimeout(() => { if (!over && mine === turn) question(); }, AGAIN); return; }
    }
    busy = "";
    if (over) return;
    place("spoken").textContent = held.answer ? tell(held.answer.sentences[0]) : "";
    whole();
  }

  function changed() { drawn = ""; held.answer = null; question(); }

  function drawBar() {
    const free = offered.filter((each) => !sides().includes(each.id));
    const base = /** @type {HTMLSelectElement} */ (h("select.chip.dark", { "data-key": "base", "aria-label": say("compare.against") }, ...offered.map((each) => h("option", { value: each.id, selected: each.id === held.base }, tell(each.title)))));
    base.addEventListener("change", () => { held.others = held.others.filter((each) => each !== base.value); held.base = base.value; changed(); });
    const more = /** @type {HTMLSelectElement} */ (h("select.chip", { "data-key": "more", "aria-label": say("compare.more") }, h("option", { value: "" }, say("compare.more")), ...free.map((each) => h("option", { value: each.id }, tell(each.title)))));
    more.addEventListener("change", () => { if (more.value) { held.others.push(more.value); changed(); } });
    const only = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: held.only, "data-key": "only" }));
    only.addEventListener("change", () => { held.only = only.checked; drawn = ""; whole(); });
    put(bar, h("span.q", {}, say("compare.against")), base, held.others.length || free.length ? h("span.q", {}, say("compare.with")) : null,
      ...held.others.map((id) => h("button.chip", { type: "button", "data-key": `o${id}`, title: say("compare.without"), onclick: () => { held.others = held.others.filter((each) => each !== id); changed(); } }, `${title(id)} ✕`)),
      sides().length < MOST && free.length ? more : null, h("span.gap"), busy ? h("span.q", { role: "status" }, busy) : null, h("label.n", {}, only, " ", say("compare.only")));
  }

  function totals() {
    if (wrong) { put(said, ...refusal(wrong)); return; }
    const { answer } = held;
    if (!answer) { put(said, busy ? Array.from({ length: 8 }, () => h("div.skeleton")) : h("p.note", {}, say(offered.length === 1 ? "compare.alone" : "compare.empty"))); return; }
    const head = answer.sides.flatMap((side, at) => [h("th.r", { scope: "col" }, h("b", {}, tell(side.title)), h("br"), h("span.n.q", {}, tell(side.words))), ...(at ? [h("th.r", { scope: "col" }, say("compare.change"))] : [])]);
    const rows = answer.rows.filter((row) => !held.only || row.moves.some((move) => move && !move.same));
    const move = (/** @type {any} */ each) => (!each ? h("td.r.q", {}, "—") : h(each.better === null ? "td.r.q" : each.better ? "td.r.up" : "td.r.down", { title: each.verdict ? tell(each.verdict) : null }, tell(each.words)));
    put(said, answer.note ? h("p.note.warned", {}, tell(answer.note)) : null, rows.length ? h("div.answer.totals", { tabindex: 0, role: "group", "aria-label": say("compare.totals") }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("compare.totals")), ...head)),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, h("th", { scope: "row" }, tell(row.title).replace(/^(\d+ )?\p{Ll}/u, (start) => start.toUpperCase())), ...row.values.flatMap((value, at) => {
        const state = row.states[at], cell = h(at ? "td.r" : "td.r.b", { title: state ? tell(state) : null }, value ? tell(value) : "—");
        return at ? [cell, move(row.moves[at])] : [cell];
      })))))) : h("p.note", {}, say("compare.same")));
  }

  /** @returns {Quantity} */
  function quantity() {
    const { quantities, lead } = /** @type {Answer} */ (held.answer);
    const found = quantities.find((each) => each.id === (held.quantity || lead));
    if (found) return found;
    const moved = (/** @type {Quantity} */ each) => Math.max(...each.counts.map((count) => count.gain + count.loss));
    return quantities.reduce((best, each) => (moved(each) > moved(best) ? each : best), quantities[0]);
  }

  function tooled() {
    const { answer } = held;
    if (!answer) { put(tools); return; }
    const now = quantity();
    const which = /** @type {HTMLSelectElement} */ (h("select.chip", { "data-key": "quantity", "aria-label": say("compare.quantity") }, ...answer.quantities.map((each) => h("option", { value: each.id, selected: each === now }, tell(each.title)))));
    which.addEventListener("change", () => { held.quantity = which.value; drawn = ""; whole(); });
    const search = /** @type {HTMLInputElement} */ (h("input.search", { type: "search", "data-find": true, "data-key": "find", value: held.find, placeholder: `${say("compare.find")}  /`, "aria-label": say("compare.find") }));
    search.addEventListener("input", () => { held.find = search.value; filter(); });
    const chip = (/** @type {string} */ id, /** @type {string} */ words) => h("button.chip", { type: "button", "data-key": `by${id}`, "aria-pressed": String(held.by === id), onclick: () => { held.by = id; drawn = ""; whole(); } }, words);
    put(tools, search, which, chip("city", say("compare.cities")), ...answer.groupings.map((each) => chip(each.id, tell(each.title))), legend(answer.sides), h("span.gap"),
      h("span.n.q", { "data-told": true, role: "status" }), h("button.link", { type: "button", "data-key": "copy", onclick: copy }, say("data.copy")));
  }

  const filter = () => { if (made?.initialized) made.setFilter((/** @type {any} */ row) => filtered(row, held.find, held.only)); };

  function tabled() {
    const { answer } = held;
    if (!answer) { if (made?.initialized) made.destroy(); made = null; drawn = ""; table.replaceChildren(); return; }
    const now = quantity(), wanted = JSON.stringify([held.asked, now.id, held.by, held.only, document.documentElement.lang]);
    if (drawn === wanted) return;
    drawn = wanted;
    if (made?.initialized) made.destroy();
    const { columns, rows } = list(answer, now, held.by), most = Math.max(1e-12, ...rows.flatMap((row) => answer.sides.map((_, at) => Math.abs(row[`v${at}`] ?? 0))));
    made = grid(table, { columns, rows, total: null, label: say("compare.table", { title: tell(now.title) }), empty: say("compare.none"), open: (key) => { if (held.by === "city" && desk.byKey.has(key)) openCity(key); },
      paint: (row, column, cell) => { if (column.id === "drawn") queueMicrotask(() => cell.replaceChildren(dumbbell(answer.sides.map((_, at) => row[`v${at}`]), most))); } });
    const built = made;
    built.on("tableBuilt", () => { if (made === built) filter(); });
  }

  async function copy() {
    const { answer } = held;
    if (!answer || !made) return;
    const { columns } = list(answer, quantity(), held.by), cells = made.getData("active");
    let words = say("compare.copied", { n: number(cells.length) });
    try { await navigator.clipboard.writeText(text(columns, cells)); } catch { words = say("compare.not_copied"); }
    const place_ = tools.querySelector("[data-told]");
    if (place_) place_.textContent = words;
  }

  /** @param {string} format  makes the whole comparison as a document */
  async function make(format) {
    held.document = () => say("documents.running");
    redraw();
    try {
      const { job } = await ask("POST", path("/documents"), { kind: "compare", formats: [format], language: document.documentElement.lang === "en" ? "en" : "zh", sides: sides() });
      const { files } = await done(job, () => undefined);
      held.document = () => say("compare.made", { file: files[0] });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      held.document = () => tell(error.title) || error.message;
    }
    redraw();
  }

  function meaning() {
    const { answer } = held;
    if (!answer) { put(right, h("p.note", {}, say("compare.how"))); return; }
    const now = quantity(), codes = answer.cities.keys, lead = document.documentElement.lang === "en" ? "en" : "zh";
    put(right, ...answer.sides.slice(1).flatMap((side, at) => {
      const moves = now.changes[at].map((change, row) => /** @type {[string, number]} */ ([codes[row], change ?? 0])).filter((_, row) => ["gain", "loss"].includes(now.moves[at][row]));
      const order = [...moves].sort((one, other) => other[1] - one[1]), up = order.filter(([, change]) => change > 0).slice(0, LARGEST), down = order.filter(([, change]) => change < 0).slice(-LARGEST).reverse();
      const count = now.counts[at], bars = (/** @type {[string, number][]} */ amounts, /** @type {[string, number][]} */ beside) => winners(amounts, { size: now.size, decimals: now.decimals, beside, chosen: openCity, called: (key) => answer.cities.names[codes.indexOf(key)][lead === "en" ? 1 : 0] });
      return [answer.sides.length > 2 ? h("h2.h", {}, tell(side.title)) : null, h("p.say", {}, tell(answer.sentences[at])),
        h("h2.h", {}, say("compare.counts", { side: tell(side.title), title: tell(now.title) })),
        h("div.kv", {}, h("span.up", {}, `▲ ${say("compare.gain")}`), h("b", {}, number(count.gain))), h("div.kv", {}, h("span.down", {}, `▼ ${say("compare.loss")}`), h("b", {}, number(count.loss))),
        count.rounding ? h("div.kv", {}, h("span.q", {}, say("compare.rounding")), h("b", {}, number(count.rounding))) : null,
        h("div.kv", {}, h("span.q", {}, say("compare.unmoved")), h("b", {}, number(codes.length - count.gain - count.loss - count.rounding))),
        up.length + down.length ? h("h2.h", {}, say("compare.largest", { title: tell(now.title), unit: tell(now.unit) })) : null, ...bars(up, down), ...bars(down, up), now.note ? h("p.note", {}, tell(now.note)) : null,
        h("details.told", { open: answer.sides.length === 2 }, h("summary.h", {}, say("compare.inputs", { side: tell(side.title) })), ...answer.said[lead][at].flatMap(narrow))];
    }), h("h2.h", {}, say("compare.take")), h("div.buttons", {}, ...FORMATS.map((format) => h("button.btn", { type: "button", "data-key": `d${format}`, disabled: readOnly(), onclick: () => make(format) }, format))),
    held.document ? h("p.note", { role: "status" }, held.document(), " ", h("a.link", { href: "#documents" }, say("screen.documents"))) : null,
    held.whole ? null : h("div.buttons", {}, h("button.link", { type: "button", "data-key": "whole", disabled: readOnly() || Boolean(busy), onclick: () => { held.whole = true; changed(); } }, say("compare.whole"))));
  }

  function whole() { drawBar(); totals(); tooled(); tabled(); meaning(); }

  redraw = meaning;

  start();
  return {
    /** @param {string} part */
    render: (part) => { if (part === "result" && stamp() !== held.asked) { start(); } else if (part === "line") { drawBar(); } },
    leave: () => { over = true; if (made?.initialized) made.destroy(); },
  };
}
