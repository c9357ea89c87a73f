// Screen d: no allocation satisfies the rules – which clash, by how much, and the repairs that were tried.

import { question, stage, stop } from "./answers.mjs";
import { Refused } from "./api.mjs";
import { h } from "./dom.mjs";
import { clashing, desk, readOnly, saved } from "./desk.mjs";
import { act, attempt, discard, open } from "./editing.mjs";
import { asListed, whole } from "./inquiry.mjs";
import { behind, figure, number } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** The search of the revision that is shown; asked for once. @type {{revision: number, answer: import("./answers.mjs").Answer | null, problem: Refused | null, applying: boolean, job: string, seconds: number, progress: any, stopping: boolean, done: () => void}} */
const search = { revision: -1, answer: null, problem: null, applying: false, job: "", seconds: 0, progress: null, stopping: false, done: () => undefined };

/** @param {() => void} done  draws again once the repairs are known: the screen that is there by then */
function searched(done) {
  const { revision } = desk.state;
  search.done = done;
  if (search.revision === revision || search.applying) return;
  Object.assign(search, { revision, answer: null, problem: null, job: "", seconds: 0, progress: null, stopping: false });
  question("conflict", {}, (job) => {
    if (search.revision !== revision) return;
    Object.assign(search, { job: job.id, seconds: job.seconds, progress: job.progress });
    search.done();
  }).then((answer) => { if (search.revision === revision) { search.answer = answer; search.done(); } },
    (error) => { if (!(error instanceof Refused)) throw error; if (search.revision === revision) { search.problem = error; search.done(); } });
}

/** How far the search is: what is being tried, for how long, and what ends it. @returns {HTMLElement[]} */
function searching() {
  const { job, seconds, progress, stopping } = search, far = progress ? ` ${stage(progress)}` : "";
  return [h("div.asking", { role: "status" }, h("span.n.q.grow", {}, stopping ? say("conflict.stopping") : say("answer.waiting"), far, seconds >= 1 ? ` · ${say("state.seconds", { n: Math.floor(seconds) })}` : ""),
    job && !stopping && !readOnly() ? h("button.btn", { type: "button", "data-key": "stopsearch", onclick: () => { search.stopping = true; stop(job, true); search.done(); } }, say("conflict.stop")) : null),
  h("div.skeleton"), h("div.skeleton"), h("div.skeleton")];
}

/** Takes the edit back that clashes. */
const back = () => (open() ? discard() : act("/undo"));

/** @param {number} at  applies a repair beside the edit, which stays. @returns {boolean} whether there is such a repair */
export function repair(at) {
  const found = desk.state.conflict && !readOnly() ? search.answer?.record.repairs[at] : undefined;
  if (!found) return false;
  search.applying = true; // what is kept for a moment is not searched for repairs of its own
  (desk.state.trial ? act("/keep") : Promise.resolve()).then(() => attempt(found.edits, say("conflict.why"))).finally(() => { search.applying = false; });
  return true;
}

/**
 * @param {import("./types.mjs").Conflict} found
 * @param {() => void} done
 */
export function conflict(found, done) {
  if (clashing() && !readOnly()) searched(done);
  const place = h("section", { "aria-label": say("conflict.repairs") }), { problem } = search, record = answered()?.record;
  if (problem) place.append(h("p.note", {}, tell(problem.title)));
  else if (record) place.append(...doubted(record), ...clash(record), ...(record.arithmetic.length ? [arithmetic(record.arithmetic[0])] : []), ...repairs(record));
  else if (clashing()) place.append(...searching());
  const tried = record?.repairs.length ? h("span.n.q", {}, say(record.repairs.length === 1 ? "conflict.tried_one" : "conflict.tried", { n: record.repairs.length })) : null;
  return [h("div.banner", { role: "alert" }, h("b.down", { "aria-hidden": "true" }, "✕"),
    h("div.grow", {}, h("div.say", {}, tell(found.sentence)), h("div.q", {}, saved())), tried,
    readOnly() || !(desk.state.can_undo || desk.state.trial) ? null : h("button.btn.go", { type: "button", "data-key": "back", onclick: back }, say("conflict.back"), h("kbd", {}, "Ctrl Z"))),
    readOnly() ? null : place, desk.cities ? h("h2.h", {}, say("conflict.last"), h("span", {}, say("conflict.grey"))) : null];
}

/** What arithmetic alone shows, and how the cost of a repair is counted. @param {import("./types.mjs").Conflict} found */
export function reasons(found) {
  const answer = answered(), first = answer?.record.arithmetic[0]?.finding ?? 0;
  const list = [...found.findings.slice(first, first + 1), ...found.findings.filter((_, at) => at !== first)];
  return [...(list.length ? [h("h2.h", {}, say("conflict.arithmetic")), ...list.map((each) => h("p.note", {}, tell(each.text)))] : []),
    ...(answer?.record.repairs.length ? [h("h2.h", {}, say("conflict.counted")), h("p.note", {}, tell(answer.record.cost))] : []),
    answer ? whole(answer, "conflict") : null];
}

