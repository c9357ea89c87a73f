// Numbers as they are shown: thousands apart by commas, a true minus, a dash for what is missing. And as they are typed.

import { say } from "./words.mjs";

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number | null | undefined} value
 * @param {number} [decimals]
 */
export function number(value, decimals = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "—";
  let format = formats.get(decimals);
  if (!format) formats.set(decimals, (format = new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })));
  const text = format.format(value);
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/** A unit as it stands behind a figure, which one that begins with a power of ten multiplies. @param {string} unit */
export const behind = (unit) => (/^10[⁴-⁹²³]/u.test(unit) ? `× ${unit}` : unit);

/** @param {number} value  places behind the point that show it whole */
export const places = (value) => (String(Number(value.toPrecision(10))).split(".")[1] ?? "").length;

/** @param {number} value  with as many digits as it has, up to six */
export function figure(value) {
  const exact = Number(value.toPrecision(6));
  return number(exact, Math.min(6, places(exact)));
}

/** @param {number} value @param {number} [decimals]  with its sign, also where it is a gain */
export function signed(value, decimals = 0) {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** An arrow, ▲ or ▼, before the amount; 0 where nothing shows. @param {number} value @param {number} [decimals] */
export function arrowed(value, decimals = 0) {
  const text = number(Math.abs(value), decimals);
  return /[1-9]/.test(text) ? `${value > 0 ? "▲" : "▼"} ${text}` : "0";
}

/** @param {string} text  without what says nothing: spaces, and how wide its characters are */
const bare = (text) => text.normalize("NFKC").replace(/\s/g, "").replace("−", "-");

const NUMBER = /^[+-]?(\d{1,3}(,\d{3})+(\.\d*)?|\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, CHANGE = /^([+-].+)%$/;

/**
 * A number as it is typed: "1,200", "1200", "−3", "１２" all count, and "12 %" where the unit is "%"; "2,5" does not.
 * @param {string} text
 * @param {string} [unit]  that stands behind the field; another one is none of the number
 * @param {number | null} [of]  the number in its place, of which "+5 %" is a change where the unit is another one
 * @returns {number | null} null where it is none
 */
export function parsed(text, unit = "", of = null) {
  const plain = bare(text), behind = bare(unit), change = of !== null && behind !== "%" ? CHANGE.exec(plain)?.[1] : undefined;
  if (change !== undefined) return NUMBER.test(change) ? finite(Number((Number(of) * (1 + plainly(change) / 100)).toPrecision(10))) : null;
  if (behind === "%" && CHANGE.test(plain) && plain.startsWith("+")) return null; // a change, or the share itself
  const digits = behind && plain.endsWith(behind) ? plain.slice(0, -behind.length) : plain;
  return NUMBER.test(digits) ? finite(plainly(digits)) : large(plain, unit);
}

/** What stands before a unit: how many of it. @type {[RegExp, number][]} */
const LARGE = [[/^(万|10⁴ ?)/u, 1e4], [/^(亿|10⁸ ?)/u, 1e8]];

/** @type {Record<string, number>} */
const COUNTED = { 万: 1e4, 亿: 1e8, 万亿: 1e12 };

/** @param {string} plain @param {string} unit @returns {number | null} "40万" and "17192亿", of money in yuan, in the unit of the field; null where it has none that can be counted so */
function large(plain, unit) {
  const found = /^([^万亿]+)(万亿|万|亿)(.*)$/u.exec(plain), [sign, size] = LARGE.find(([each]) => each.test(unit)) ?? [null, 1];
  if (!found || !unit || unit === "%" || !NUMBER.test(found[1])) return null;
  const of = bare(sign ? unit.replace(sign, "") : unit);
  if (found[3] && ![of, of === "yuan" ? "元" : of].includes(found[3])) return null;
  const many = COUNTED[found[2]];
  if (many < size) return null; // "1.8万" of what is counted in 亿元 may mean either
  return finite(Number(((plainly(found[1]) * many) / size).toPrecision(12)));
}

/** @param {number} value  null for one that is too large to be a number */
const finite = (value) => (Number.isFinite(value) ? value : null);

/** @param {string} digits */
const plainly = (digits) => Number(digits.replaceAll(",", ""));

/** @param {string} text @param {string} [unit] @param {number | null} [of]  what is wrong with what was typed, of which `parsed` makes nothing */
export const refused = (text, unit = "", of = null) => (!text.trim() ? say("edit.nothing") : !unit ? say("edit.number", { text })
  : say(of === null || unit === "%" ? "edit.number_in" : "edit.number_or_change", { text, unit }));
