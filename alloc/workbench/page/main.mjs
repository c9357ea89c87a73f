// The page: reads the workspace, listens, shows one screen at a time.

import { arrived } from "./answers.mjs";
import { ask, Gone, Refused } from "./api.mjs";
import { h, place } from "./dom.mjs";
import { arrive, desk, path, readOnly, refresh, tellAll, together, watch } from "./desk.mjs";
import { abandon, act, discard, keep, open, typing, undoable } from "./editing.mjs";
import { listen } from "./events.mjs";
import { named, wanted } from "./early.mjs";
import { failed, foot, notice, speakResult, top } from "./frame.mjs";
import { help, keys } from "./keys.mjs";
import { nation } from "./nation.mjs";
import { saveAs } from "./scenarios.mjs";
import * as run from "./running.mjs";
import { language, learn, say, speak, tell } from "./words.mjs";

/** @typedef {{render: (part: string) => void, leave: () => void, key?: (key: string) => boolean, go?: () => void}} Screen  `go`: another address of it */

/** How a screen is built: of what is there at once, or of a module that comes when it is opened, or once nothing else is to be done. @type {Record<string, () => ((main: HTMLElement) => Screen) | Promise<(main: HTMLElement) => Screen>>} */
const built = {
  nation: () => nation,
  city: async () => (await import("./city.mjs")).city,
  compare: async () => (await import("./compare.mjs")).compare,
  curve: async () => (await import("./curve.mjs")).curve,
  data: async () => (await import("./data.mjs")).data,
  documents: async () => (await import("./documents.mjs")).documents,
};
/** @type {(problem: string) => Promise<void>} */
const begin = async (problem) => (await import("./start.mjs")).begin(problem);

/** @type {Screen | null} */
let screen = null;

const screens = () => desk.state.screens.filter((/** @type {string} */ each) => each in built);

