// The map: cities as discs at their seats; area by amount, colour by change, a dash on what loses (grey print).

import { g, h } from "./dom.mjs";

const WIDTH = 404, LARGEST = 8, NAMED = 12, TYPE = 12;

/**
 * @typedef {object} Dot
 * @property {string} key
 * @property {number} x  in a box of 404 by 252
 * @property {number} y
 * @property {number} amount  not negative
 * @property {string} look  class of its colour, as in workbench.css
 * @property {string} name
 * @property {string[]} lines  what the pointer shows
 */

/**
 * @param {Dot[]} dots
 * @param {{look: string, text: string}[]} legend
 * @param {{height: number, label: string, chosen: (key: string) => void, largest?: number}} options
 * @returns {HTMLElement}
 */
export function map(dots, legend, { height, label, chosen, largest = LARGEST }) {
  const most = Math.max(...dots.map((dot) => dot.amount), 1e-12);
  const squeeze = height / 252;
  const drawn = [...dots].sort((a, b) => b.amount - a.amount).map((dot) => ({
    ...dot, x: WIDTH / 2 + (dot.x - WIDTH / 2) * squeeze, y: dot.y * squeeze,
    radius: Math.max(0.8, largest * Math.sqrt(dot.amount / most)),
  }));
  const discs = drawn.map((dot) => g("circle", { cx: dot.x.toFixed(1), cy: dot.y.toFixed(1), r: dot.radius.toFixed(2), class: dot.look, "data-city": dot.key }));
  const dashes = drawn.filter((dot) => dot.look.endsWith("down") && dot.radius > 2).map((dot) =>
    g("path", { d: `M${(dot.x - dot.radius * 0.5).toFixed(1)} ${dot.y.toFixed(1)}h${dot.radius.toFixed(1)}`, class: "dash" }));
  const keyed = legend.map(({ look, text }, at) => {
    const y = height - 10 - 15 * (legend.length - 1 - at);
    return g("g", {}, g("circle", { cx: 11, cy: y, r: 4.5, class: look }),
      look.endsWith("down") && g("path", { d: `M8.5 ${y}h5`, class: "dash" }), g("text", { x: 21, y: y + 4, class: "q" }, text));
  });
  const boxes = legend.length ? [{ left: 0, right: 130, top: height - 15 * legend.length - 6, bottom: height }] : [];
  const svg = g("svg", { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": label },
    discs, dashes, names(drawn.slice(0, NAMED), boxes, height), keyed);
  return pointed(h("div.map", {}, svg), new Map(dots.map((dot) => [dot.key, dot])), chosen);
}

/**
 * Names beside the largest discs, where they cover neither each other nor the legend.
 * @param {(Dot & {radius: number})[]} dots
 * @param {{left: number, right: number, top: number, bottom: number}[]} boxes
 * @param {number} height
 */
function names(dots, boxes, height) {
  const written = [];
  for (const dot of dots) {
    const wide = [...dot.name].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e80 ? TYPE : TYPE * 0.56), 0);
    for (const [x, y] of [[dot.x + dot.radius + 3, dot.y + 4], [dot.x - dot.radius - 3 - wide, dot.y + 4],
      [dot.x - wide / 2, dot.y - dot.radius - 4], [dot.x - wide / 2, dot.y + dot.radius + 12]]) {
      const box = { left: x - 2, right: x + wide + 2, top: y - TYPE, bottom: y + 3 };
      if (box.left < 0 || box.right > WIDTH || box.top < 0 || box.bottom > height) continue;
      if (boxes.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom)) continue;
      boxes.push(box);
      written.push(g("text", { x: x.toFixed(1), y: y.toFixed(1) }, dot.name));
      break;
    }
  }
  return written;
}

/**
 * @param {HTMLElement} element
 * @param {Map<string, Dot>} dots
 * @param {(key: string) => void} chosen
 */
function pointed(element, dots, chosen) {
  const tip = h("div.tip", { hidden: true });
  element.append(tip);
  const under = (/** @type {Event} */ event) => dots.get(/** @type {SVGElement} */ (event.target).dataset?.city ?? "");
  element.addEventListener("mouseover", (event) => {
    const dot = under(event);
    tip.hidden = !dot;
    if (!dot) return;
    tip.replaceChildren(...dot.lines.map((line) => h("div", {}, line)));
    const box = element.getBoundingClientRect(), at = /** @type {SVGElement} */ (event.target).getBoundingClientRect();
    tip.style.top = `${at.bottom - box.top + 4}px`;
    tip.style.left = `${Math.max(0, Math.min(at.left - box.left, box.width - tip.offsetWidth))}px`;
  });
  element.addEventListener("mouseleave", () => { tip.hidden = true; });
  element.addEventListener("click", (event) => { const dot = under(event); if (dot) chosen(dot.key); });
  return element;
}
