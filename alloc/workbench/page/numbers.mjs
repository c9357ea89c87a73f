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

/** @param {string} text  without what says nothing: spaces, commas, and how wide its characters are */
const bare = (text) => text.normalize("NFKC").replace(/[\s,]/g, "").replace("−", "-");

/**
 * A number as it is typed: "1,200", "1200", "−3", "１２" all count, and "12 %" where the unit is "%".
 * @param {string} text
 * @param {string} [unit]  that stands behind the field; another one is none of the number
 * @returns {number | null} null where it is none
 */
export function parsed(text, unit = "") {
  const plain = bare(text), behind = bare(unit), digits = behind && plain.endsWith(behind) ? plain.slice(0, -behind.length) : plain;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : null;
}

/** @param {string} text @param {string} [unit]  what is wrong with what was typed, of which `parsed` makes nothing */
export const refused = (text, unit = "") => (!text.trim() ? say("edit.nothing") : unit ? say("edit.number_in", { text, unit }) : say("edit.number", { text }));
