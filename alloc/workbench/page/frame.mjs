// The frame of every screen: top bar, notices, status line, and the sentence that is spoken.

import { ask, Refused } from "./api.mjs";
import { h, place, put } from "./dom.mjs";
import { clashing, desk, keptEdit, path, readOnly, saved, together, trial } from "./desk.mjs";
import { act, typing, undoable } from "./editing.mjs";
import { manage, saveAs } from "./scenarios.mjs";
import { line } from "./running.mjs";
import { save } from "./save.mjs";
import { language, say, tell } from "./words.mjs";

/**
 * @param {string[]} screens  those that can be opened
 * @param {{open: (screen: string) => void, language: () => void, scenario: (name: string) => void, help: () => void, back: () => void}} on
 */
export function top(screens, on) {
  const { state } = desk, off = readOnly();
  const chosen = state.scenarios.find((/** @type {any} */ each) => each.id === state.scenario);
  const title = (/** @type {any} */ each) => (each ? tell(each.title) : say("top.base"));
  const kept = state.edits.length, name = `${title(chosen)}${kept ? ` ${say(kept === 1 ? "top.one_edit" : "top.edits", { n: kept })}` : ""}`;
  put(place("top"), h("h1.brand", {}, h("a", { href: "/?start", title: say("start.back") }, "alloc", h("span", {}, say("top.workbench")))), h("span.sep"), h("span.n", {}, tell(state.cities_word)),
    state.scenarios.length ? scenarios(name, on.scenario, off) : h("span.n.q", {}, name),
    h("nav.tabs", { "aria-label": say("top.screens") }, ...screens.map((screen, at) => h("a", {
      href: `#${screen}`, "data-key": `tab-${screen}`, "aria-current": desk.screen === screen ? "page" : null, title: `Alt+${at + 1}`,
      onclick: (/** @type {Event} */ event) => { event.preventDefault(); on.open(screen); },
    }, screen === "nation" ? together("screen.nation") : say(`screen.${screen}`)))),
    h("span.gap"),
    h("button.btn.plain", { type: "button", "data-key": "undo", title: "Ctrl+Z", disabled: off || !undoable(), onclick: on.back }, `↶ ${say("top.undo")}`),
    h("button.btn.plain", { type: "button", "data-key": "redo", title: "Ctrl+Y", disabled: off || !state.can_redo, onclick: () => act("/redo") }, `↷ ${say("top.redo")}`),
    h("button.btn", { type: "button", "data-key": "saveas", title: "Ctrl+S", disabled: off || !state.edits.length, onclick: saveAs }, say("scenario.save_as"), h("kbd", {}, "Ctrl S")),
    h("button.btn.plain", { type: "button", "data-key": "language", lang: language() === "zh" ? "en" : "zh-CN", onclick: on.language }, language() === "zh" ? "EN" : "中文"));
}

/** @param {string} name @param {(name: string) => void} chosen @param {boolean} off */
function scenarios(name, chosen, off) {
  const select = /** @type {HTMLSelectElement} */ (h("select", { disabled: off, "data-key": "scenario" },
    ...desk.state.scenarios.map((/** @type {any} */ each) => h("option", { value: each.id, selected: each.id === desk.state.scenario }, each.id === desk.state.scenario ? name : tell(each.title)))));
  select.addEventListener("change", () => chosen(select.value));
  return h("span.pick", {}, h("label", {}, h("span.q", {}, say("top.scenario")), " ", select), h("button.link.n", { type: "button", "data-key": "manage", onclick: manage, "aria-label": say("scenario.all") }, say("scenario.list")));
}

