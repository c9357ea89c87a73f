// Data: the tables of the instance as they stand, with what the checks say; cells typed, pasted, filled down.

import { ask, Refused } from "./api.mjs";
import { chosenColumns } from "./chosencolumns.mjs";
import { desk, named, path, readOnly, refresh } from "./desk.mjs";
import { h, place, put } from "./dom.mjs";
import { mine as mineList } from "./mine.mjs";
import { number, parsed, places } from "./numbers.mjs";
import { addRows, pasting } from "./rows.mjs";
import { save } from "./save.mjs";
import { sheet } from "./sheet.mjs";
import { about, cell, columnOf, first, NAME, NUMBERS, plain, read, ROW, SIGNS } from "./tables.mjs";
import { droppable, workbook } from "./workbook.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Column} Column */
/** @typedef {import("./types.mjs").Found} Found */
/** @typedef {import("./types.mjs").Words} Words */
/** @typedef {import("./sheet.mjs").Block} Block */
/** @typedef {import("./tables.mjs").TableColumn} TableColumn */
/** @typedef {import("./tables.mjs").Table} Table */
/** @typedef {{keys: string[], columns: string[], texts: string[][], cells: {key: string[], column: string, old: any, new: any}[], findings: Found[], total?: number, said: string[], beside?: string[], rows?: string}} Draft  what is proposed and not done: a block, or what is wrong with it */

const LISTED = 60;
const BLANK = { zh: "", en: "" };

/** What is looked at; it stays while other screens are shown. */
/** @type {{table: string, columns: Record<string, string[]>}} */
const held = { table: "cities", columns: {} };

