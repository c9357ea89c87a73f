// Numbers as they are shown: thousands apart by commas, a true minus, a dash for what is missing.

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

/**
 * A number as it is typed: "1,200", "1200", "12 %", "−3", "１２" all count.
 * @param {string} text
 * @returns {number | null} null where it is none
 */
export function parsed(text) {
  const plain = text.normalize("NFKC").replace(/[\s,，%]/g, "").replace("−", "-");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}
