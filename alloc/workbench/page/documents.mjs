// Documents: reports of the result that is shown, made beside, listed with what they are of, and handed out.

import { ask, Refused } from "./api.mjs";
import { desk, named, path, readOnly } from "./desk.mjs";
import { h, put } from "./dom.mjs";
import { number } from "./numbers.mjs";
import { chosen } from "./selection.mjs";
import { language, say, tell } from "./words.mjs";

/** @type {Record<string, string>} */
const KINDS = { report: "documents.kind_report", cities: "documents.kind_cities", compare: "documents.kind_compare" };
const FORMATS = ["html", "xlsx", "docx", "pdf"];

/** What is being made, by this page or another: it goes on while other screens are shown. */
let job = "";

/** @param {HTMLElement} main  the place of the screen */
export function documents(main) {
  const left = h("aside.side", { "aria-label": say("documents.make") }), list = h("section.mid", {});
  main.className = "two";
  main.replaceChildren(left, list);
  /** @type {{id: string, name: string, title: import("./types.mjs").Words, kind: string, language: string, size: number, hash: string, old: boolean, at: string}[]} */ let made = [];
  /** @type {(string | import("./types.mjs").Words)[]} */ let wrong = [];
  let over = false;

  const formats = new Map(FORMATS.map((each) => [each, /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: each === "html" || each === "xlsx" }))]));
  const tongue = /** @type {HTMLSelectElement} */ (h("select", {}, ...[["zh", "中文"], ["en", "English"]].map(([id, title]) => h("option", { value: id, selected: id === language() }, title))));
  const of = /** @type {HTMLSelectElement} */ (h("select", { "data-key": "of" }, h("option", { value: "report" }, say("documents.whole")), h("option", { value: "cities", selected: chosen.size > 0 }, say("documents.pages"))));
  const cities = /** @type {HTMLSelectElement} */ (h("select.many", { multiple: true, size: 8, "data-key": "cities", "aria-label": say("documents.which") }, ...[...desk.rows].sort((one, other) => Number(chosen.has(other.key)) - Number(chosen.has(one.key))).map((row) => h("option", { value: row.key, selected: chosen.has(row.key) }, named(row.key)))));
  const which = h("div", { hidden: chosen.size === 0 }, h("p.note", {}, say("documents.which")), cities);
  of.addEventListener("change", () => { which.hidden = of.value !== "cities"; });
  const field = (/** @type {string} */ title, /** @type {HTMLElement} */ input) => h("label.made", {}, h("span", {}, title), input);
  const form = h("div", {}, h("h2.h", {}, say("documents.make")), h("p.note", {}, say("documents.how")), field(say("documents.of"), of), which, field(say("documents.language"), tongue),
    ...[...formats].map(([name, box]) => field(name, box)), h("p.note", {}, say("documents.compared"), " ", h("a.link", { href: "#compare" }, say("screen.compare"))));
  const foot = h("div", {});
  left.replaceChildren(form, foot);

  async function load() {
    const answer = await ask("GET", path("/documents"));
    if (over) return;
    made = answer.documents;
    if (!job && answer.making.length) { job = answer.making[0]; watch(job); }
    for (const [form, words] of Object.entries(answer.missing)) {
      const box = formats.get(form), row = box?.parentElement;
      if (!box || !row || row.querySelector(".q")) continue;
      Object.assign(box, { checked: false, disabled: true });
      row.append(h("span.n.q", {}, tell(words)));
    }
    whole();
  }

  async function make() {
    const wanted = FORMATS.filter((each) => formats.get(each)?.checked);
    if (!wanted.length) { wrong = [say("documents.none_chosen")]; whole(); return; }
    const pages = of.value === "cities" ? [...cities.selectedOptions].map((option) => option.value) : [];
    if (of.value === "cities" && !pages.length) { wrong = [say("documents.none_cities")]; whole(); return; }
    wrong = [];
    try {
      job = (await ask("POST", path("/documents"), { kind: of.value, formats: wanted, language: tongue.value, cities: pages })).job ?? "";
      watch(job);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong = [tell(error.title) || error.message];
    }
    whole();
  }

  /** Asks once a second how far a job is: also where its event went to another tab. @param {string} id */
  async function watch(id) {
    while (!over && job === id) {
      const found = await ask("GET", `/jobs/${id}`).catch((error) => { if (error instanceof Refused && error.status === 404) return null; throw error; }); // the program was started again
      if (found?.state === "waiting" || found?.state === "running") { await new Promise((next) => { setTimeout(next, 1000); }); continue; }
      if (over || job !== id) return; // who looks at it now tells how it ended
      job = "";
      wrong = found?.state === "failed" ? [found.problem?.title ?? ""] : found?.answer?.missing ?? [];
      await load();
    }
  }

  const stamp = (/** @type {string} */ at) => new Date(at).toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });

  /** @param {typeof made[number]} each  what it is, in which language and format */
  const called = (each) => say("documents.called", { kind: say(KINDS[each.kind] ?? "documents.kind_report"), language: each.language === "zh" ? "中文" : "English", format: each.name.split(".").pop() ?? "" })
    + (each.kind === "cities" ? ` ${named(each.name.split(/[-_.]/)[0])}` : "");

  function whole() {
    put(foot, h("div.buttons", {}, h("button.btn.go", { type: "button", "data-key": "make", disabled: readOnly() || !desk.cities || Boolean(job), onclick: make }, say("documents.do"))), desk.cities ? null : h("p.note", {}, say("conflict.saved_alone")),
      job ? h("p.note", { role: "status" }, say("documents.running")) : null, ...wrong.map((each) => h("p.finding", { role: "alert" }, tell(each))));
    put(list, h("h2.h", {}, say("documents.list"), h("span", {}, made.length)),
      ...(made.length ? made.map((each) => h("div.made", {}, h("span", {}, h("a.link", { href: `/api/v1${path(`/documents/${encodeURIComponent(each.id)}`)}`, download: each.name, "data-key": each.id, title: each.name }, called(each)), " ",
        h("span.n.q", { title: each.hash }, say("documents.from", { title: tell(each.title), at: stamp(each.at) })), each.old ? h("span.n.stale.old", { "data-old": true }, say("documents.old")) : null),
        h("span.q.nb", {}, say("documents.size", { n: number(Math.max(1, Math.round(each.size / 1024))) })))) : [h("p.note", {}, say("documents.empty"))]));
  }

  whole();
  load();
  if (job) watch(job);
  return { render: (/** @type {string} */ part) => { if (part === "result") load(); else if (part === "line") whole(); }, leave: () => { over = true; } };
}