/** @param {HTMLElement} main  the place of the screen */
export function data(main) {
  const left = h("div.tables", {}), standing = h("div", {}), head = h("div", {}), tools = h("div.tools", {}), surface = h("div.table", {}), right = h("aside.side.rt", { "aria-label": say("data.warnings"), tabindex: 0 });
  main.className = "";
  main.replaceChildren(h("aside.side.l", { "aria-label": say("data.tables") }, left, standing), h("section.mid", {}, head, tools, surface), right);
  const edits = mineList(standing);
  const query = /** @type {HTMLInputElement} */ (h("input.search", { type: "search", "data-find": true, "data-key": "find" }));
  query.addEventListener("input", () => filter());
  query.addEventListener("keydown", (event) => { if (event.key === "Escape" && query.value) { query.value = ""; filter(); event.stopPropagation(); } });

  /** @type {Table | null} */ let table = null;
  /** @type {ReturnType<typeof sheet> | null} */ let made = null;
  /** @type {Map<string, any>} */ let rows = new Map();
  /** @type {Map<string, string[]>} */ let keys = new Map();
  /** @type {Map<string, TableColumn>} */ let columns = new Map();
  /** @type {Draft | null} */ let draft = null;
  /** What the draft puts into cells. @type {Map<string, string>} */ let drafted = new Map();
  /** @type {Map<string, Found[]>} */ let marked = new Map();
  /** @type {Map<string, string>} */ let statuses = new Map();
  /** @type {Set<string>} */ let mine = new Set();
  let only = "", at = -1, busy = "", across = "", over = false; // across: the columns that are drawn

  if (desk.state.view.table) held.table = desk.state.view.table;
  const shownColumns = () => held.columns[held.table] ?? few();
  const value = (/** @type {string} */ key, /** @type {string} */ column) => rows.get(key)?.[column];
  const heading = (/** @type {string} */ id) => { const column = columns.get(id); return !column ? say(id === NAME ? "data.city" : "data.row") : tell(column.unit) ? say("list.unit", { title: tell(column.title), unit: tell(column.unit) }) : tell(column.title); };
  /** @param {string} id @param {any} each  a cell as it is read: the title of a code */
  const worded = (id, each) => { const title = columns.get(id)?.titles[each]; return title ? tell(title) : plain(each); };
  const called = (/** @type {string} */ key) => { const own = [...columns.values()].filter((column) => column.key); return (keys.get(key) ?? [key]).map((each, place) => (!place && desk.byKey.has(each) ? named(each) : worded(own[place]?.name, each))).join(" · "); };

  const few = () => (table ? first({ table, columns, rows }) : []);
  const under = (/** @type {Found} */ found) => columnOf(found, held.table);
  const meant = (/** @type {Found} */ found) => about(found, rows);

  /** The table as it stands; what is drawn stays, where only cells have changed. */
  async function load() {
    const wanted = held.table;
    const got = await read(wanted);
    if (over || wanted !== held.table) return;
    const before = table && table.name === got.table.name ? rows : null;
    ({ table, columns, rows, keys, statuses, marked, mine } = got);
    const listed = [...rows.keys()], names = [...columns.keys()];
    const same = before && made && across === String(shownColumns()) && before.size === rows.size && listed.every((key) => before.has(key));
    const changed = same ? listed.filter((key) => names.some((name) => rows.get(key)[name] !== before.get(key)[name])).map((key) => rows.get(key)) : [];
    if (made && same && (made.table.initialized || !changed.length)) {
      if (changed.length) await made.table.updateData(changed);
      made.repaint();
    } else draw();
    whole();
  }

  function draw() {
    if (made?.table.initialized) made.table.destroy();
    const list = [...rows.values()];
    /** @param {string} id @returns {Column} */
    const column = (id) => {
      const known = /** @type {TableColumn} */ (columns.get(id)), numeric = NUMBERS.includes(known.kind) || list.some((row) => typeof row[id] === "number");
      const sign = SIGNS[known.status] ?? "";
      const decimals = numeric ? Math.min(6, Math.max(0, ...list.map((row) => (typeof row[id] === "number" ? places(row[id]) : 0)))) : 0;
      return { id, title: { zh: known.title.zh + sign, en: known.title.en + sign }, unit: known.unit, kind: numeric ? "number" : "text", size: 1, decimals, of: null, shown: true, bold: false, additive: false, levels: null, titles: known.titles };
    };
    const plainColumn = (/** @type {string} */ id, /** @type {Words} */ title, /** @type {"number" | "text"} */ kind) => ({ id, title, unit: BLANK, kind, size: 1, decimals: 0, of: null, shown: true, bold: false, additive: false, levels: null });
    const named = list.some((row) => row[NAME]) ? [plainColumn(NAME, { zh: say("data.city"), en: say("data.city") }, "text")] : [];
    across = String(shownColumns());
    const own = shownColumns().map(column), amounts = own.findIndex((each) => each.kind === "number" && !columns.get(each.id)?.key);
    made = sheet(surface, {
      columns: [plainColumn(ROW, { zh: say("data.row"), en: say("data.row") }, "number"), ...named, ...own], rows: list, label: tell(table?.title), empty: say(list.length ? "data.empty" : "rows.none"), stays: 1 + named.length + (amounts < 0 ? own.length : amounts),
      mark, writable: (_key, id) => !readOnly() && Boolean(columns.get(id)?.editable), text: (key, id) => worded(id, drafted.get(cell(key, id)) ?? value(key, id)), bare: (key, id) => plain(value(key, id)),
      typed, pasted, copied: (block) => block_text(block), filled: fill,
      emptied: (block) => propose(block.keys, block.columns.filter((id) => columns.get(id)?.editable), (block.keys.map(() => block.columns.filter((id) => columns.get(id)?.editable).map(() => "")))),
    });
    made.table.on("tableBuilt", filter);
  }

  /** @param {any} row @param {Column} column @param {HTMLElement} element */
  function mark(row, column, element) {
    const id = cell(row.key, column.id), proposed = drafted.get(id), found = marked.get(id) ?? [];
    const wrong = !draft?.keys.length ? [] : draft.findings.filter((each) => each.key === row.key && under(each) === column.id && [held.table, ""].includes(tableOf(each)));
    element.classList.toggle("err", wrong.length > 0);
    element.classList.toggle("warn", !wrong.length && found.length > 0);
    element.classList.toggle("mine", !wrong.length && (proposed !== undefined || mine.has(id)));
    const told = [...wrong, ...found].map((each) => tell(each.text)).join("\n") || (proposed !== undefined ? say("data.before", { value: worded(column.id, value(row.key, column.id)) || "—" }) : "");
    if (told) element.title = told; else element.removeAttribute("title");
    if (element.querySelector("input")) return;
    if (proposed !== undefined) {
      const figure = column.kind === "number" ? parsed(proposed) : null;
      element.replaceChildren(figure === null ? worded(column.id, proposed) || "—" : number(figure, Math.min(6, Math.max(column.decimals, places(figure)))));
      element.dataset.draft = "";
    }
    const sign = SIGNS[statuses.get(id) ?? ""];
    if (sign && proposed === undefined && !element.querySelector("sup")) element.append(h("sup", {}, sign));
  }

  /** Ends what is proposed; cells show what stands there. */
  function drop() {
    draft = null; drafted = new Map(); at = -1;
    const touched = new Set([...surface.querySelectorAll("[data-draft]")].map((element) => /** @type {HTMLElement} */ (element).dataset.row));
    for (const key of touched) made?.table.getRow(key)?.reformat();
    for (const element of surface.querySelectorAll("[data-draft]")) element.removeAttribute("data-draft");
    made?.repaint();
  }

  /** @param {string} key @param {string} id @param {string} text */
  function typed(key, id, text) {
    if (draft && drafted.has(cell(key, id))) {
      const texts = draft.texts.map((row) => [...row]);
      texts[draft.keys.indexOf(key)][draft.columns.indexOf(id)] = text;
      propose(draft.keys, draft.columns, texts);
    } else propose([key], [id], [[text]], true);
  }

  /** @param {Block} block */
  function fill(block) {
    const writable = block.columns.filter((id) => columns.get(id)?.editable), [first, ...rest] = block.keys;
    propose(rest, writable, rest.map(() => writable.map((id) => plain(value(first, id)))));
  }

  /** @param {Block} block @param {string[][]} texts  put where the block begins; one cell fills all of it */
  function pasted(block, texts) {
    if (readOnly() || !made) return;
    const headings = new Set([...columns.keys()].flatMap((id) => [id, heading(id), tell(columns.get(id)?.title)]).concat([heading(NAME)]));
    if (texts.length > 1 && texts[0].every((text) => headings.has(text))) texts = texts.slice(1);
    const list = made.order(), start = list.indexOf(block.keys[0]), across = [...(rows.get(list[0])?.[NAME] ? [NAME] : []), ...shownColumns()], beginning = Math.max(0, across.indexOf(block.columns.find((id) => id !== ROW) ?? ""));
    if (texts.length === 1 && texts[0].length === 1) texts = block.keys.map(() => block.columns.filter((id) => id !== ROW).map(() => texts[0][0]));
    const wide = Math.max(...texts.map((row) => row.length));
    if (start + texts.length > list.length || beginning + wide > across.length || texts.some((row) => row.length !== wide)) {
      const heads = across.slice(beginning, beginning + wide), own = heads.flatMap((id, place) => (id === NAME ? [] : [place]));
      refuse([say("data.beyond", { rows: number(texts.length), columns: number(wide), left: number(list.length - start), across: number(across.length - beginning) }) + (start || beginning ? say("data.begin") : "") + (addable() ? say("data.add_rest") : "")],
        addable() ? (wide > heads.length ? texts : [own.map((place) => heading(heads[place])), ...texts.map((row) => own.map((place) => row[place] ?? ""))]).map((row) => row.join("\t")).join("\n") : "");
      return;
    }
    const target = list.slice(start, start + texts.length), named = across.slice(beginning, beginning + wide), open = named.filter((id) => columns.get(id)?.editable);
    const wrong = named.filter((id, place) => !open.includes(id) && texts.some((row, each) => ![plain(value(target[each], id)), worded(id, value(target[each], id))].includes(row[place])));
    if (wrong.length) { refuse(wrong.map((id) => say("data.fixed", { column: heading(id) }))); return; }
    propose(target, open, texts.map((row) => row.filter((_, place) => open.includes(named[place]))));
  }

  /** @param {string[]} said  nothing is proposed, and why @param {string} [rows]  what can be added as rows instead */
  function refuse(said, rows = "") {
    drop();
    draft = { keys: [], columns: [], texts: [], cells: [], findings: [], said, rows };
    whole();
  }

  /** @param {Draft} what @param {boolean} dry @returns {Promise<any>} the answer; a stale revision is brought up to date once */
  async function post(what, dry) {
    const own = what.keys.map((key) => keys.get(key)), text = what.texts.map((row) => row.map((each) => each.trim() || " ").join("\t")).join("\n");
    const send = () => ask("POST", path(`/tables/${encodeURIComponent(held.table)}/paste`), { revision: desk.asked, keys: own, columns: what.columns, text, dry });
    try { return await send(); } catch (error) {
      if (!(error instanceof Refused) || error.status !== 409) throw error;
      await refresh();
      return send();
    }
  }

  /**
   * Asks what a block would change, and shows it; one cell is changed at once.
   * @param {string[]} list @param {string[]} ids @param {string[][]} texts @param {boolean} [direct]
   */
  async function propose(list, ids, texts, direct = false) {
    if (readOnly()) return;
    if (!ids.length || !list.length) { refuse([say("data.nothing")]); return; }
    drop();
    /** @type {Draft} */
    const what = { keys: list, columns: ids, texts, cells: [], findings: [], said: [] };
    const waiting = setTimeout(() => { busy = say("data.checking", { n: number(list.length * ids.length) }); whole(); }, 300);
    const answered = () => { clearTimeout(waiting); busy = ""; };
    try {
      const answer = await post(what, !direct);
      answered();
      if (over) return;
      if (answer.applied) { desk.asked = Math.max(desk.asked, answer.revision); whole(); return; }
      if (!answer.cells.length) { if (direct) whole(); else refuse([say("data.same")]); return; }
      draft = { ...what, cells: answer.cells };
      const byKey = new Map(list.map((key) => [/** @type {string[]} */ (keys.get(key)).join("\n"), key]));
      for (const each of answer.cells) drafted.set(cell(byKey.get(each.key.join("\n")) ?? "", each.column), plain(each.new));
    } catch (error) {
      answered();
      if (!(error instanceof Refused)) throw error;
      draft = { ...what, findings: error.findings.filter((each) => each.severity === "error"), total: error.total, said: error.findings.length ? [] : [tell(error.title) || error.message] };
      list.forEach((key, row) => ids.forEach((id, place) => drafted.set(cell(key, id), texts[row][place])));
    }
    made?.repaint();
    whole();
    /** @type {HTMLElement | null} */ (head.querySelector(".btn.go"))?.focus();
  }

  async function confirm() {
    const what = draft;
    if (!what || what.findings.length || !what.cells.length) return;
    const { revision: fresh } = await post(what, false);
    desk.asked = Math.max(desk.asked, fresh);
    drop();
    whole();
    made?.focus(what.keys[0], what.columns[0]);
  }

  /** @param {Block} block  with its heads, for a spreadsheet */
  const block_text = (block) => {
    const ids = block.columns.filter((id) => id !== ROW), safe = (/** @type {any} */ each) => (typeof each === "string" && /^[=+\-@]/.test(each) ? `'${each}` : plain(each)).replace(/[\t\r\n]+/g, " ");
    return [ids.map(heading), ...block.keys.map((key) => ids.map((id) => safe(value(key, id))))].map((row) => row.join("\t")).join("\n");
  };

  async function copy() {
    if (!made) return;
    const block = made.single() ? { keys: made.order(), columns: shownColumns() } : made.chosen();
    let said = say("data.copied", { rows: number(block.keys.length), columns: number(block.columns.filter((id) => id !== ROW).length) });
    try { await navigator.clipboard.writeText(block_text(block)); } catch { said = say("data.not_copied"); }
    const told = tools.querySelector("[data-told]");
    if (told) told.textContent = said;
    place("spoken").textContent = said;
  }

  /** What is wrong with a workbook: at its cells, where these are. @param {Refused} error @param {string} name */
  function unfit(error, name) {
    drop();
    const errors = error.findings.filter((found) => found.severity === "error"), beside = error.findings.filter((found) => found.severity !== "error");
    const first = errors.find((found) => tableOf(found));
    draft = { keys: [], columns: [], texts: [], cells: [], findings: errors, total: error.total - beside.length, said: errors.length ? [] : [`${name}: ${tell(error.title) || error.message}`],
      beside: beside.filter((found) => !found.key).map((found) => tell(found.text)) };
    if (first && tableOf(first) !== held.table) open(tableOf(first), false); else { made?.repaint(); whole(); }
  }
  /** @param {Found} found  the table that it is about, by file or sheet */
  const tableOf = (found) => {
    const said = (found.file ?? "").split("#").pop()?.replace(/\.\w+$/, "").toLowerCase();
    return table?.tables.find((each) => [each.name, each.title.zh, each.title.en].some((one) => one.toLowerCase() === said))?.name ?? "";
  };
  const bring = (/** @type {File} */ file) => { if (!readOnly()) { busy = say("workbook.reading", { name: file.name }); whole(); workbook(file, unfit).finally(() => { busy = ""; if (!over) whole(); }); } };
  const undrop = droppable(main, bring);
  const chooser = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: ".xlsx,.zip", hidden: true, "aria-label": say("workbook.replace") }));
  chooser.addEventListener("change", () => { const file = chooser.files?.[0]; chooser.value = ""; if (file) bring(file); });

  /** @returns {Found[]} what F8 goes through */
  const findings = () => (draft?.findings.length ? draft.findings : table?.findings ?? []);

  /** @param {number} next  goes to a finding's cell */
  function go(next) {
    const list = findings();
    if (!list.length) return;
    at = ((next % list.length) + list.length) % list.length;
    const home = tableOf(list[at]);
    if (home && home !== held.table) { const wanted = at; open(home, false); at = wanted; return; }
    const column = under(list[at]), [key] = meant(list[at]);
    meaning();
    if (!key || !column) return;
    if (!shownColumns().includes(column) && columns.has(column)) { held.columns[held.table] = [...columns.keys()].filter((id) => id === column || shownColumns().includes(id)); draw(); }
    if (!made?.order().includes(key)) { query.value = ""; only = ""; filter(); }
    made?.focus(key, column);
  }

  function filter() {
    if (!made?.table.initialized) return;
    const said = query.value.trim().toLowerCase(), warned = new Set((table?.findings ?? []).flatMap(meant)), touched = only === "mine" ? ours() : null;
    if (!said && !only) made.table.clearFilter();
    else made.table.setFilter((/** @type {any} */ row) => (only !== "warned" || warned.has(row.key)) && (!touched || touched.has(row.key))
      && (!said || [called(row.key), ...Object.entries(row).flatMap(([id, each]) => [each, worded(id, each)])].some((each) => typeof each === "string" && each.toLowerCase().includes(said))));
    bar();
  }

  /** @returns {Set<string>} rows of this table that an edit has changed */
  const ours = () => new Set([...mine].map((each) => each.slice(0, each.indexOf("\n"))));

  /** @param {string} name @param {boolean} [fresh]  what is proposed is put away */
  function open(name, fresh = true) {
    held.table = name; only = ""; query.value = "";
    if (fresh) { table = null; drop(); }
    desk.state.view = { ...desk.state.view, table: name };
    if (!readOnly()) ask("PUT", path("/view"), { content: desk.state.view }).catch(() => undefined);
    load();
  }

  function bar() {
    if (!table) return;
    const warned = new Set(table.findings.flatMap(meant)).size, touched = mine.size ? ours().size : 0, used = [...columns.values()].filter((column) => shownColumns().includes(column.name));
    const chip = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...text) => h("button.chip", { type: "button", "data-key": `c${name}`, "aria-pressed": only === name, onclick: () => { only = name; filter(); } }, ...text);
    query.placeholder = `${say("data.find")}  /`;
    query.setAttribute("aria-label", say("data.find_label"));
    const shown = [chip("", say("data.all", { n: number(rows.size) })), warned ? chip("warned", h("span.corner", { "aria-hidden": "true" }, "◥"), ` ${say("data.warned", { n: number(warned) })}`) : null, touched ? chip("mine", say("data.mine", { n: number(touched) })) : null];
    put(tools, query, ...shown, addable() ? h("button.btn.plain", { type: "button", "data-key": "addrow", onclick: () => adding() }, say("rows.new")) : null,
      readOnly() ? null : h("button.btn.plain", { type: "button", "data-key": "fill", title: "Ctrl+D", onclick: () => { const block = made?.chosen(); if (block && block.keys.length > 1) fill(block); } }, say("data.fill"), h("kbd", {}, "Ctrl D")),
      h("button.btn.plain", { type: "button", "data-key": "copy", title: say("data.copy_how"), onclick: copy }, say("data.copy")),
      h("span.n.q", { "data-told": true, role: "status" }), h("span.gap"),
      used.some((column) => column.status === "estimated") ? h("span.n.q", {}, say("data.estimated")) : null, used.some((column) => column.status === "assumed") ? h("span.n.q", {}, say("data.assumed")) : null,
      h("button.link.n", { type: "button", "data-key": "columns", onclick: choose }, say("data.of_columns", { n: used.length, all: columns.size })));
  }

  const choose = () => chosenColumns([...columns.values()], shownColumns(), few(), (list) => {
    if (list) held.columns[held.table] = list; else delete held.columns[held.table];
    draw(); bar();
  });

  const addable = () => !readOnly() && Boolean(table?.columns.some((column) => column.editable));
  /** @param {string} [text]  what was pasted */
  const adding = (text) => addRows(/** @type {Table} */ (table), (column) => heading(column.name), text);
  const unpaste = pasting(() => !rows.size && addable(), adding); // there is no cell to paste into

  function banner() {
    const discard = h("button.btn", { type: "button", "data-key": "discard", onclick: () => { drop(); whole(); } }, say("data.discard"), h("kbd", {}, "Esc"));
    if (busy) return h("div.banner.calm", { role: "status" }, h("b", {}, busy));
    if (!draft) return null;
    if (draft.said.length) return h("div.banner", { role: "alert" }, h("b.down", { "aria-hidden": "true" }, "✕"), h("div.grow", {}, ...draft.said.map((text) => h("div", {}, text))),
      draft.rows ? h("button.btn.go", { type: "button", "data-key": "addpasted", onclick: () => { const { rows = "" } = draft ?? {}; drop(); whole(); adding(rows); } }, say("rows.new")) : null, discard);
    const wrong = draft.findings.length && Math.max(draft.findings.length, draft.total ?? 0), count = draft.cells.length;
    if (wrong) return h("div.banner", { role: "alert" }, h("b.down", {}, `✕ ${number(wrong)}`), h("div.grow", {}, h("div", {}, h("b", {}, say(wrong === 1 ? "data.wrong_one" : "data.wrong", { n: number(wrong) }))), h("div.n", {}, say(draft.keys.length ? "data.mend" : "data.mend_file")), ...(draft.beside ?? []).map((text) => h("div.n", {}, text))),
      h("button.btn.go", { type: "button", "data-key": "next", onclick: () => go(at + 1) }, say("data.next"), h("kbd", {}, "F8")), discard);
    return h("div.banner.calm", { role: "status" }, h("div.grow", {}, h("div", {}, h("b", {}, say(count === 1 ? "data.changes_one" : "data.changes", { n: number(count) }))), h("div.n", {}, say("data.not_yet"))),
      h("button.btn.go", { type: "button", "data-key": "confirm", onclick: confirm }, say("data.confirm"), h("kbd", {}, "Enter")), discard);
  }

  /** @param {Found} found  of a workbook: its sheet, and the cell, or the row alone */
  const where = (found) => {
    const sheet = (found.file ?? "").split("#").pop() ?? "";
    return found.cell ? `${sheet} ${tell(found.cell)}` : say("workbook.at", { place: sheet, row: found.row ?? "" });
  };

  /** @param {Found} found @param {number} place @param {string} sign */
  const line = (found, place, sign) => h("button.found", { type: "button", "data-key": `f${place}`, "aria-current": at === place && findings()[place] === found ? "true" : null, onclick: () => go(place) },
    h("div.head", {}, h(sign === "✕" ? "b.down" : "span.corner", { "aria-hidden": "true" }, sign),
    sign === "✕" && found.row !== null ? h("span.n.q", {}, where(found)) : null,
    found.key ? h("b", {}, meant(found).length > 1 ? say("data.several", { first: called(meant(found)[0]) }) : called(meant(found)[0] ?? found.key)) : null, h("span.n.q", {}, columns.has(under(found)) ? tell(columns.get(under(found))?.title) : under(found))), h("div", {}, tell(found.text)));

  function meaning() {
    const { state } = desk, warnings = table?.findings ?? [], more = (/** @type {number} */ n) => (n > LISTED ? h("p.note", {}, say("data.more", { n: number(n - LISTED) })) : null);
    put(right,
      ...(draft?.findings.length ? [h("h2.h", {}, say("data.errors"), h("span", {}, number(Math.max(draft.findings.length, draft.total ?? 0)))), ...draft.findings.slice(0, LISTED).map((found, place) => line(found, place, "✕")), more(Math.max(draft.findings.length, draft.total ?? 0))] : []),
      ...(draft?.cells.length ? [h("h2.h", {}, say("data.will"), h("span", {}, number(draft.cells.length))), ...draft.cells.slice(0, LISTED).map((each) => h("div.found", {}, h("b", {}, called(each.key.join(", "))), " ", h("span.n.q", {}, heading(each.column)), h("div", {},
        h("s.q", {}, amount(each.column, each.old)), " → ", h("mark", {}, amount(each.column, each.new))))), more(draft.cells.length)] : []),
      h("h2.h", {}, say("data.warnings"), h("span", {}, number(warnings.length))),
      ...(warnings.length ? [...warnings.slice(0, LISTED).map((found, place) => line(found, place, "◥")), more(warnings.length)] : [h("p.note", {}, say("data.none"))]),
      h("h2.h", {}, say("data.result")), h("p.note", {}, tell(state.conflict ? state.conflict.sentence : state.sentence)));
  }

  /** @param {string} id @param {any} each  a cell of whatever kind */
  const amount = (id, each) => (typeof each === "number" ? number(each, Math.min(6, places(each))) : worded(id, each) || "—");

  function sides() {
    const button = (/** @type {Table["tables"][number]} */ each) => h("button.rule", { type: "button", "data-key": `t${each.name}`, "aria-current": each.name === held.table ? "true" : null, onclick: () => open(each.name) },
      h("span", {}, tell(each.title)), each.warnings ? h("span.n.q.nb", {}, h("span.corner", { "aria-hidden": "true" }, "◥"), ` ${number(each.warnings)}`) : h("span"), h("span.v.q", {}, number(each.rows))), all = table?.tables ?? [], none = all.filter((each) => !each.rows);
    put(left, h("h2.h", {}, say("data.tables"), h("span", {}, say("data.rows"))), ...all.filter((each) => each.rows).map(button), none.length ? h("h2.h", {}, say("rows.without")) : null, ...none.map(button),
      h("h2.h", {}, say("data.excel")), h("p.note", {}, say("data.excel_how")), h("p.note", {}, say("workbook.how")),
      h("div.buttons", {}, readOnly() ? null : h("button.btn", { type: "button", "data-key": "replace", onclick: () => chooser.click() }, say("workbook.replace")), h("button.btn", { type: "button", "data-key": "export", onclick: () => save(`${held.table}.csv`, [[...columns.keys()], ...[...rows.values()].map((row) => [...columns.keys()].map((id) => (typeof row[id] === "number" ? row[id] : plain(row[id]))))]) }, say("table.export"))));
    edits.update();
  }

  function whole() { put(head, banner()); bar(); meaning(); sides(); }

  const escaped = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !draft || event.isComposing || /** @type {HTMLElement} */ (event.target).tagName === "INPUT") return;
    event.stopPropagation();
    drop(); whole();
    const block = made?.chosen();
    if (block?.keys.length) made?.focus(block.keys[0], block.columns[0]);
  };
  main.addEventListener("keydown", escaped, true);
  load();
  return {
    /** @param {string} part */
    render: (part) => { if (part === "result") load(); else if (part === "line") whole(); },
    key: (/** @type {string} */ key) => (key === "F8" ? (go(at + 1), true) : false),
    leave: () => { over = true; undrop(); unpaste(); main.removeEventListener("keydown", escaped, true); if (made?.table.initialized) made.table.destroy(); },
  };
}
