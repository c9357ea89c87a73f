// Screen f: one number of the rules varied over a range; charts value by value, a table, today's value beside the one pointed at.

import { ask, Refused } from "./api.mjs";
import { desk, named, path, readOnly } from "./desk.mjs";
import { h, put } from "./dom.mjs";
import { attempt } from "./editing.mjs";
import { number, parsed, refused } from "./numbers.mjs";
import { save } from "./save.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {import("./types.mjs").Rule} Rule */
/** @typedef {{step: number, value: number, shown: Words, cells: Words[], moves: ({words: Words, better: boolean | null} | null)[], whole: boolean}} CurveRow */
/** @typedef {{target: string, title: Words, line: string, hash: string, done: number, of: number, planned: number, now: number | null, heads: {title: Words, unit: Words}[], rows: CurveRow[], sentence: Words, bends: Words[], chart: Words}} Curve */

const COUNT = 9, MOST = 60;

/** What was asked and answered last; it stays while other screens are shown. */
/** @type {{rule: string, from: string, to: string, count: string, cities: string[], curve: Curve | null, job: string, behind: {title: Words, seconds: number} | null, wrong: string, pointed: number | null}} */
const held = { rule: "", from: "", to: "", count: String(COUNT), cities: [], curve: null, job: "", behind: null, wrong: "", pointed: null };

/** @type {(() => void) | null} */
let redraw = null;

/** Asks how far the curve is. */
async function look() {
  const { job } = held;
  if (!job) return;
  const found = await ask("GET", `/jobs/${job}`);
  if (job !== held.job) return;
  held.behind = found.behind;
  held.curve = found.answer?.curve ?? found.progress?.curve ?? held.curve;
  if (found.state === "failed") held.wrong = found.problem?.findings.length ? found.problem.findings.map((/** @type {any} */ each) => tell(each.text)).join(" ") : tell(found.problem?.title);
  if (found.state !== "waiting" && found.state !== "running") held.job = "";
  redraw?.();
}

const rules = () => desk.state.rules.filter((/** @type {Rule} */ rule) => rule.value !== null);
/** @returns {Rule | undefined} */
const chosen = () => rules().find((/** @type {Rule} */ rule) => rule.id === held.rule);
/** @param {Rule} rule */
const shownValue = (rule) => (/** @type {number} */ (rule.value) / rule.size) * rule.scale;

/** @param {Rule} rule  a range around today's value, within what is allowed */
function around(rule) {
  const now = shownValue(rule), step = (rule.step * rule.scale) / rule.size, reach = Math.max(Math.abs(now) * 0.2, 4 * step);
  const within = (/** @type {number} */ value) => Math.min(rule.most === null ? Infinity : (rule.most * rule.scale) / rule.size, Math.max(rule.least === null ? -Infinity : (rule.least * rule.scale) / rule.size, value));
  held.from = String(Number(within(now - reach).toPrecision(6)));
  held.to = String(Number(within(now + reach).toPrecision(6)));
}

/** @param {string} rule  a rule whose curve is wanted next */
function choose(rule) {
  if (held.rule === rule) return;
  Object.assign(held, { rule, curve: null, pointed: null, wrong: "" });
  const found = chosen();
  if (found) around(found);
}