/** The line at the foot: what the numbers are, what runs, when the edits were saved. @param {() => void} help */
export function foot(help) {
  const { state, running } = desk;
  const lamp = desk.offline || (state.conflict && !running) ? "bad" : running ? "wait" : state.lamp;
  const seconds = running ? Math.floor((performance.now() - running.since) / 1000) : 0;
  const told = desk.offline ? say("state.offline") : running ? tell(running.words) : state.conflict ? say(clashing() ? "conflict.none" : "conflict.failed") : tell(state.words);
  const detail = desk.offline ? "" : running ? (seconds >= 2 ? say("state.seconds", { n: seconds }) : "") : state.conflict ? saved() : tell(state.detail);
  const [run, begin] = line();
  put(place("foot"), h("span.state", {}, h(`i.lamp.${lamp === "ok" && run ? "wait" : lamp}`), h("b", {}, told), " ", running ? detail : run ?? detail),
    running && seconds >= 2 && typing.rule === null && !state.trial ? h("button.link", { type: "button", "data-key": "cancel", onclick: () => act("/undo") }, say("state.cancel")) : null,
    h("span.gap"), begin, desk.aside?.(), state.unsaved ? h("b", {}, say("state.unsaved")) : state.saved ? h("span", {}, say("state.saved", { at: clock(state.saved) })) : null,
    h("span.hint", {}, h("b", {}, "/"), ` ${say("keys.find")}  `, h("button", { type: "button", "data-key": "help", onclick: help }, h("b", {}, "?"), ` ${say("keys.keys")}`)));
}

/** @param {string} moment */
function clock(moment) {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? moment : [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** What became of asking to work here: words, or that it is being asked. */
/** @type {{busy: boolean, refused: import("./types.mjs").Words | null}} */
const taking = { busy: false, refused: null };

/** Edits go on here: another program leaves that to this one, or what is not on disk is tried again. */
async function take() {
  Object.assign(taking, { busy: true, refused: null });
  notice();
  try { await ask("POST", path("/take")); } catch (error) {
    if (!(error instanceof Refused)) throw error;
    taking.refused = error.title;
  } finally { taking.busy = false; notice(); }
}

/** The banner of a page that cannot be worked on, or whose edits are not on disk. */
export function notice() {
  const { state } = desk, refused = taking.refused ? h("div.n", {}, tell(taking.refused)) : null;
  if (desk.offline) {
    const lines = () => save("edits.txt", state.edits.flatMap((/** @type {any} */ edit) => edit.lines).join("\n"), "text/plain;charset=utf-8");
    put(place("notice"), h("div.banner", { role: "alert" }, h("div.grow", {}, h("b", {}, say(state.unsaved ? "state.lost" : "state.closed")), " ", say("state.start_again")),
      state.unsaved ? h("button.btn", { type: "button", "data-key": "lines", onclick: lines }, say("state.download")) : null));
  } else if (!state.notice) {
    taking.refused = null;
    put(place("notice"));
  } else {
    put(place("notice"), h(state.read_only ? "div.banner.calm.aside" : "div.banner", { role: "alert" }, h("div.grow", {}, tell(state.notice), refused),
      state.unsaved ? h("a.btn", { href: `/api/v1${path("/edits")}`, download: "edits.toml", "data-key": "download" }, say("state.download")) : null,
      h("button.btn", { type: "button", "data-key": "take", disabled: taking.busy, onclick: take }, say(taking.busy ? "state.asking" : state.held ? "state.take" : "state.again"))));
  }
}

/** Says the sentence of the right column to those who hear the page, once a result is there. */
export function speakResult() {
  const { state } = desk;
  const text = state.conflict ? tell(state.conflict.sentence) : trial() || keptEdit() ? tell(state.effect.sentence) : tell(state.sentence);
  const spoken = place("spoken");
  if (spoken.textContent !== text) spoken.textContent = text;
}

/** @param {unknown} error  an unforeseen refusal, in words, with what can be copied */
export function failed(error) {
  const refused = /** @type {any} */ (error);
  put(place("notice"), h("div.banner", { role: "alert" }, h("div", {}, h("b", {}, refused?.title ? tell(refused.title) : say("state.failed")), " ", say("state.failed_remedy"),
    h("details.n.q", {}, h("summary", {}, say("state.details")), String(refused?.status ?? ""), " ", String(refused?.message ?? refused))), h("span.gap"),
    h("button.btn", { type: "button", onclick: () => location.reload() }, say("state.reload"))));
}
