// One trial edit: typing waits, the last text wins, Enter keeps, Esc discards. Never two requests of it at once.

import { ask, Refused } from "./api.mjs";
import { desk, path, refresh, tellAll } from "./desk.mjs";
import { parsed, refused } from "./numbers.mjs";
import { tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Rule} Rule */
/** @typedef {import("./types.mjs").Words} Words */

const WAIT = 300; // milliseconds from the last key to the request

/** What is being typed: the rule's id, its text, what the text lacks to be a number, and what was found wrong with the number sent last. */
export const typing = {
  /** @type {string | null} */ rule: null,
  text: "",
  wrong: "",
  /** @type {(string | Words)[]} */ findings: [],
  waiting: false,
  since: 0,
  /** @type {{rule: string, text: string} | null} what was kept last, as it was typed */ kept: null,
};

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {string | null} */
let wanted = null; // the newest line that has not been sent
/** @type {Promise<void>} */
let sending = Promise.resolve();

/** @returns {(string | Words)[]} what is wrong with what is being typed */
export const wrong = () => (typing.wrong ? [typing.wrong] : typing.findings);

/** @returns {boolean} an edit is on disk whose result is not shown yet */
export const under = () => desk.asked > desk.state.revision;

/** @returns {boolean} there is something to take back, shown or still to be solved */
export const undoable = () => Boolean(desk.state.can_undo || desk.state.trial) || under();

/** @param {Rule} rule @returns {string | null} what was kept of it, as it was typed, while it is solved; else null */
export const pending = (rule) => (under() && typing.kept?.rule === rule.id ? typing.kept.text : null);

/** @param {Rule} rule @param {number} shown  the line that sets a rule to the number as it is shown */
export function line(rule, shown) {
  const exact = Number((shown * rule.size / rule.scale).toPrecision(12));
  return rule.line.replace("{value}", String(exact));
}

/** @param {Rule} rule  the figure before the edits, as it is shown; a change in per cent is one of it */
const standing = (rule) => { const value = rule.before ?? rule.value; return value === null ? null : (value / rule.size) * rule.scale; };

/** @param {Rule} rule @param {string} text @returns {number | null} the figure that is meant, as it is shown; null where it is none */
export const meant = (rule, text) => parsed(text, tell(rule.unit), standing(rule));

/** @param {number | null} one @param {number | null} other */
const same = (one, other) => one !== null && other !== null && Number(one.toPrecision(10)) === Number(other.toPrecision(10));

/** @param {Rule} rule @param {string} text  opens the field; nothing is asked yet */
export function begin(rule, text) {
  Object.assign(typing, { rule: rule.id, text, wrong: "", findings: [], waiting: false });
  tellAll("typing");
}

/** @param {Rule} rule @param {string} text  one more key */
export function type(rule, text) {
  typing.text = text;
  clearTimeout(timer);
  const value = meant(rule, text);
  wanted = value === null ? null : line(rule, value); // a number that was typed on the way is not what stands there
  typing.wrong = value === null ? refused(text, tell(rule.unit), standing(rule)) : "";
  tellAll("findings");
  if (value !== null && desk.state.live) timer = setTimeout(send, WAIT); // else Enter alone sends it: a solve takes long
}

/** Sends the newest line, once what is under way has been answered. */
function send() {
  clearTimeout(timer);
  sending = sending.then(async () => {
    const now = wanted;
    wanted = null;
    if (now === null) return;
    typing.since = performance.now();
    await posted(async () => {
      const { revision } = await ask("POST", path("/edits"), { revision: desk.asked, lines: [now], trial: true });
      desk.asked = Math.max(desk.asked, revision);
      typing.findings = [];
      typing.waiting = true;
      tellAll("findings");
    });
  });
  return sending;
}

/** @param {() => Promise<void>} request  shows what was refused; a stale revision is brought up to date and tried once more */
async function posted(request) {
  try {
    await request();
  } catch (error) {
    if (error instanceof Refused && error.status === 409) {
      await refresh();
      try { await request(); return; } catch (again) { error = again; }
    }
    if (!(error instanceof Refused)) throw error;
    typing.findings = error.findings.length ? error.findings.map((finding) => finding.text) : [error.title ?? String(error.message)];
    tellAll("findings");
  }
}

/** @returns {boolean} something is typed or tried that can be kept or discarded */
export const open = () => typing.rule !== null || Boolean(desk.state?.trial);

/** @param {string} [why]  keeps the trial; what was typed last is sent first, and where that is no number nothing is kept */
export async function keep(why = "") {
  if (typing.wrong) return;
  const rule = desk.state.rules.find((/** @type {Rule} */ each) => each.id === typing.rule);
  if (rule && desk.asked <= desk.state.revision && same(meant(rule, typing.text), standing(rule))) { await discard(); return; } // what stands already is no edit
  await send();
  if (wrong().length) return;
  const tried = desk.state?.trial || typing.waiting;
  Object.assign(typing, { rule: null, wrong: "", findings: [], waiting: false, kept: tried && typing.rule !== null ? { rule: typing.rule, text: typing.text } : null });
  tellAll("typing");
  if (tried) await act("/keep", { why });
}

/** Puts the trial away; the last kept result stands again. */
export async function discard() {
  clearTimeout(timer);
  wanted = null;
  await sending;
  const tried = desk.state?.trial || typing.waiting;
  Object.assign(typing, { rule: null, wrong: "", findings: [], waiting: false });
  tellAll("typing");
  if (tried) await act("/undo");
}

/** What is being typed is given up, as where another program has taken over; a trial stays. */
export function abandon() {
  clearTimeout(timer);
  wanted = null;
  Object.assign(typing, { rule: null, wrong: "", findings: [], waiting: false });
}

/**
 * A verb on the edits: keep, undo or redo; its result comes as an event.
 * @param {string} verb @param {Record<string, any>} [body]
 */
export const act = (verb, body = {}) => posted(async () => {
  const { revision } = await ask("POST", path(verb), { revision: desk.asked, ...body });
  desk.asked = Math.max(desk.asked, revision);
  if (verb !== "/keep" && typing.kept) { typing.kept = null; tellAll("typing"); }
  if (!desk.state.can_undo) tellAll("line"); // what is on disk can be undone before it is solved
});

/** @param {number} n  takes back one edit of the list */
export const without = (n) => posted(async () => {
  const { revision } = await ask("DELETE", path(`/edits/${n}?revision=${desk.asked}`));
  desk.asked = Math.max(desk.asked, revision);
});

/** @param {string[]} lines @param {string} why  puts lines that something proposes into the session, as a trial */
export const attempt = (lines, why) => posted(async () => {
  const { revision } = await ask("POST", path("/edits"), { revision: desk.asked, lines, why, trial: true });
  desk.asked = Math.max(desk.asked, revision);
});