function route() {
  const [name, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/"), before = desk.screen;
  desk.screen = screens().includes(name) ? name : "nation";
  desk.route = [name, ...rest];
  if (screen?.go && desk.screen === before) { screen.go(); frame(); remember(); return; }
  screen?.leave();
  screen = null;
  if (!desk.cities && !desk.state.conflict) { frame(); skeleton(); return; }
  const wanted = desk.screen, maker = built[wanted]();
  if (!(maker instanceof Promise)) { show(maker); return; }
  frame();
  maker.then((made) => { if (desk.screen === wanted && !screen) show(made); }, failed); // unless another was opened meanwhile
}

/** @param {(main: HTMLElement) => Screen} made */
function show(made) {
  screen = made(place("main"));
  frame();
  remember();
}

function frame() {
  document.title = `${desk.screen === "nation" ? together("screen.nation") : say(`screen.${desk.screen}`)} · ${tell(desk.state.title)} · alloc`;
  top(screens(), {
    open: (name) => { location.hash = `#${name}`; },
    language: () => { speak(language() === "zh" ? "en" : "zh"); remember(); screen?.leave(); screen = null; route(); },
    scenario: (name) => act("/scenario", { name }), help,
    back: () => (open() ? discard() : act("/undo")),
  });
  foot(help);
  notice();
}

/** The first screen is drawn: before that nothing is asked for that starts the engine, since its start takes a processor. */
let drawn = false;

/** Once the browser has nothing else to do, at the latest after a moment. @returns {Promise<unknown>} */
const idle = () => new Promise((done) => { if ("requestIdleCallback" in window) requestIdleCallback(done, { timeout: 1000 }); else setTimeout(done, 300); });

/** What the page finds again when it is opened the next time. */
function remember() {
  if (readOnly() || !drawn) return;
  ask("PUT", path("/view"), { content: { ...desk.state.view, language: language(), screen: desk.screen } }).catch(() => undefined);
}

/** Shapes of the final page while the first answer is awaited. */
function skeleton() {
  const bars = (/** @type {number} */ n) => Array.from({ length: n }, () => h("div.skeleton"));
  place("main").replaceChildren(h("aside.side.l", {}, ...bars(14)), h("section.mid", { "aria-busy": "true" }, ...bars(18)), h("aside.side.rt", {}, ...bars(8)));
}

/** @param {string} kind @param {any} data */
async function heard(kind, data) {
  try {
    if (kind === "result" || kind === "conflict") { typing.waiting = data.trial && typing.waiting; await arrive(data); }
    else if (kind === "state") { desk.running = data.lamp === "wait" ? { words: data.words, since: performance.now() - 1000 * (data.seconds ?? 0), job: data.job } : null; foot(help); }
    else if (kind === "saved" || kind === "taken") {
      const { read_only, held, notice: said, unsaved } = data, other = read_only !== desk.state.read_only || unsaved !== desk.state.unsaved;
      Object.assign(desk.state, { read_only, held, notice: said, unsaved }, kind === "saved" ? { saved: data.at } : {});
      if (read_only) abandon();
      if (other) tellAll("line"); else foot(help);
    }
    else if (kind === "closed") { desk.offline = true; tellAll("line"); }
    else if (kind === "progress") { if (data.job) { run.followed(data.job, data); tellAll(`progress:${data.job}`); } }
    else { if (kind === "answer") { arrived(data.job); await run.ended(data); } tellAll(`${kind}:${data.job ?? ""}`); }
  } catch (error) { failed(error); }
}

/** The workspace that is open, where no other is. @returns {Promise<string | null>} */
async function onlyOne() {
  const { workspaces } = await ask("GET", "/workspaces"), opened = workspaces.filter((/** @type {any} */ each) => each.open);
  return opened.length === 1 ? opened[0].id : null;
}

async function start() {
  const waiting = setTimeout(skeleton, 200);
  await learn();
  speak(navigator.language.startsWith("zh") ? "zh" : "en");
  const found = wanted ?? (new URLSearchParams(location.search).has("start") ? null : await onlyOne());
  if (!found) { clearTimeout(waiting); await begin(""); return; }
  desk.workspace = found;
  history.replaceState(null, "", `/?w=${encodeURIComponent(found)}${named ? "" : location.hash}`);
  try { await refresh(); } catch (error) {
    if (!(error instanceof Refused)) throw error;
    clearTimeout(waiting);
    if (error.status === 404) { await begin(say("start.gone")); return; }
    await begin([tell(error.title), ...error.findings.map((each) => tell(each.text))].join(" "));
    return;
  }
  run.resume(desk.state);
  clearTimeout(waiting);
  speak(desk.state.view.language ?? desk.state.language);
  watch((part) => {
    if (part === "result" && !screen) route();
    if (part === "run") foot(help);
    if (part === "result" || part === "line") { frame(); if (part === "result") speakResult(); }
    screen?.render(part);
  });
  window.addEventListener("hashchange", route);
  document.addEventListener("aside", () => foot(help));
  if (!location.hash && desk.state.view.screen) history.replaceState(null, "", `#${desk.state.view.screen}`); // an event would draw it twice
  route();
  keys({
    undo: () => { if (!readOnly() && (open() || undoable())) (open() ? discard() : act("/undo")); }, redo: () => { if (!readOnly() && desk.state.can_redo) act("/redo"); },
    keep: () => { if (open()) keep(); }, leave: () => { if (open()) discard(); else if (!screen?.key?.("Escape")) run.cancel(); },
    save: saveAs,
    tab: (at) => { const name = screens()[at]; if (name) location.hash = `#${name}`; },
    other: (key) => screen?.key?.(key) ?? false,
  });
  setInterval(() => { if (desk.running || run.running()) foot(help); run.tick(); }, 1000);
  await idle();
  drawn = true;
  remember();
  for (const module of Object.values(built)) Promise.resolve(module()).catch(() => undefined); // asked for again when it is opened
  listen(`/api/v1${path("/events")}`, ["state", "progress", "result", "conflict", "answer", "document", "saved", "taken", "closed"], heard, (up) => {
    if (up === !desk.offline) { if (up) refresh().then(() => run.resume(desk.state), failed); return; }
    desk.offline = !up;
    tellAll("line");
    if (up) refresh().then(() => run.resume(desk.state), failed);
  });
}

window.addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof Gone) return; // the stream notices, and says so
  if (event.reason instanceof Refused) failed(event.reason);
});
start().catch(failed);