/** @param {HTMLElement} main */
export function curve(main) {
  const left = h("aside.side", { "aria-label": say("curve.which") }), middle = h("section.mid.curve", { "aria-label": say("screen.curve") }), right = h("aside.side.rt", { "aria-label": say("nation.meaning"), tabindex: 0 });
  main.className = "";
  main.replaceChildren(left, middle, right);
  if (desk.route[1]) choose(desk.route[1]);
  if (!chosen()) choose((rules().find((/** @type {Rule} */ rule) => rule.binds && rule.of === null) ?? rules()[0])?.id ?? "");

  /** @returns {number[] | null} the values in the instance's unit, today's among them; null where what is typed is no range */
  function values() {
    const rule = chosen(), from = parsed(held.from, tell(rule?.unit)), to = parsed(held.to, tell(rule?.unit)), count = parsed(held.count);
    if (!rule || from === null || to === null || count === null || !(from < to) || !Number.isInteger(count) || count < 2 || count > MOST) return null;
    const exact = (/** @type {number} */ shown) => Number((shown * rule.size / rule.scale).toPrecision(12));
    const found = Array.from({ length: count }, (_, at) => exact(from + ((to - from) * at) / (count - 1))), now = Number(rule.value);
    return [...new Set(now >= found[0] && now <= found[count - 1] ? [...found, now] : found)].sort((a, b) => a - b);
  }

  /** What is wrong with the first of the two ends that is no number. */
  function unread() {
    const unit = tell(chosen()?.unit), text = [held.from, held.to].find((each) => parsed(each, unit) === null);
    return text === undefined ? undefined : refused(text, unit);
  }

  async function run() {
    const wanted = values(), rule = chosen();
    if (!wanted || !rule) { held.wrong = unread() ?? say("curve.no_range", { most: MOST }); whole(); return; }
    Object.assign(held, { wrong: "", pointed: null, curve: null, behind: null });
    try {
      held.job = (await ask("POST", path("/ask"), { kind: "curve", target: rule.line.split(" = ")[0], values: wanted, cities: held.cities })).job ?? "";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      held.wrong = error.findings.length ? error.findings.map((each) => tell(each.text)).join(" ") : tell(error.title);
    }
    whole();
    watch();
  }

  /** Also where the events go to another tab. */
  async function watch() {
    while (held.job && redraw === whole) {
      await look();
      await new Promise((next) => { setTimeout(next, 2000); });
    }
  }

  async function stop() {
    if (held.job) await ask("POST", `/jobs/${held.job}/stop`, { keep: false });
    await look();
  }

  /** @param {"from" | "to" | "count"} name */
  function field(name) {
    const titles = { from: "curve.from", to: "curve.to", count: "curve.count" };
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "decimal", value: held[name], "data-key": `curve-${name}`, autocomplete: "off" }));
    input.addEventListener("input", () => { held[name] = input.value; });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) run(); });
    return h("label.n.q", {}, say(titles[name]), input);
  }

  function asked() {
    const select = /** @type {HTMLSelectElement} */ (h("select.chip.varied", { "aria-label": say("curve.which"), "data-key": "curve-rule" }));
    const groups = new Map();
    for (const rule of rules()) groups.set(tell(rule.group), [...(groups.get(tell(rule.group)) ?? []), rule]);
    for (const [title, list] of groups) select.append(h("optgroup", { label: title }, ...list.map((/** @type {Rule} */ rule) => h("option", { value: rule.id, selected: rule.id === held.rule }, tell(rule.title)))));
    select.addEventListener("change", () => { choose(select.value); whole(); });
    const rule = chosen(), cities = /** @type {HTMLSelectElement} */ (h("select.chip", { "aria-label": say("curve.add"), "data-key": "curve-city" }, h("option", { value: "" }, say("curve.add")), ...desk.rows.map((row) => h("option", { value: row.key }, named(row.key)))));
    cities.addEventListener("change", () => { if (cities.value && !held.cities.includes(cities.value)) held.cities.push(cities.value); whole(); });
    const { curve: found, job } = held, at = pointed();
    put(left, h("h2.h.first", {}, say("curve.which")), select, h("div.range", {}, field("from"), field("to"), field("count")),
      rule ? h("p.note", {}, say("curve.today", { value: `${number(shownValue(rule), rule.decimals)} ${tell(rule.unit)}`.trim() })) : null,
      h("h2.h", {}, say("curve.cities"), cities), ...held.cities.map((key) => h("div.rule", {}, h("span", {}, named(key)), h("button.x", { type: "button", "data-key": `c${key}`, "aria-label": say("curve.without", { city: named(key) }), onclick: () => { held.cities = held.cities.filter((each) => each !== key); whole(); } }, "✕"))),
      h("div.buttons", {}, h("button.btn.go", { type: "button", "data-key": "run", disabled: readOnly() || Boolean(job), onclick: run }, say(found ? "curve.again" : "curve.run")), job ? h("button.btn", { type: "button", "data-key": "stop", onclick: stop }, say("curve.stop")) : null),
      held.wrong ? h("p.finding", { role: "alert" }, held.wrong) : null,
      h("p.note", { role: "status" }, job ? (found ? say("curve.so_far", { done: found.done, of: found.of }) : held.behind ? say("state.behind", { what: tell(held.behind.title), n: Math.floor(held.behind.seconds) }) : say("curve.begins")) : found ? say(found.done < found.of ? "curve.stopped" : found.planned < found.of ? "curve.planned" : "curve.all", { done: found.done, of: found.of, n: found.planned, m: found.of - found.planned }) : say("curve.how")),
      found && (found.now !== null || at) ? h("h2.h", {}, say("curve.points")) : null,
      found && found.now !== null ? h("div.rule", {}, h("span", {}, h("i.lamp.wait"), say("curve.now", { value: tell(found.rows[found.now]?.shown) }))) : null,
      found && at ? h("div.rule.mine", {}, h("span", {}, h("i.lamp.wait"), say("curve.pointed", { value: tell(at.shown) })), readOnly() || !at.whole || at.step === found.now ? h("span") : h("button.link", { type: "button", "data-key": "set", onclick: set }, say("curve.set"))) : null);
  }

  const pointed = () => held.curve?.rows.find((row) => row.step === held.pointed) ?? null;

  /** Makes the value that is pointed at a trial, and shows what it does. */
  async function set() {
    const at = pointed();
    if (!at || !held.curve?.line) return;
    await attempt([held.curve.line.replace("{value}", String(at.value))], "");
    location.hash = "#nation";
  }

  /** @param {number | null} step */
  function point(step) { held.pointed = step; marks(); asked(); meaning(); }

  /** @param {number} by  the next value to the right or the left */
  function move(by) {
    const list = held.curve?.rows ?? [], at = list.findIndex((row) => row.step === (held.pointed ?? held.curve?.now ?? 0));
    const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) point(next.step);
  }

  function marks() {
    for (const each of middle.querySelectorAll(".pointed")) each.setAttribute("visibility", each.getAttribute("data-step") === String(held.pointed) ? "visible" : "hidden");
    for (const each of middle.querySelectorAll("tr[data-step]")) {
      each.classList.toggle("mine", each.getAttribute("data-step") === String(held.pointed));
      each.setAttribute("aria-selected", String(each.getAttribute("data-step") === String(held.pointed)));
    }
  }

  function drawn() {
    const { curve: found } = held;
    if (!found) { put(middle, h("p.say", {}, say("curve.title")), h("p.note", {}, say("curve.empty"))); return; }
    const picture = document.importNode(new DOMParser().parseFromString(tell(found.chart), "image/svg+xml").documentElement, true);
    for (const name of ["width", "height"]) picture.removeAttribute(name);
    const chart = h("div.charts", { tabindex: 0, role: "img", "aria-label": `${tell(found.sentence)} ${say("curve.move")}`, "data-key": "charts" }, picture);
    chart.addEventListener("click", (event) => { const step = /** @type {Element} */ (event.target).closest("[data-step]"); if (step) point(Number(step.getAttribute("data-step"))); });
    chart.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, Home: -found.rows.length, End: found.rows.length }[event.key];
      if (by !== undefined) { event.preventDefault(); move(by); }
    });
    const old = found.hash !== desk.state.hash;
    put(middle, old ? h("div.banner.calm.stale", {}, h("span", {}, say("curve.stale"))) : null, chart,
      h("h2.h", {}, say("curve.every"), h("span", {}, say("curve.legend"))),
      h("div.values", { tabindex: 0, role: "group", "aria-label": say("curve.every") }, h("table.objectives", { role: "grid", "aria-label": say("curve.every") }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, tell(found.title)), ...found.heads.map((head) => h("th.r", { scope: "col" }, h("span.cap", {}, tell(head.title)), tell(head.unit) ? [h("br"), tell(head.unit)] : null)))),
        h("tbody", {}, ...found.rows.map((row) => h("tr", { "data-step": row.step, onclick: () => point(row.step) }, h("th.nb", { scope: "row" }, h("button.link", { type: "button", "data-key": `v${row.step}`, onclick: () => point(row.step) }, tell(row.shown)), row.step === found.now ? h("span.q", {}, ` ${say("curve.is_now")}`) : null),
          ...row.cells.map((cell) => h("td.r", {}, tell(cell)))))))));
    marks();
  }

  function meaning() {
    const { curve: found } = held, at = pointed();
    if (!found) { put(right, h("p.note", {}, say("curve.right"))); return; }
    const now = found.now === null ? null : found.rows[found.now];
    put(right, h("p.say", {}, tell(found.sentence)),
      at && now ? h("h2.h", {}, `${tell(now.shown)} → ${tell(at.shown)}`) : null,
      ...(at ? found.heads.map((head, place) => { const moved = at.moves[place]; return h("div.difference", {}, h("span", {}, h("span.cap", {}, tell(head.title)), h("span.q.n", {}, tell(head.unit) ? ` ${tell(head.unit)}` : "")), h("span.r", {}, tell(at.cells[place])), h(!moved ? "span.r.q" : moved.better ? "span.r.up" : "span.r.down", {}, moved ? tell(moved.words) : now ? say("tier.unchanged") : "")); }) : [h("p.note", {}, say("curve.point"))]),
      found.bends.length ? h("h2.h", {}, say("curve.bends")) : null, found.bends.length ? h("ul.list", {}, ...found.bends.map((each) => h("li", {}, tell(each)))) : null,
      h("h2.h", {}, say("curve.take")), h("div.buttons", {}, h("button.btn", { type: "button", "data-key": "svg", onclick: () => save(`${found.target}.svg`, tell(found.chart), "image/svg+xml") }, "svg"),
        h("button.btn", { type: "button", "data-key": "csv", onclick: () => save(`${found.target}.csv`, [[found.target, ...found.heads.map((head) => [tell(head.title), tell(head.unit)].filter(Boolean).join(" "))], ...found.rows.map((row) => [row.value, ...row.cells.map((cell) => (!row.whole ? "" : Number(tell(cell).replace(/,/g, "").replace("−", "-"))))])]) }, "csv")));
  }

  function whole() { asked(); drawn(); meaning(); }
  redraw = whole;
  whole();
  if (held.job) watch();
  return {
    render: (/** @type {string} */ part) => { if (part === "result") { if (!chosen()) choose(rules()[0]?.id ?? ""); whole(); } else if (part === "line") asked(); else if (held.job && part.endsWith(`:${held.job}`)) look(); },
    leave: () => { redraw = null; },
  };
}
