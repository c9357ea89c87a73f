// A table as a file for a spreadsheet.

import { h } from "./dom.mjs";

/** @param {string | number} cell  text that a spreadsheet would take for a formula stays text */
function written(cell) {
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string} name @param {(string | number)[][]} rows */
export function save(name, rows) {
  const text = `\ufeff${rows.map((row) => row.map(written).join(",")).join("\r\n")}\r\n`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