/** The search of what stands now, once it is answered. */
const answered = () => (search.revision === desk.state.revision && !search.problem ? search.answer : null);

/** @param {any} record  figures in doubt, without which what follows from them is no conflict */
const doubted = (record) => (record.doubted.length ? [h("h2.h", {}, say("conflict.doubted")), ...record.doubted.map((/** @type {any} */ each) => h("p.note", {}, tell(each)))] : []);

/** @param {any} record  the rules that cannot hold together: who decides about each, and what it asks; the same rule of several pools once */
function clash(record) {
  if (!record.conflict.length) return [];
  /** @type {Map<string, {rule: any, of: string[]}>} */
  const cards = new Map();
  for (const rule of record.conflict) {
    const key = [rule.family, tell(rule.decides), tell(rule.words)].join("\n"), card = cards.get(key) ?? { rule, of: [] };
    if (tell(rule.of)) card.of.push(tell(rule.of));
    cards.set(key, card);
  }
  return [h("h2.h", {}, say("conflict.together"), record.minimal ? null : h("span", {}, say("conflict.untried"))),
    h("div.cards", {}, ...[...cards.values()].map(({ rule, of }) => h("div.card", {}, h("div.n.q", {}, tell(rule.decides)), h("b", {}, tell(rule.title)),
      of.length ? h("div.about", {}, of.join(say("list.and"))) : null, h("div.n.q", {}, tell(rule.words)))))];
}

/** @param {any} sides  what is asked for, what there is, and the amount that is missing, one length for each */
function arithmetic({ asked, wanted, left, there, unit, size, decimals, about }) {
  const share = (/** @type {number} */ value) => `${(100 * Math.max(0, Math.min(1, value / wanted))).toFixed(2)}%`, shown = (/** @type {number} */ value) => number(value / size, decimals);
  return h("section.sides", { "aria-label": say("conflict.arithmetic") }, tell(about) ? h("b.about", {}, tell(about)) : null,
    h("span", {}, tell(left)), h("i.there", { style: { width: share(there) } }), h("span.r", {}, shown(there)),
    h("span", {}, tell(asked)), h("i.asked", { style: { width: share(wanted) } }), h("span.r", {}, shown(wanted)),
    h("b", {}, say("conflict.short")), h("i.missing", { style: { "margin-left": share(there), width: share(wanted - there) } }), h("b.r.down", {}, shown(wanted - there), " ", h("small", {}, behind(tell(unit)))));
}

/** @param {any} record  what was tried and works, cheapest first */
function repairs(record) {
  if (!record.repairs.length) return [h("p.note", {}, say("conflict.no_repairs"))];
  const most = Math.max(...record.repairs.map((/** @type {any} */ each) => each.cost), 1e-12);
  return [h("h2.h", {}, say("conflict.repairs"), h("span", {}, say(record.complete ? "conflict.keys" : record.proven ? "conflict.cheapest" : "conflict.cut_short"))),
    ...record.repairs.map((/** @type {any} */ each, /** @type {number} */ at) => h(at === 0 ? "div.card.repair.best" : "div.card.repair", {}, h("b.say", {}, at + 1),
      h("div.grow", {}, ...each.amounts.map(amount), h("div.n.q", {}, tell(each.decide))),
      h("div.n.q.cost", {}, say("conflict.cost"), " ", h("b", {}, Number(each.cost.toPrecision(3)).toLocaleString("en")),
        h("span", { "aria-hidden": "true" }, h("i", { style: { width: `${(100 * each.cost / most).toFixed(1)}%` } }))),
      h(at === 0 ? "button.btn.go" : "button.btn", { type: "button", "data-key": `repair${at}`, onclick: () => repair(at) }, say("conflict.apply"))))];
}

/** @param {any} change  what a repair makes of one number, in the unit that it has at the left where it stands there */
function amount({ edit, title, from, to, unit, percent, change }) {
  if (to === null && change !== null) return h("div", {}, tell(title), " × ", h("b", {}, figure(change))); // several numbers, by one factor
  const shown = (/** @type {number | boolean | null} */ value) => (typeof value === "boolean" ? [say(value ? "conflict.yes" : "conflict.no"), ""] : asListed(edit.split(" ")[0], value, tell(unit), percent)), [then, measured] = shown(to);
  return h("div", {}, tell(title), " ", to === null ? h("b", {}, say("conflict.dropped")) : [shown(from)[0], " → ", h("b", {}, then), ` ${behind(measured)}`]);
}
