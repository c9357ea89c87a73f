// Keys of the whole page; tables and fields have their own.

import { h } from "./dom.mjs";
import { say } from "./words.mjs";

const LIST = [["/", "find"], ["↑ ↓ ← →, Home, End, PgUp, PgDn", "table"], ["Space, Ctrl+A", "choose"], ["Enter", "enter"], ["Esc", "leave"], ["↑ ↓", "step"], ["Shift ↑ ↓", "steps"],
  ["Ctrl+Z", "undo"], ["Ctrl+Y", "redo"], ["Ctrl+S", "save"], ["Alt+1 … 6", "tabs"], ["1 … 9", "repair"], ["F6, Shift+F6", "part"], ["F8", "finding"], ["Alt+Enter", "why"], ["[ ]", "cities"], ["?", "keys"]];

/**
 * @param {object} on
 * @param {() => void} on.undo
 * @param {() => void} on.redo
 * @param {() => void} on.save
 * @param {() => void} on.keep
 * @param {() => void} on.leave
 * @param {(at: number) => void} on.tab
 * @param {(key: string) => boolean} on.other  what the screen does with a key; true if it did something
 */
export function keys(on) {
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target), writing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName), control = event.ctrlKey || event.metaKey;
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const done = () => event.preventDefault();
    if (control && !event.shiftKey && event.key.toLowerCase() === "z" && !writing) { done(); on.undo(); }
    else if (control && (event.key.toLowerCase() === "y" || (event.shiftKey && event.key.toLowerCase() === "z")) && !writing) { done(); on.redo(); }
    else if (control && event.key.toLowerCase() === "s") { done(); on.save(); }
    else if (event.altKey && /^[1-6]$/.test(event.key)) { done(); on.tab(Number(event.key) - 1); }
    else if (event.altKey && event.key === "Enter") { if (on.other("Alt+Enter")) done(); }
    else if (control || event.altKey) return;
    else if (event.key === "F6") { done(); part(event.shiftKey ? -1 : 1); }
    else if (event.key === "F8") { if (on.other("F8")) done(); }
    else if (writing) return;
    else if (event.key === "/") { done(); /** @type {HTMLElement | null} */ (document.querySelector("[data-find]"))?.focus(); }
    else if (event.key === "?") { done(); help(); }
    else if (event.key === "Escape") on.leave();
    else if (event.key === "Enter" && target === document.body) { if (!on.other("Enter")) on.keep(); }
    else if (on.other(event.key)) done();
  });
}

const PARTS = "header nav, main > aside, main .map, main .tabulator, main > section.mid"; // in which there is something to reach
const REACHED = 'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), [tabindex="0"]';

/**
 * Puts the focus into the next part of the page, so that a map behind a hundred rules is two keys away.
 * @param {number} by  1, or −1 for the part before
 */
function part(by) {
  const firsts = [...document.querySelectorAll(PARTS)].map((each) => /** @type {HTMLElement[]} */ ([...(each.matches(REACHED) ? [each] : []), ...each.querySelectorAll(REACHED)])
    .find((one) => one.offsetParent && one.closest(PARTS) === each)).filter((one) => one !== undefined);
  const held = document.activeElement?.closest(PARTS), at = firsts.findIndex((one) => one.closest(PARTS) === held);
  firsts.at(at < 0 ? Math.min(by, 0) : (at + by) % firsts.length)?.focus();
}

/** The list of keys. */
export function help() {
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { "aria-labelledby": "keys" }, h("h2.say", { id: "keys" }, say("keys.title")),
    ...LIST.map(([key, name]) => h("div.kv", {}, h("span", {}, say(`keys.${name}`)), h("b", {}, key))),
    h("div.buttons", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("keys.close")))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
