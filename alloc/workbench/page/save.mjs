// A table as a file for a spreadsheet.

import { h } from "./dom.mjs";

/** @param {string | number} cell  text that a spreadsheet would take for a formula stays text */
function written(cell) {
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string} name @param {(string | number)[][] | string} content  rows of a table, or a whole text @param {string} [kind] */
export function save(name, content, kind = "text/csv;charset=utf-8") {
  const text = typeof content === "string" ? content : `\ufeff${content.map((row) => row.map(written).join(",")).join("\r\n")}\r\n`;
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
