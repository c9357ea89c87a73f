// The page of one city as a document: made beside, and handed out when it is there.

import { ask, Refused } from "./api.mjs";
import { path } from "./desk.mjs";
import { h, place } from "./dom.mjs";
import { language, say, tell } from "./words.mjs";

const FORMATS = ["docx", "pdf"];

/** What is being made, or went wrong. @type {{city: string, told: string}} */
const state = { city: "", told: "" };
/** Formats that need what is not installed, in words; null before that is known. @type {Record<string, import("./types.mjs").Words> | null} */
let missing = null;

/** Asks once, before anything is made. */
function known() {
  if (missing) return missing;
  missing = {};
  ask("GET", path("/documents")).then((answer) => { missing = answer.missing; redraw(); }).catch(() => { missing = null; });
  return missing;
}

const redraw = () => document.dispatchEvent(new Event("aside"));

/** @param {{id: string, name: string}} document  hands it out */
function save(document) {
  const link = h("a", { href: `/api/v1${path(`/documents/${encodeURIComponent(document.id)}`)}`, download: document.name });
  place("main").append(link);
  link.click();
  link.remove();
}

/** @param {string} city @param {string} format */
async function make(city, format) {
  Object.assign(state, { city, told: say("documents.running") });
  redraw();
  try {
    const { job } = await ask("POST", path("/documents"), { kind: "cities", formats: [format], language: language(), cities: [city] });
    let found = await ask("GET", `/jobs/${job}`);
    while (found.state === "waiting" || found.state === "running") { await new Promise((next) => { setTimeout(next, 1000); }); found = await ask("GET", `/jobs/${job}`); }
    state.told = found.state === "done" ? "" : tell(found.problem?.title) || say("city.stopped");
    if (found.state === "done") {
      const { documents } = await ask("GET", path("/documents")), written = documents.find((/** @type {any} */ each) => found.answer.files.some((/** @type {string} */ file) => each.id.endsWith(`~${file}`)));
      if (written) save(written);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    state.told = tell(error.title) || error.message;
  }
  redraw();
}

/** @param {string} city  for the status line: its page in each format */
export const onePage = (city) => h("span.hint", {}, state.told && state.city === city ? h("span", { role: "status" }, state.told) : [say("city.page"), ...FORMATS.flatMap((format) => [" ", known()[format] ? h("span.q", { title: tell(known()[format]) }, say("documents.lacking", { format })) : h("button.link", { type: "button", "data-key": `page-${format}`, onclick: () => make(city, format) }, format)])]);
