// The left column: rules in groups, each number edited where it stands, and the edits that stand.

import { h, holding, put } from "./dom.mjs";
import { desk, readOnly } from "./desk.mjs";
import { begin, discard, keep, meant, pending, type, typing, wrong } from "./editing.mjs";
import { addLimit } from "./limits.mjs";
import { mine } from "./mine.mjs";
import { behind, number, places } from "./numbers.mjs";
import { language, say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Rule} Rule */

/** @param {Rule} rule @param {number | null} value  as it is shown, without its unit: with the digits that it has, kept or tried */
function shownAs(rule, value) {
  if (value === null) return "—";
  const shown = (value / rule.size) * rule.scale;
  return number(shown, Math.min(6, places(shown)));
}

/** @param {Rule} rule  the figure as the field opens with it: all its digits, no commas */
const typed = (rule) => (rule.value === null ? "" : String(Number(((rule.value / rule.size) * rule.scale).toPrecision(10))));

/** @param {HTMLElement} side  the place of the column */
export function rulesColumn(side) {
  const list = h("div", {}), edits = h("div", {});
  let drawn = "";
  /** What each row was drawn from: a row is drawn again only where that is something else. @type {WeakMap<Element, string>} */
  let from = new WeakMap();
  const ids = () => [readOnly(), ...desk.state.rules.map((/** @type {Rule} */ rule) => rule.id)].join();
  side.replaceChildren(list, edits);
  /** @type {{rules: Rule[] | null, language: string, beside: Map<string, Rule[]>, headed: Set<string>}} */
  let known = { rules: null, language: "", beside: new Map(), headed: new Set() };
  const mineList = mine(edits, { settle, hint: "edit.empty" });

  /** Everything anew: at the start, and in another language. */
  function whole() {
    const groups = new Map();
    drawn = ids();
    from = new WeakMap();
    for (const rule of desk.state.rules) {
      if (rule.of !== null) continue;
      const title = tell(rule.group);
      groups.set(title, [...(groups.get(title) ?? []), rule]);
    }
    put(list, [...groups].flatMap(([title, rules]) => [
      h("h2.h", {}, headed(rules[0]) ? `${title} · ${[...new Set(rules.map((/** @type {Rule} */ rule) => tell(rule.unit)).filter(Boolean))].join(say("list.comma"))}` : title, limits(rules[0]) ? more() : null), ...rules.map((/** @type {Rule} */ rule) => h("div", { "data-row": rule.id }, ...row(rule))),
    ]), desk.state.rules.some(limits) ? null : h("h2.h", {}, say("limit.group"), more()));
    update();
  }

  /** What a result or a key changes; the field that is typed in stays as it is. */
  function update() {
    if (drawn !== ids() && typing.rule === null) { whole(); return; }
    const byId = new Map(desk.state.rules.map((/** @type {Rule} */ each) => [each.id, each]));
    holding(list, () => {
      for (const element of list.querySelectorAll("[data-row]")) {
        const rule = byId.get(/** @type {HTMLElement} */ (element).dataset.row), parts = [rule, ...beside(rule)];
        const typed = parts.some((each) => each.id === typing.rule), now = JSON.stringify([parts, typed, parts.map(pending)]);
        if (typed && element.querySelector("input")) complain(element);
        else if (typed || from.get(element) !== now) element.replaceChildren(...row(rule));
        from.set(element, now);
      }
    });
    mineList.update();
  }

  const limits = (/** @type {Rule} */ rule) => rule.id.startsWith("limits.");
  const more = () => (readOnly() ? null : h("button.link", { type: "button", "data-key": "limit", onclick: () => addLimit() }, say("limit.add")));

  /** @param {Promise<void>} done  the focus goes back to the rule that was edited */
  function settle(done) {
    const rule = typing.rule ?? list.querySelector(".mine button")?.getAttribute("data-key");
    done.then(() => { for (const button of list.querySelectorAll("button")) if (button.dataset.key === rule) button.focus(); });
  }

  /** The units of a group stand in its head, once, where figures with something beside them would leave no room. @param {Rule} rule */
  const headed = (rule) => arranged().headed.has(tell(rule.group));

  /** @param {Rule} rule @returns {Rule[]} */
  const beside = (rule) => arranged().beside.get(rule.id) ?? [];

  /** What is worked out once of the rules that stand: those beside another one, and the groups with their units in the head. */
  const arranged = () => {
    const { rules } = desk.state;
    if (known.rules !== rules || known.language !== language()) {
      const near = new Map();
      for (const rule of rules) if (rule.of !== null) near.set(rule.of, [...(near.get(rule.of) ?? []), rule]);
      const full = rules.filter((/** @type {Rule} */ each) => each.of === null && near.has(each.id) && tell(each.unit).length > 4);
      known = { rules, language: language(), beside: near, headed: new Set(full.map((/** @type {Rule} */ each) => tell(each.group))) };
    }
    return known;
  };

  /** @param {Rule} rule  its row, and the findings under it */
  function row(rule) {
    const parts = [rule, ...beside(rule)];
    const mine = parts.some((each) => each.before !== null || each.id === typing.rule || pending(each) !== null);
    return [h(mine ? "div.rule.mine" : "div.rule", {}, h("span", {}, tell(rule.title)), h("span.r", {}, ...parts.map((each) => value(each, rule))),
      h("span.bind", { "aria-hidden": "true" }, rule.binds ? "▪" : "")),
      ...found(parts)];
  }

  /** @param {Rule} rule @param {Rule} main */
  function value(rule, main) {
    if (rule.id === typing.rule) return field(rule, main);
    const unit = headed(main) && rule === main ? "" : tell(rule.unit);
    const satellite = rule !== main;
    const kept = pending(rule);
    const content = kept !== null ? [h("u", {}, rule.sign ? `${rule.sign} ` : "", kept, unit ? ` ${behind(unit)}` : "")] : [
      rule.before !== null ? h("s", {}, shownAs(rule, rule.before)) : null, rule.before !== null ? " " : null,
      satellite ? h("small", {}, h("u", {}, say("rule.reserve", { value: shownAs(rule, rule.value), unit: behind(tell(rule.unit)) })))
        : h("u", {}, rule.sign ? `${rule.sign} ` : "", shownAs(rule, rule.value), unit ? ` ${behind(unit)}` : ""),
    ];
    const inside = h("span", {}, content), title = tell(rule.apart);
    if (readOnly() || rule.value === null) return h("span.v", {}, inside);
    return h("button.v", { type: "button", "data-key": rule.id, "aria-label": `${title}: ${inside.textContent}${rule.binds ? `, ${say("rule.binds")}` : ""}`,
      title: rule.binds ? say("rule.binds") : null, onclick: () => begin(rule, typed(rule)) }, inside);
  }

  /** @param {Rule} rule @param {Rule} main  the field in the place of the number */
  function field(rule, main) {
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "decimal", value: typing.text, autocomplete: "off", "aria-label": tell(rule.apart), "aria-describedby": "findings" }));
    input.addEventListener("input", () => type(rule, input.value));
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") { event.preventDefault(); settle(keep(mineList.why())); }
      else if (event.key === "Escape") { event.stopPropagation(); settle(discard()); }
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        const step = ((event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1) * rule.step * rule.scale) / rule.size;
        input.value = String(Number(((meant(rule, input.value) ?? 0) + step).toPrecision(10)));
        type(rule, input.value);
        fit();
      }
    });
    function fit() { input.style.width = `${Math.max(40, 18 + 8 * input.value.length)}px`; }
    input.addEventListener("input", fit);
    fit();
    queueMicrotask(() => { if (document.activeElement !== input && input.isConnected) { input.focus(); input.select(); } });
    const before = rule.sign || (rule === main ? null : say("rule.reserve_word"));
    return h("span.v", {}, h("s", {}, shownAs(rule, rule.before ?? rule.value)), " ", h("span.typed", {}, before, before ? " " : null, input, headed(main) && rule === main ? "" : ` ${tell(rule.unit)}`));
  }

  /** @param {Rule[]} parts */
  const found = (parts) => (parts.some((each) => each.id === typing.rule)
    ? [h("div", { id: "findings", role: "alert" }, ...wrong().map((finding) => h("div.finding", {}, tell(finding)))), ...(desk.state.live ? [] : [h("p.note", {}, say("edit.enter"))])] : []);

  /** @param {Element} element  shows what is wrong under the field, and leaves the field alone */
  function complain(element) {
    element.querySelector("input")?.setAttribute("aria-invalid", String(wrong().length > 0));
    element.querySelector("#findings")?.replaceChildren(...wrong().map((finding) => h("div.finding", {}, tell(finding))));
  }

  return { whole, update };
}
