// A dialog over the page: a title, what it asks, and its buttons; Esc closes it, and the focus goes back to where it was.

import { Refused } from "./api.mjs";
import { h } from "./dom.mjs";
import { number } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

const LISTED = 8; // findings of a refusal

/** @typedef {{close: () => void, wrong: (error: unknown) => void, element: HTMLDialogElement}} Opened */

/**
 * @param {string} title
 * @param {(opened: Opened) => (Node | null)[]} content  what stands in it
 * @param {(opened: Opened) => (Node | null)[]} buttons  before the one that closes it
 * @returns {Opened}
 */
export function dialog(title, content, buttons) {
  const held = document.activeElement, key = held instanceof HTMLElement ? held.dataset.key : undefined;
  const told = h("div", { role: "alert" });
  const element = /** @type {HTMLDialogElement} */ (h("dialog.ask", { "aria-labelledby": "asked" }));
  /** @type {Opened} */
  const opened = { element, close: () => element.close(), wrong: (error) => told.replaceChildren(...refusal(error)) };
  element.append(h("h2.say", { id: "asked" }, title), ...content(opened).filter((each) => each !== null), told,
    h("div.buttons", {}, ...buttons(opened), h("button.btn", { type: "button", "data-key": "close", onclick: () => element.close() }, say("dialog.close"), h("kbd", {}, "Esc"))));
  element.addEventListener("close", () => {
    element.remove();
    const back = held instanceof HTMLElement && held.isConnected ? held : [...document.querySelectorAll("[data-key]")].find((each) => /** @type {HTMLElement} */ (each).dataset.key === key);
    if (back instanceof HTMLElement) back.focus();
  });
  document.body.append(element);
  element.showModal();
  return opened;
}

/** @param {unknown} error  what was refused, in words @returns {HTMLElement[]} */
export function refusal(error) {
  if (!(error instanceof Refused)) throw error;
  const said = error.findings.length ? error.findings.map((finding) => tell(finding.text)) : [tell(error.title) || error.message];
  const more = Math.max(said.length, error.total) - LISTED;
  return [...said.slice(0, LISTED), ...(more > 0 ? [say("data.more", { n: number(more) })] : [])].map((text) => h("p.finding", {}, text));
}

/** @param {string} title @param {HTMLElement} input @param {string} [note]  a field with its title above it */
export const field = (title, input, note = "") => h("label.field", {}, h("span.n.q", {}, title), input, note ? h("span.n.q", {}, note) : null);
