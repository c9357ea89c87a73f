// The map: cities as discs at their seats; area by amount, colour by change, a dash on what loses (grey print).

import { g, h } from "./dom.mjs";
import { inside } from "./selection.mjs";
import { say } from "./words.mjs";

const WIDTH = 404, LARGEST = 8, NAMED = 12, FEW = 30, TYPE = 12; // of a few all are named, else the largest
const TOLD = 4; // discs above each other that the pointer tells

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
 * @param {{height: number, label: string, chosen: (key: string) => void, lassoed: (keys: string[], more: boolean) => void, largest?: number}} options
 * @returns {HTMLElement}
 */
export function map(dots, legend, { height, label, chosen, lassoed, largest = LARGEST }) {
  const most = Math.max(...dots.map((dot) => dot.amount), 1e-12);
  const squeeze = height / 252;
  const drawn = [...dots].sort((a, b) => b.amount - a.amount).map((dot) => ({
    ...dot, x: WIDTH / 2 + (dot.x - WIDTH / 2) * squeeze, y: dot.y * squeeze,
    radius: Math.max(0.8, largest * Math.sqrt(dot.amount / most)),
  }));
  // Small discs lie above large ones, and each above the dashes of those below it.
  const discs = drawn.flatMap((dot) => [g("circle", { cx: dot.x.toFixed(1), cy: dot.y.toFixed(1), r: dot.radius.toFixed(2), class: dot.look, "data-city": dot.key }),
    dot.look.endsWith("down") && dot.radius > 2 ? g("path", { d: `M${(dot.x - dot.radius * 0.5).toFixed(1)} ${dot.y.toFixed(1)}h${dot.radius.toFixed(1)}`, class: "dash" }) : null]);
  const corner = cornered(drawn, 27 + Math.max(0, ...legend.map(({ text }) => wide(text))), 15 * legend.length + 6, height);
  const keyed = legend.map(({ look, text }, at) => {
    const x = corner.left, y = corner.top + 11 + 15 * at;
    return g("g", {}, g("circle", { cx: x + 11, cy: y, r: 4.5, class: look }),
      look.endsWith("down") && g("path", { d: `M${x + 8.5} ${y}h5`, class: "dash" }), g("text", { x: x + 21, y: y + 4, class: "q" }, text));
  });
  const boxes = legend.length ? [corner] : [];
  const svg = g("svg", { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": label },
    discs, names(drawn, drawn.length > FEW ? NAMED : FEW, boxes, height), keyed);
  const swallowed = lasso(svg, height, (line, more) => lassoed(drawn.filter((dot) => inside(dot.x, dot.y, line)).map((dot) => dot.key), more));
  return pointed(h("div.map", { tabindex: 0, role: "group", "aria-label": say("map.keys", { label }), "data-key": "map" }, svg), new Map(drawn.map((dot) => [dot.key, dot])), (key) => { if (!swallowed()) chosen(key); });
}

const SHORTEST = 12; // a line of less than this is a click

/**
 * A line drawn around discs with the pointer.
 * @param {SVGElement} svg @param {number} height @param {(line: [number, number][], more: boolean) => void} drawn  with Shift or Ctrl: beside what is chosen
 * @returns {() => boolean} whether the click that ends it was no click
 */
function lasso(svg, height, drawn) {
  /** @type {[number, number][]} */ let line = [];
  const path = g("path", { class: "lasso" });
  let far = false;
  const point = (/** @type {PointerEvent} */ event) => { const box = svg.getBoundingClientRect(); return /** @type {[number, number]} */ ([((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * height) / box.height]); };
  svg.addEventListener("pointerdown", (event) => { if (event.button === 0) { line = [point(event)]; far = false; svg.append(path); path.setAttribute("d", ""); } });
  svg.addEventListener("pointermove", (event) => {
    if (!line.length || event.buttons !== 1) { line = []; return; }
    line.push(point(event));
    far ||= Math.hypot(line[0][0] - line[line.length - 1][0], line[0][1] - line[line.length - 1][1]) > SHORTEST;
    if (far && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    if (far) path.setAttribute("d", `M${line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`);
  });
  svg.addEventListener("pointerup", (event) => {
    const whole = line;
    line = [];
    path.remove();
    if (far && whole.length > 2) drawn(whole, event.shiftKey || event.ctrlKey || event.metaKey);
  });
  return () => far;
}

/** @param {string} text  how wide it is on the map, about */
const wide = (text) => [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e80 ? TYPE : TYPE * 0.56), 0);

/**
 * The corner of the map in which a legend covers the fewest discs; of equal ones that at the foot, left.
 * @param {(Dot & {radius: number})[]} dots @param {number} across @param {number} high @param {number} height
 */
function cornered(dots, across, high, height) {
  const corners = [[0, height - high], [WIDTH - across, height - high], [0, 0], [WIDTH - across, 0]].map(([left, top]) => ({ left, right: left + across, top, bottom: top + high }));
  const covered = corners.map((box) => dots.filter(({ x, y, radius }) => x + radius > box.left && x - radius < box.right && y + radius > box.top && y - radius < box.bottom).length);
  return corners[covered.indexOf(Math.min(...covered))];
}

/**
 * Names beside the largest discs, where they cover neither each other nor the legend, and no other disc if they can.
 * @param {(Dot & {radius: number})[]} dots
 * @param {number} most  discs that are named
 * @param {{left: number, right: number, top: number, bottom: number}[]} boxes
 * @param {number} height
 */
function names(dots, most, boxes, height) {
  const written = [];
  const over = (/** @type {{left: number, right: number, top: number, bottom: number}} */ box, /** @type {Dot} */ own) => dots.some(({ key, x, y, radius }) => key !== own.key && x + radius > box.left && x - radius < box.right && y + radius > box.top && y - radius < box.bottom);
  for (const dot of dots.slice(0, most)) {
    const long = wide(dot.name);
    const right = dot.x + dot.radius + 3, left = dot.x - dot.radius - 3 - long, above = dot.y - dot.radius - 4, below = dot.y + dot.radius + 12;
    const free = [[right, dot.y + 4], [left, dot.y + 4], [dot.x - long / 2, above], [dot.x - long / 2, below], [right, above], [left, above], [right, below], [left, below]]
      .map(([x, y]) => ({ x, y, left: x - 2, right: x + long + 2, top: y - TYPE, bottom: y + 3 }))
      .filter((box) => box.left >= 0 && box.right <= WIDTH && box.top >= 0 && box.bottom <= height)
      .filter((box) => !boxes.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom));
    const box = free.find((each) => !over(each, dot)) ?? free[0];
    if (!box) continue;
    boxes.push(box);
    written.push(g("text", { x: box.x.toFixed(1), y: box.y.toFixed(1) }, dot.name));
  }
  return written;
}

/**
 * Names what the pointer is on, all discs that lie there, and what the arrow keys go to, from the largest to the smallest.
 * @param {HTMLElement} element
 * @param {Map<string, Dot>} dots  in the order in which they are drawn
 * @param {(key: string) => void} chosen
 */
function pointed(element, dots, chosen) {
  const tip = h("div.tip", { hidden: true, role: "status" }), keys = [...dots.keys()];
  /** The disc that the keys have gone to. @type {Element | null} */ let current = null;
  element.append(tip);
  const under = (/** @type {Event} */ event) => dots.get(/** @type {SVGElement} */ (event.target).dataset?.city ?? "");
  /** @param {Dot[]} told @param {Element} disc  beside which it is told */
  const tell = (told, disc) => {
    tip.hidden = false;
    tip.replaceChildren(...told.slice(0, TOLD).flatMap((dot) => dot.lines).map((line) => h("div", {}, line)));
    const box = element.getBoundingClientRect(), at = disc.getBoundingClientRect();
    tip.style.top = `${at.bottom - box.top + 4}px`;
    tip.style.left = `${Math.max(0, Math.min(at.left - box.left, box.width - tip.offsetWidth))}px`;
  };
  const off = () => { tip.hidden = true; current?.classList.remove("at"); current = null; };
  element.addEventListener("mouseover", (event) => {
    off();
    if (!under(event)) return;
    const there = document.elementsFromPoint(event.clientX, event.clientY).map((each) => dots.get(/** @type {SVGElement} */ (each).dataset?.city ?? ""));
    tell(/** @type {Dot[]} */ (there.filter(Boolean)), /** @type {Element} */ (event.target));
  });
  element.addEventListener("mouseleave", off);
  element.addEventListener("blur", off);
  element.addEventListener("keydown", (event) => {
    const at = keys.indexOf(/** @type {SVGElement | null} */ (current)?.dataset.city ?? ""), last = keys.length - 1;
    const to = { ArrowRight: Math.min(at + 1, last), ArrowDown: Math.min(at + 1, last), ArrowLeft: Math.max(at - 1, 0), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
    if (event.key === "Enter" && at >= 0) { event.preventDefault(); chosen(keys[at]); }
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    off();
    current = element.querySelector(`[data-city="${CSS.escape(keys[to])}"]`);
    current?.classList.add("at");
    if (current) tell([/** @type {Dot} */ (dots.get(keys[to]))], current);
  });
  element.addEventListener("click", (event) => { const dot = under(event); if (dot) chosen(dot.key); });
  return element;
}
