// The edits that stand, each with its reason, which can be given or changed where it stands.

import { ask } from "./api.mjs";
import { h } from "./dom.mjs";
import { desk, path, readOnly } from "./desk.mjs";
import { without } from "./editing.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").Standing} Standing */

/** The edit whose reason is being written. @type {{n: number | null, text: string}} */
const writing = { n: null, text: "" };

/**
 * @param {() => void} again  draws the list anew
 * @param {(edit: Standing) => void} [back]  takes one back
 * @returns {HTMLElement[]}
 */
export const standing = (again, back = (edit) => { without(edit.n); }) => desk.state.edits.map((/** @type {Standing} */ edit) => h(edit.bad ? "div.edit.bad" : "div.edit", {}, h("span.no", {}, edit.n),
  h("span", {}, tell(edit.title), " ", edit.before ? [h("s", {}, tell(edit.before)), " → "] : null, edit.after ? h("mark", {}, tell(edit.after)) : null, reason(edit, again)),
  readOnly() ? h("span") : h("button.x", { type: "button", "data-key": `x${edit.n}`, title: say("edit.remove"), "aria-label": say("edit.remove_of", { title: tell(edit.title) }), onclick: () => back(edit) }, "✕")));

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
