// A number of a city between what holds it: the ruler, and the way from last year's amount to this one.

import { g, h } from "./dom.mjs";
import { number, signed } from "./numbers.mjs";
import { say, tell } from "./words.mjs";

/** @typedef {import("./types.mjs").CityPool} CityPool */

const EDGE = 24, LINE = 58, ROW = 17, BESIDE = 6; // pixels: sides, height of the axis, of a row of labels, between labels
const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/** @param {string} text @param {number} size  pixels that a text takes */
function wide(text, size) {
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** @param {CityPool} pool @param {number} amount  as it is shown */
export const shown = (pool, amount) => number(amount / pool.size, pool.decimals);

/**
 * @param {CityPool} pool
 * @param {number} width  in pixels
 * @param {(amount: number) => void} [wanted]  a place on the ruler is pointed at
 */
export function ruler(pool, width, wanted) {
  const amounts = pool.marks.map((mark) => mark.amount), least = Math.min(...amounts), most = Math.max(...amounts);
  const room = (most - least || Math.abs(most) || 1) * 0.09, low = Math.max(0, least - room), high = most + room, right = width - EDGE;
  const at = (/** @type {number} */ amount) => EDGE + ((right - EDGE) * (amount - low)) / (high - low);
  const upper = pool.upper === null ? right : Math.min(right, at(pool.upper)), lower = Math.max(EDGE, at(pool.lower));
  /** @type {{x: number, text: string, left: number, right: number, row: number, kind: string}[]} */
  const labels = [];
  for (const mark of pool.marks.filter((each) => each.kind !== "published" && each.kind !== "formula").sort((a, b) => a.amount - b.amount)) {
    const text = `${tell(mark.title) || say(`figure.${mark.kind}`)}${mark.kind === "last" ? pool.mark : ""} ${shown(pool, mark.amount)}`, x = at(mark.amount), half = wide(text, 12) / 2;
    const left = Math.max(0, Math.min(width - 2 * half, x - half));
    let row = 0;
    while (labels.some((each) => each.row === row && left < each.right + BESIDE && each.left < left + 2 * half + BESIDE)) row += 1;
    labels.push({ x, text, left, right: left + 2 * half, row, kind: mark.kind });
  }
  const foot = LINE + 22 + ROW * (1 + Math.max(-1, ...labels.map((each) => each.row)));
  const published = pool.marks.find((mark) => mark.kind === "published"), formula = pool.marks.find((mark) => mark.kind === "formula");
  const words = [published, formula, ...pool.marks.filter((mark) => mark !== published && mark !== formula)].flatMap((mark) => (mark ? [`${tell(mark.title) || say(`figure.${mark.kind}`)} ${shown(pool, mark.amount)}`] : []));
  /** @param {number} x @param {number} long  a text beside a place, to its right where there is room */
  const beside = (x, long) => (x + BESIDE + long < width ? x + BESIDE : x - BESIDE - long);
  const big = published ? shown(pool, published.amount) : "", unit = say("city.published", { unit: tell(pool.unit) }), bigger = wide(big, 21) + 6;
  const start = published ? beside(at(published.amount), bigger + wide(unit, 12)) : 0;
  const told = formula ? `${say("figure.formula")} ${shown(pool, formula.amount)}` : "", long = wide(told, 12), from = formula ? at(formula.amount) : 0, mark = published ? at(published.amount) : 0;
  const crossed = mark < from && mark > from - long - 2 * BESIDE; // its words would lie over the mark of the published number
  const words_at = Math.max(0, Math.min(width - long, crossed ? from + BESIDE : from - long - BESIDE));
  const drawn = g("svg", { viewBox: `0 0 ${width} ${foot}`, width, height: foot, role: "img", "aria-label": words.join(say("list.and")) },
    g("rect", { x: lower, y: LINE - 5, width: Math.max(0, upper - lower), height: 10, class: "allowed" }),
    g("line", { x1: EDGE, x2: right, y1: LINE, y2: LINE, class: "axis" }),
    labels.map((label) => g("g", {}, g("line", { x1: label.x, x2: label.x, y1: LINE + 6, y2: LINE + 12 + ROW * label.row, class: "lead" }),
      label.kind === "like" ? g("circle", { cx: label.x, cy: LINE, r: 4, class: "like" }) : g("line", { x1: label.x, x2: label.x, y1: LINE - 10, y2: LINE + 10, class: label.kind }),
      g("text", { x: label.left, y: LINE + 24 + ROW * label.row, class: label.kind === "last" || label.kind === "like" ? "q" : "" }, label.text))),
    formula ? g("g", {}, g("line", { x1: at(formula.amount), x2: at(formula.amount), y1: LINE - 10, y2: LINE + 10, class: "formula" }),
      g("text", { x: words_at, y: LINE - 14 }, told)) : null,
    published ? g("g", {}, g("line", { x1: at(published.amount), x2: at(published.amount), y1: LINE - 24, y2: LINE + 10, class: "published" }),
      g("text", { x: start, y: 20, class: "big" }, big), g("text", { x: start + bigger, y: 20, class: "q" }, unit)) : null);
  if (wanted) {
    const point = (/** @type {PointerEvent} */ event) => {
      const box = drawn.getBoundingClientRect(), x = ((event.clientX - box.left) * width) / box.width;
      wanted(low + ((Math.max(EDGE, Math.min(right, x)) - EDGE) / (right - EDGE)) * (high - low));
    };
    drawn.addEventListener("pointerdown", (event) => { drawn.setPointerCapture(/** @type {PointerEvent} */ (event).pointerId); point(/** @type {PointerEvent} */ (event)); });
    drawn.addEventListener("pointermove", (event) => { if (/** @type {PointerEvent} */ (event).buttons === 1) point(/** @type {PointerEvent} */ (event)); });
    drawn.classList.add("pointed");
  }
  return h("div.ruler", {}, drawn);
}

/** @param {CityPool} pool  last year's amount and what changed it, each part from where the one before it ended */
export function fall(pool) {
  const parts = pool.steps.slice(0, -1).filter((step) => step.amount !== 0), whole = pool.steps[pool.steps.length - 1];
  let sum = 0;
  const spans = parts.map((step) => { const from = sum; sum += step.amount; return [Math.min(from, sum), Math.max(from, sum)]; });
  const low = Math.min(0, ...spans.map((span) => span[0])), room = Math.max(0, ...spans.map((span) => span[1])) - low || 1, place = (/** @type {number} */ each) => `${((100 * each) / room).toFixed(2)}%`;
  const way = (/** @type {number} */ amount) => (amount > 0 ? "up" : amount < 0 ? "down" : "q");
  return h("div.fall", { role: "list" }, ...parts.map((step, at) => h("div.step", { role: "listitem", title: tell(step.words) || null }, h("span", {}, tell(step.title)),
    h("span.track2", { "aria-hidden": "true" }, h(step.amount < 0 ? "i.lost" : "i", { style: { "margin-left": place(spans[at][0] - low), width: place(spans[at][1] - spans[at][0]) } })),
    h(`span.r.${way(step.amount)}`, {}, signed(step.amount / pool.size, pool.decimals)))),
  h("div.step.sum", { role: "listitem" }, h("b", {}, say(whole.amount > 0 ? "city.more" : whole.amount < 0 ? "city.less" : "city.same")), h("span"), h(`b.r.${way(whole.amount)}`, {}, signed(whole.amount / pool.size, pool.decimals))));
}
