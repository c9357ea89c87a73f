// Scenarios: the edits that stand saved under a name, another one started from, own ones renamed and taken away.

import { ask } from "./api.mjs";
import { h, put } from "./dom.mjs";
import { desk, path, readOnly, tellAll } from "./desk.mjs";
import { dialog, field, refusal } from "./dialog.mjs";
import { act } from "./editing.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Named} Named */
/** @typedef {import("./dialog.mjs").Opened} Opened */

/** @param {string} id @param {string} value @param {number} most */
const text = (id, value, most = 100) => /** @type {HTMLInputElement} */ (h("input", { type: "text", value, maxlength: most, "data-key": id, autocomplete: "off" }));

/** @param {string} title  a name that a file can have anywhere */
const plain = (title) => title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 50);

/** @param {Named[]} scenarios */
function took(scenarios) {
  desk.state.scenarios = scenarios;
  tellAll("line");
}

/** Asks for names and a reason, and saves what stands. */
export function saveAs() {
  if (readOnly() || document.querySelector("dialog")) return;
  if (!desk.state.edits.length) { dialog(say("scenario.save"), () => [h("p.note", {}, say("scenario.nothing"))], () => []); return; }
  const zh = text("title_zh", ""), en = text("title_en", ""), why = text("reason", "", 300), name = text("name", "", 60);
  let own = false;
  name.addEventListener("input", () => { own = true; });
  for (const each of [zh, en]) each.addEventListener("input", () => { if (!own) name.value = plain(en.value || zh.value); });
  /** @param {Opened} opened */
  const save = async (opened) => {
    const titles = { title_zh: zh.value.trim() || en.value.trim(), title_en: en.value.trim() || zh.value.trim() };
    if (!titles.title_zh) { zh.focus(); return; }
    try {
      const { scenarios } = await ask("POST", path("/scenarios"), { name: plain(name.value || titles.title_en), ...titles, why: why.value.trim() });
      took(scenarios);
      opened.close();
      const file = `scenarios/${plain(name.value || titles.title_en)}.toml`;
      const shown = desk.state.kind === "whole" ? "--integers" : "--relaxation"; // what the page shows, whatever the instance says
      dialog(say("scenario.saved"), () => [h("p", {}, say("scenario.saved_as", { file })), h("code.line", {}, `alloc solve instance --scenario ${file} ${shown}`)], () => []);
    } catch (error) { opened.wrong(error); }
  };
  const opened = dialog(say("scenario.save"), () => [
    h("p.note", {}, say("scenario.how", { n: desk.state.edits.length })), field(say("scenario.title_zh"), zh), field(say("scenario.title_en"), en),
    field(say("scenario.why"), why, say("scenario.why_note")), field(say("scenario.file"), name),
  ], (found) => [h("button.btn.go", { type: "button", "data-key": "save", onclick: () => save(found) }, say("scenario.do"), h("kbd", {}, "Enter"))]);
  opened.element.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing && event.target instanceof HTMLInputElement) { event.preventDefault(); save(opened); } });
  zh.focus();
}

/** The list of all scenarios, and what can be done with each. */
export function manage() {
  if (document.querySelector("dialog")) return;
  const list = h("div", {});
  /** What is being done with one of them. @type {{id: string, what: "" | "name" | "away"}} */
  let now = { id: "", what: "" };
  /** @param {string} method @param {string} id @param {any} [body] */
  const change = async (method, id, body) => {
    try { took((await ask(method, path(`/scenarios/${encodeURIComponent(id)}`), body)).scenarios); now = { id: "", what: "" }; draw(); } catch (error) { list.append(...refusal(error)); }
  };
  const draw = () => put(list, ...desk.state.scenarios.map((/** @type {Named} */ each) => h("div.made", {},
    h("span", {}, each.stands ? h("b", {}, tell(each.title)) : tell(each.title), " ", h("span.n.q", {}, each.id ? say(each.edits === 1 ? "scenario.one_edit" : "scenario.edits", { n: each.edits }) : "", each.mine ? ` · ${say("scenario.mine")}` : "")),
    h("span.nb", {}, ...actions(each)), ...asked(each))));
  /** @param {Named} each */
  const actions = (each) => (readOnly() ? [] : [
    each.mine ? h("button.link", { type: "button", "data-key": `name${each.id}`, "aria-label": say("scenario.rename_of", { title: tell(each.title) }), onclick: () => { now = { id: each.id, what: "name" }; draw(); list.querySelector("input")?.focus(); } }, say("scenario.rename")) : null, " ",
    each.mine ? h("button.link", { type: "button", "data-key": `away${each.id}`, "aria-label": say("scenario.remove_of", { title: tell(each.title) }), onclick: () => { now = { id: each.id, what: "away" }; draw(); } }, say("scenario.remove")) : null, " ",
    each.stands ? h("span.q", {}, say("scenario.stands")) : h("button.link", { type: "button", "data-key": `start${each.id}`, "aria-label": say("scenario.start_of", { title: tell(each.title) }), onclick: () => { opened.close(); act("/scenario", { name: each.id }); } }, say("scenario.start")),
  ]);
  /** @param {Named} each */
  const asked = (each) => {
    if (now.id !== each.id || !now.what) return [];
    const off = h("button.btn", { type: "button", "data-key": "off", onclick: () => { now = { id: "", what: "" }; draw(); } }, say("scenario.off"));
    if (now.what === "away") return [h("div.whole", {}, h("span", {}, say("scenario.sure", { file: `scenarios/${each.id}.toml` })), h("div.buttons", {}, h("button.btn.go", { type: "button", "data-key": "sure", onclick: () => change("DELETE", each.id) }, say("scenario.remove")), off))];
    const zh = text("zh", each.title.zh), en = text("en", each.title.en);
    const keep = () => { if (zh.value.trim() && en.value.trim()) change("PUT", each.id, { title_zh: zh.value.trim(), title_en: en.value.trim() }); };
    for (const input of [zh, en]) input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) keep(); });
    return [h("div.whole", {}, field(say("scenario.title_zh"), zh), field(say("scenario.title_en"), en), h("div.buttons", {}, h("button.btn.go", { type: "button", "data-key": "keepname", onclick: keep }, say("scenario.rename")), off))];
  };
  const opened = dialog(say("scenario.all"), () => [h("p.note", {}, say("scenario.switch")), list], () => []);
  draw();
}
