// Screen i: how work begins – open a workbook or a folder, start from a province, look at the nation, go on with recent work.

import { ask, Refused } from "./api.mjs";
import { h, place, put } from "./dom.mjs";
import { number } from "./numbers.mjs";
import { language, say, speak, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {{id: string, title: Words, place: string, state: Words, open: boolean, units: number | null, last: string}} Workspace */

/** @param {string} [problem]  why no workspace is shown, if one was asked for */
export async function begin(problem = "") {
  const { workspaces, provinces, nation } = await ask("GET", "/workspaces");
  let wrong = problem, busy = "", typed = "", province = Object.keys(provinces)[0] ?? "";

  /** @param {string} id */
  const go = (id) => { location.href = `/?w=${id}`; };

  /** @param {string} what @param {() => Promise<string>} work  gives the id of the workspace, or is refused with words */
  async function doing(what, work) {
    if (busy) return;
    [busy, wrong] = [what, ""];
    whole();
    try { go(await work()); } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong = (error.findings.length ? error.findings.map((each) => tell(each.text)) : [tell(error.title) || error.message]).join(" "); // the title has the findings in one
      busy = "";
      whole();
    }
  }

  /** @param {string} source @param {string} value */
  const make = async (source, value) => (await ask("POST", "/workspaces", { source, value, name: "" })).id;

  /** @param {File | undefined} file  a workbook, or a zip of tables */
  const upload = (file) => { if (file) doing(file.name, async () => {
    const answer = await fetch(`/api/v1/uploads?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file, credentials: "same-origin" });
    const content = await answer.json();
    if (!answer.ok) throw new Refused(answer.status, content);
    return make("upload", content.id);
  }); };

  /** @param {string} at  when it was worked on, as the place where the page is says it */
  const when = (at) => (at ? new Date(at).toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" }) : "—");

  function whole() {
    document.title = "alloc";
    put(place("top"), h("h1.brand", {}, "alloc", h("span", {}, say("top.workbench"))), h("span.gap"),
      h("button.btn.plain", { type: "button", "data-key": "language", lang: language() === "zh" ? "en" : "zh-CN", onclick: () => { speak(language() === "zh" ? "en" : "zh"); whole(); } }, language() === "zh" ? "EN" : "中文"));
    put(place("foot"), h("span.state", {}, h(busy ? "i.lamp.wait" : "i.lamp"), h("b", {}, busy ? say("start.busy", { what: busy }) : say("start.ready")), " ", say("start.here")));
    const file = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: ".xlsx,.zip", id: "file", "data-key": "file", "aria-label": say("start.file") }));
    file.addEventListener("change", () => upload(file.files?.[0]));
    const field = /** @type {HTMLInputElement} */ (h("input.search", { type: "text", value: typed, placeholder: say("start.path"), "aria-label": say("start.path_label"), "data-key": "path", "data-find": true, autocomplete: "off" }));
    field.addEventListener("input", () => { typed = field.value; });
    field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) open(); });
    const open = () => { if (typed.trim()) doing(typed.trim(), () => make("path", typed.trim())); else field.focus(); };
    const select = /** @type {HTMLSelectElement} */ (h("select.chip", { "aria-label": say("start.province"), "data-key": "province" }, ...Object.entries(provinces).map(([code, title]) => h("option", { value: code, selected: code === province }, tell(/** @type {Words} */ (title))))));
    select.addEventListener("change", () => { province = select.value; });
    const button = (/** @type {string} */ key, /** @type {string} */ words, /** @type {() => void} */ act, go = false) => h(go ? "button.btn.go" : "button.btn", { type: "button", "data-key": key, disabled: Boolean(busy), onclick: act }, words);
    const card = (/** @type {string} */ over, /** @type {string} */ title, /** @type {string} */ text, /** @type {HTMLElement[]} */ ...act) => h("section.card.begin", {}, h("div.n.q", {}, over), h("h3", {}, title), h("p.q", {}, text), h("div.tools", {}, ...act));
    const main = place("main");
    main.className = "one";
    const cards = h("div.begins", {}, card(say("start.own"), say("start.open"), say("start.open_how"), field, button("open", say("start.open_do"), open, true), h("label.btn", { for: "file" }, say("start.file")), file),
      Object.keys(provinces).length ? card(say("start.without"), say("start.from"), say("start.from_how"), select, button("cut", say("start.cut"), () => doing(tell(provinces[province]), () => make("province", province)))) : null,
      card(say("start.look"), say("start.nation"), say("start.nation_how"), button("nation", say("start.nation_do"), () => doing(say("start.nation"), () => make("shipped", nation))), h("a.link", { href: `/api/v1/template?language=${language()}`, download: "alloc.xlsx", "data-key": "template" }, say("start.template"))));
    cards.addEventListener("dragover", (event) => event.preventDefault());
    cards.addEventListener("drop", (event) => { event.preventDefault(); upload(event.dataTransfer?.files[0]); });
    put(main, h("section.mid.start", {}, wrong ? h("div.banner", { role: "alert" }, h("div.grow", {}, wrong)) : null,
      h("h2.claim", {}, say("start.claim")), h("p.lead.q", {}, say("start.lead")), cards, h("h2.h", {}, say("start.recent")),
      workspaces.length ? h("div.values", { tabindex: 0, role: "group", "aria-label": say("start.recent") }, h("table.objectives", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("start.name")), h("th", { scope: "col" }, say("start.place")), h("th.r", { scope: "col" }, say("start.units")), h("th", { scope: "col" }, say("start.state")), h("th.r", { scope: "col" }, say("start.last")))),
        h("tbody", {}, ...workspaces.map((/** @type {Workspace} */ each) => h("tr", {}, h("th", { scope: "row" }, h("a.link", { href: `/?w=${each.id}`, "data-key": each.id }, tell(each.title))), h("td.q", {}, each.place), h("td.r", {}, each.units === null ? "—" : number(each.units)), h("td", {}, tell(each.state)), h("td.r.q", {}, when(each.last))))))) : h("p.note", {}, say("start.none")),
      h("p.note", {}, say("start.safe"))));
  }
  whole();
}
