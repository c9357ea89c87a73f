// The edits that stand, each of which can be taken back; where a trial stands, what keeps or discards it.

import { h, put } from "./dom.mjs";
import { desk, readOnly } from "./desk.mjs";
import { discard, keep, open, without } from "./editing.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Standing} Standing */

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
  place.replaceChildren(edits, trying, empty, buttons);

  /** @param {Standing} edit */
  const row = (edit) => h(edit.bad ? "div.edit.bad" : "div.edit", {}, h("span.no", {}, edit.n),
    h("span", {}, tell(edit.title), " ", edit.before ? [h("s", {}, tell(edit.before)), " → "] : null, edit.after ? h("mark", {}, tell(edit.after)) : null,
      edit.why ? h("div.q.n", {}, say("edit.because", { why: edit.why })) : null),
    readOnly() ? h("span") : h("button.x", { type: "button", "data-key": `x${edit.n}`, title: say("edit.remove"), "aria-label": say("edit.remove_of", { title: tell(edit.title) }),
      onclick: () => settle(edit.trial ? discard() : without(edit.n)) }, "✕"));

  function update() {
    const { state } = desk, tried = open();
    put(edits, h("h2.h", {}, say("edit.mine"), h("span", {}, tried ? say("edit.trying", { n: state.edits.length || 1 }) : String(state.edits.length))), state.edits.map(row));
    label.textContent = say("edit.why_label");
    why.placeholder = say("edit.why");
    if (!tried) why.value = "";
    trying.hidden = buttons.hidden = !tried;
    empty.hidden = tried || state.edits.length > 0 || (!hint && !readOnly());
    empty.textContent = readOnly() || hint ? say(readOnly() ? "edit.read_only" : /** @type {string} */ (hint)) : "";
    put(buttons, tried ? [h("button.btn.go", { type: "button", "data-key": "keep", onclick: () => settle(keep(why.value)) }, say("edit.keep"), h("kbd", {}, "Enter")),
      h("button.btn", { type: "button", "data-key": "discard", onclick: () => settle(discard()) }, say("edit.discard"), h("kbd", {}, "Esc"))] : []);
  }

  return { update, /** @returns {string} what was given as the reason */ why: () => why.value };
}
