// Screen g: whole facilities are solved beside, the relaxation stays; and what they changed, once they are there.

import { ask, Refused } from "./api.mjs";
import { desk, path, readOnly, tellAll, trial } from "./desk.mjs";
import { h } from "./dom.mjs";
import { number } from "./numbers.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {{id: string, title: Words, relaxed: Words | null, best: Words | null, bound: Words | null, gap: number | null, gap_words: Words | null, number: number, state: Words, stage: "waits" | "now" | "done"}} RunTier */
/** @typedef {{headline: Words, stages: {id: string, title: Words, state: "waits" | "now" | "done", note: Words}[], tiers: RunTier[], happened: {seconds: number, words: Words}[], gap_note: Words, stop_note: Words, can_keep: boolean, seconds: number, limit: number | null}} Running */

/** The run that is followed: its last picture, since when, and whether it waits for an edit to be kept. @type {{job: string, record: Running | null, since: number, again: boolean, stopping: boolean, problem: string} | null} */
let run = null;

export const running = () => (run && !run.problem ? run : null);

/** @param {any} state  the run that a server tells of that was begun before this page */
export function resume(state) {
  const job = state.jobs?.find((/** @type {any} */ each) => each.kind === "whole");
  if (job) run = { job: job.id, record: job.progress, since: performance.now() - 1000 * (job.seconds ?? 0), again: false, stopping: false, problem: "" };
  else if (run && !run.again && !run.problem) run = null;
}

/** @param {string} job @param {any} record  an event of progress; of another kind of work it is left aside */
export function followed(job, record) {
  if (!record.headline) return;
  const same = run?.job === job ? run : { job, record, since: performance.now() - 1000 * record.seconds, again: false, stopping: false, problem: "" };
  run = { ...same, record, again: false };
  tellAll("run");
}

/** @param {any} data  the event that says how a run ended: done, failed, stopped, or to begin again after an edit */
export async function ended(data) {
  if (data.kind !== "whole" || !run || run.job !== data.job) return;
  if (data.again) run.again = true;
  else if (data.state === "stopped") run = null;
  else {
    const found = await ask("GET", `/jobs/${data.job}`);
    const problem = data.state === "failed" ? tell(found.problem?.title) : found.answer?.out ? "" : say("run.nothing");
    run = problem ? { job: data.job, record: null, since: 0, again: false, stopping: false, problem } : null;
  }
  tellAll("run");
}

async function begin() {
  try {
    const { job } = await ask("POST", path("/solve"), {});
    if (run?.job !== job) run = { job, record: null, since: performance.now(), again: false, stopping: false, problem: "" };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    run = { job: "", record: null, since: 0, again: false, stopping: false, problem: tell(error.title) };
  }
  tellAll("run");
}

/** @param {boolean} keep  keeps the best plan so far, or gives the run up */
async function stop(keep) {
  if (!run) return;
  if (run.problem) { run = null; tellAll("run"); return; }
  run.stopping = keep;
  tellAll("run");
  const { job } = run;
  try { await ask("POST", `/jobs/${job}/stop`, { keep }); } catch (error) { if (!(error instanceof Refused)) throw error; }
  if (!keep && run?.job === job) { run = null; tellAll("run"); }
}

/** Esc: gives the run up, if there is one. */
export const cancel = () => { if (run && !readOnly()) stop(false); };

/** The line at the foot: how far a run is, or the link that begins one. @returns {(HTMLElement | string | null)[]} what stands at the left, and at the right */
export function line() {
  if (run?.record) return [h("span", { "data-run": true }, say("run.since", { what: tell(run.record.headline), n: elapsed() })), null];
  if (run || trial() || readOnly() || desk.state.conflict || desk.state.kind !== "relaxation" || desk.state.hash === null || desk.running) return [null, null];
  return [null, h("button.link", { type: "button", "data-key": "whole", onclick: begin }, say("run.begin"))];
}

const elapsed = () => (run ? Math.max(0, Math.floor((performance.now() - run.since) / 1000)) : 0);

