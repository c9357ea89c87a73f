// The edits that stand, each of which can be taken back; where a trial stands, what keeps or discards it.

import { ask } from "./api.mjs";
import { h, put } from "./dom.mjs";
import { desk, path, readOnly } from "./desk.mjs";
import { discard, keep, open, typing, without } from "./editing.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Standing} Standing */

/** The edit whose reason is being written. @type {{n: number | null, text: string}} */
const writing = { n: null, text: "" };

/** @param {Standing} edit @param {() => void} again */
function reason(edit, again) {
  if (writing.n === edit.n) return input(edit, again);
  const why = edit.why ? h("span.q.n", {}, say("edit.because", { why: edit.why })) : null;
  if (readOnly() || edit.trial) return why && h("div", {}, why);
  return h("div", {}, why, why ? " " : null, h("button.link.n", { type: "button", "data-key": `why${edit.n}`, "aria-label": say("edit.reason_of", { title: tell(edit.title) }),
    onclick: () => { Object.assign(writing, { n: edit.n, text: edit.why }); again(); } }, say(edit.why ? "edit.reason_change" : "edit.reason_give")));
}

/** @param {Standing} edit @param {() => void} again */
function input(edit, again) {
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "text", maxlength: 300, value: writing.text, "data-key": `why${edit.n}`, "aria-label": say("edit.why_label"), placeholder: say("edit.why") }));
  field.addEventListener("input", () => { writing.text = field.value; });
  field.addEventListener("keydown", async (event) => {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.stopPropagation();
    const said = writing.text.trim();
    writing.n = null;
    if (event.key === "Enter" && said !== edit.why) {
      const { revision } = await ask("PUT", path(`/edits/${edit.n}`), { revision: desk.asked, why: said });
      desk.asked = Math.max(desk.asked, revision);
      edit.why = said;
    }
    again();
    for (const each of document.querySelectorAll("[data-key]")) if (each instanceof HTMLElement && each.dataset.key === `why${edit.n}`) each.focus();
  });
  queueMicrotask(() => { if (field.isConnected && document.activeElement !== field) field.focus(); });
  return field;
}

/**
 * @param {HTMLElement} place  takes the list in
 * @param {{settle?: (done: Promise<void>) => void, hint?: string}} [options]  `settle` brings the focus back once an edit is
 *   kept, discarded or taken back; `hint` is the key of what is said where there is none
 */
export function mine(place, { settle = () => undefined, hint } = {}) {
  const edits = h("div", {}), empty = h("p.note", {}), buttons = h("div.buttons", {});
  const why = /** @type {HTMLInputElement} */ (h("input", { type: "text", maxlength: 300, id: "why", "data-key": "why" })), label = h("span.q.n", {});
  why.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) settle(keep(why.value));
    if (event.key === "Escape") { settle(discard()); event.stopPropagation(); }
  });
  const trying = h("div.edit", {}, h("span"), h("label", {}, label, why));
  place.replaceChildren(edits, empty, buttons);

  /** @param {Standing} edit @param {number} at  its place among those that stand */
  const row = (edit, at) => h(edit.bad ? "div.edit.bad" : "div.edit", {}, h("span.no", {}, at + 1),
    h("span", {}, tell(edit.title), " ", edit.before ? [h("s", {}, tell(edit.before)), " → "] : null, edit.after ? h("mark", {}, tell(edit.after)) : null, reason(edit, update)),
    readOnly() ? h("span") : h("button.x", { type: "button", "data-key": `x${edit.n}`, title: say("edit.remove"), "aria-label": say("edit.remove_of", { title: tell(edit.title) }),
      onclick: () => settle(edit.trial ? discard() : without(edit.n)) }, "✕"));

  function update() {
    const { state } = desk, tried = open() && !readOnly();
    put(edits, h("h2.h", {}, say("edit.mine"), h("span", { "data-key": "tried" }, tried && (state.trial || typing.waiting) ? say("edit.trying", { n: state.edits.length || 1 }) : String(state.edits.length))), state.edits.map(row));
    label.textContent = say("edit.why_label");
    why.placeholder = say("edit.why");
    if (!tried) why.value = "";
    buttons.hidden = !tried;
    if (!tried) trying.remove(); else if (trying.parentNode !== place) edits.after(trying);
    empty.hidden = tried || state.edits.length > 0 || (!hint && !readOnly());
    empty.textContent = readOnly() || hint ? say(readOnly() ? "edit.read_only" : /** @type {string} */ (hint)) : "";
    put(buttons, tried ? [h("button.btn.go", { type: "button", "data-key": "keep", onclick: () => settle(keep(why.value)) }, say("edit.keep"), h("kbd", {}, "Enter")),
      h("button.btn", { type: "button", "data-key": "discard", onclick: () => settle(discard()) }, say("edit.discard"), h("kbd", {}, "Esc"))] : []);
  }

  return { update, /** @returns {string} what was given as the reason */ why: () => why.value };
}
