// Elements without markup: every text reaches the page as a text node, every style through the object model.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, any>} Properties */

/**
 * @param {Element} element
 * @param {Properties} properties  `on…` listens, `style` sets single properties, `true` an empty attribute, null none.
 */
function dress(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, one] of Object.entries(value)) /** @type {any} */ (element).style.setProperty(key, one);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Element} element @param {(Child | Child[])[]} children */
function fill(element, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * An element of the page.
 * @param {string} name  tag, with classes after dots: "span.q.n".
 * @param {Properties} [properties]
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElement}
 */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  dress(element, properties);
  fill(element, children);
  return element;
}

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Properties} [properties]
 * @param {(Child | Child[])[]} children
 * @returns {SVGElement}
 */
export function g(tag, properties = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  dress(element, properties);
  fill(element, children);
  return element;
}

/**
 * Puts new content into a place; what had the focus and carries a `data-key` has it again afterwards.
 * @param {Element} place
 * @param {(Child | Child[])[]} children
 */
export function put(place, ...children) {
  const top = place.firstChild ? place.scrollTop : 0; // to ask makes the browser lay out the page at once, as to set it does
  holding(place, () => {
    place.replaceChildren();
    fill(place, children);
  });
  if (top) place.scrollTop = top;
}

/**
 * Changes what stands in a place, in as many steps as it takes; what had the focus and carries a `data-key` has it again.
 * @param {Element} place @param {() => void} change
 */
export function holding(place, change) {
  const held = document.activeElement;
  const key = held instanceof HTMLElement && place.contains(held) ? held.dataset.key : undefined;
  change();
  if (key === undefined || held?.isConnected) return;
  for (const element of place.querySelectorAll("[data-key]")) {
    if (element instanceof HTMLElement && element.dataset.key === key) element.focus({ preventScroll: true });
  }
}

/** @param {string} id @returns {HTMLElement} */
export function place(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}