/** The banner over the middle: what is being done, and how to end it. @returns {HTMLElement | null} */
export function banner() {
  const { whole } = desk.state;
  if (!run) return whole && !trial() ? h("div.banner.calm.whole", { role: "status" }, h("div.grow", {}, h("div.say", {}, tell(desk.state.words)), h("div.n", {}, say("run.tinted", { cells: number([...desk.moved.values()].reduce((sum, columns) => sum + columns.size, 0)), cities: number(desk.moved.size) })))) : null;
  if (run.problem) return h("div.banner", { role: "alert" }, h("div.grow", {}, run.problem), h("button.btn", { type: "button", "data-key": "runoff", onclick: () => stop(false) }, say("run.close")));
  const { record } = run, mark = { done: "✓", now: "○", waits: "·" }, spoken = { done: "run.done", now: "run.now", waits: "run.waits" };
  return h("div.banner.calm.run", {}, h("i.lamp.wait.large", { "aria-hidden": "true" }),
    h("div.grow", {}, h("div.say", { role: "status" }, run.again ? say("run.again") : run.stopping ? say("run.stopping") : record ? tell(record.headline) : say("run.starting")),
      h("div.n", {}, say("run.meanwhile")),
      record && !run.again ? h("ol.steps", { "aria-label": say("run.steps") }, ...record.stages.map((stage) => h(`li.${stage.state}`, {}, h("span", { "aria-hidden": "true" }, mark[stage.state]), " ", tell(stage.title), tell(stage.note) ? [" ", h("b.nb", {}, tell(stage.note))] : null, h("span.spoken", {}, say(spoken[stage.state]))))) : null),
    readOnly() ? null : h("div.buttons", {}, run.again || !record?.can_keep ? null : h("button.btn", { type: "button", "data-key": "keepbest", disabled: run.stopping, onclick: () => stop(true) }, say("run.keep")),
      h("button.btn.plain", { type: "button", "data-key": "runoff", onclick: () => stop(false) }, say("run.cancel"), h("kbd", {}, "Esc"))));
}

/** @returns {RunTier[] | null} the objectives beside those of the relaxation, of a run or of its result */
export const compared = () => (trial() || run?.again ? null : run?.record ? run.record.tiers.map(known) : run || !desk.state.whole ? null : desk.state.whole);

/** @param {RunTier} tier  beside the relaxation of the page, from which later tiers may have taken a little */
function known(tier) {
  const shown = desk.state.kind === "relaxation" ? desk.state.tiers.find((/** @type {any} */ each) => each.id === tier.id) : null;
  return shown ? { ...tier, relaxed: shown.value } : tier;
}

/** @param {RunTier[]} tiers  the table of objectives: relaxation, best plan so far, what none can better, gap, state; how far it is, while it goes on */
export function objectives(tiers) {
  const head = (/** @type {string} */ key) => h("th.r", { scope: "col" }, say(key)), ended = !run;
  const share = (/** @type {RunTier} */ tier) => (tier.stage === "done" ? 1 : tier.stage === "waits" ? 0 : tier.gap === null ? 0.5 : Math.max(0.08, 1 - Math.min(1, 40 * tier.gap)));
  return h("table.objectives", { "aria-label": say("tier.all") }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("tier.all")), head("run.relaxed"), head(ended ? "run.value" : "run.best"), head("run.bound"), head("run.gap"), ended ? null : h("th", {}, h("span.spoken", {}, say("run.how"))), h("th", { scope: "col" }, say("run.state")))),
    h("tbody", {}, ...tiers.map((tier) => h("tr", {}, h("th", { scope: "row" }, `${tier.number} `, h("span.cap", {}, tell(tier.title))), h("td.r.q", {}, tell(tier.relaxed) || "—"), h("td.r", {}, h("b", {}, tell(tier.best) || "—")),
      h("td.r.q", {}, tell(tier.bound) || "—"), h("td.r", {}, tell(tier.gap_words) || "—"),
      ended ? null : h("td", {}, h("span.share", { "aria-hidden": "true" }, h(tier.stage === "now" ? "i.now" : "i", { style: { width: `${100 * share(tier)}%` } }))), h(tier.stage === "waits" ? "td.q" : "td", {}, tell(tier.state))))));
}

/** The right column while a run goes on. @returns {HTMLElement[] | null} */
export function meaning() {
  if (!run?.record || run.again || trial()) return null;
  const { record } = run, seconds = (/** @type {number} */ n) => (n < 10 ? n.toFixed(1) : String(Math.round(n)));
  return [h("p.say", { "data-clock": true }, clock()),
    h("h2.h", {}, say("run.happened")), ...(record.happened.length ? record.happened.map((each) => h("div.happened", {}, h("span.q.r", {}, say("run.seconds", { n: seconds(each.seconds) })), h("span", {}, tell(each.words)))) : [h("p.note", {}, say("run.not_yet"))]),
    h("h2.h", {}, say("run.gap_title")), h("p.note", {}, tell(record.gap_note)), h("h2.h", {}, say("run.stop_title")), h("p.note", {}, tell(record.stop_note))];
}

const clock = () => say(run?.record?.limit ? "run.of_limit" : "run.so_far", { n: elapsed(), limit: number(run?.record?.limit ?? 0) });

/** Once a second: the time that has passed. */
export function tick() {
  const place = document.querySelector("[data-clock]");
  if (place && run) place.textContent = clock();
}

/** What the table's numbers are while a run goes on. */
export const label = () => (run && !run.problem && desk.state.kind === "relaxation" ? h("span.n", { lang: language() }, h("i.lamp.wait"), say("run.label")) : null);
