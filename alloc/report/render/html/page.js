"use strict";
// Sort, filter, and long tables a window of rows at a time. No library, no request.
(function () {
  const BEYOND = 12;
  const value = text => {
    if (text === "" || text === "—") return null;
    const plain = text.replace(/[,\s▲▼+ᵉᵃ]/g, "").replace("−", "-");
    return plain !== "" && isFinite(plain) ? Number(plain) : text;
  };
  const write = (td, text) => td.append(...text.split(/([ᵉᵃ])/).map(each => {     // marks larger, as where the file has them
    if (each !== "ᵉ" && each !== "ᵃ") return each;
    const mark = document.createElement("span");
    mark.className = "m"; mark.textContent = each;
    return mark;
  }));
  const compare = (a, b, up) => {
    if (a === null || b === null) return (a === null) - (b === null);          // what is missing stays last
    const both = typeof a === "number" && typeof b === "number";
    const order = both ? a - b : String(a).localeCompare(String(b), document.documentElement.lang);
    return up ? order : -order;
  };

  function content(figure, table) {
    const data = figure.querySelector("script[type='application/json']");
    if (data) return JSON.parse(data.textContent);
    const texts = row => Array.from(row.cells, cell => cell.textContent);
    const all = Array.from(table.tBodies[0].rows), total = all.find(row => row.classList.contains("total"));
    const rows = all.filter(row => !row.className);
    return { rows: rows.map(texts), totals: total ? texts(total) : null, groups: [], levels: {}, nodes: rows,
      styles: Array.from(table.tHead.rows[0].cells, cell => cell.className), colours: [], largest: [] };
  }

  function start(figure) {
    const table = figure.querySelector("table"), body = table.tBodies[0], box = table.parentElement;
    const long = table.hasAttribute("data-long");
    if (!long && !table.classList.contains("sortable")) return;
    const data = content(figure, table), heads = Array.from(table.tHead.rows[0].cells), width = heads.length;
    const lines = [];                                                           // in the order of the file
    let at = 0;
    const groups = data.groups.length ? data.groups : [["", data.rows.length, null]];
    for (const [title, count, sums] of groups) {
      if (title) lines.push({ cells: sums, title, group: true });
      for (let i = 0; i < count; i++, at++) lines.push({ cells: data.rows[at], title, place: at });
    }
    let shown = lines, sorted = -1, up = true, first = -1, whole = false, size = 27;

    const cell = (text, i) => {
      const td = document.createElement("td");
      td.className = data.styles[i]; write(td, text);
      const colour = data.colours[i], number = colour && value(text);
      if (colour === "bar" && typeof number === "number" && data.largest[i] > 0) {
        td.classList.add("bar"); td.style.setProperty("--bar", Math.max(0, 100 * number / data.largest[i]).toFixed(0) + "%");
      } else if (colour === "diverging" && number) td.style.color = number > 0 ? "var(--gain)" : "var(--loss)";
      else if (colour === "level" && data.levels[text]) td.style.background = data.levels[text];
      return td;
    };
    const row = line => {
      if (data.nodes && line.place !== undefined) return data.nodes[line.place];
      const tr = document.createElement("tr");
      if (line.group || line.total) tr.className = line.group ? "group" : "total";
      if (line.group && !line.cells) {
        const td = cell(line.title, 0); td.className = "t"; td.colSpan = width; tr.append(td);
        return tr;
      }
      line.cells.forEach((text, i) => tr.append(line.group || line.total ? plain(line, text, i) : cell(text, i)));
      return tr;
    };
    const plain = (line, text, i) => {                                         // totals and sub-totals
      const td = document.createElement("td");
      td.className = data.styles[i]; write(td, line.group && i === 0 ? line.title : text);
      if (line.group && i === 0) td.className = "t";
      return td;
    };
    const pad = height => {
      const tr = document.createElement("tr"), td = document.createElement("td");
      tr.className = "pad"; td.colSpan = width; td.style.height = height + "px"; tr.append(td);
      return tr;
    };
    function draw(force) {
      const from = whole || !long ? 0 : Math.max(0, Math.floor(box.scrollTop / size) - BEYOND);
      if (!force && from === first) return;
      first = from;
      const many = whole || !long ? shown.length : Math.ceil(Math.max(box.clientHeight, 0.7 * innerHeight) / size) + 2 * BEYOND;
      const to = Math.min(shown.length, from + many), rows = document.createDocumentFragment();
      if (data.totals) rows.append(row({ cells: data.totals, total: true }));
      if (from > 0) rows.append(pad(from * size));
      for (let i = from; i < to; i++) rows.append(row(shown[i]));
      if (to < shown.length) rows.append(pad((shown.length - to) * size));
      body.replaceChildren(rows);
      const sample = long && Array.from(body.rows).find(each => !each.className);
      if (sample && sample.offsetHeight) size = sample.offsetHeight;
    }
    const input = figure.querySelector("input"), count = figure.querySelector(".count");
    function choose() {
      const words = (input ? input.value : "").trim().toLowerCase().split(/\s+/).filter(Boolean);
      let found = lines;
      if (words.length || sorted >= 0) found = found.filter(line => !line.group);
      if (words.length) found = found.filter(line => {
        const text = (line.title + " " + line.cells.filter((_, i) => data.styles[i] !== "n").join(" ")).toLowerCase();
        return words.every(word => text.includes(word));
      });
      if (sorted >= 0) {
        found = found.map(line => [value(line.cells[sorted]), line]);
        if (data.styles[sorted] === "c") found.forEach(pair => { pair[0] = pair[1].cells[sorted]; });
        found.sort((a, b) => compare(a[0], b[0], up) || a[1].place - b[1].place);
        found = found.map(pair => pair[1]);
      }
      shown = found;
      if (count) count.textContent = shown.filter(line => !line.group).length.toLocaleString("en") + " " + count.dataset.rows;
      box.scrollTop = 0;
      draw(true);
    }
    if (table.classList.contains("sortable")) heads.forEach((head, i) => {
      head.tabIndex = 0;
      const sort = () => {
        if (sorted !== i) { sorted = i; up = data.styles[i] !== "n"; }
        else if (up === (data.styles[i] !== "n")) up = !up;
        else sorted = -1;
        heads.forEach((each, j) => j === sorted ? each.setAttribute("aria-sort", up ? "ascending" : "descending")
          : each.removeAttribute("aria-sort"));
        choose();
      };
      head.addEventListener("click", sort);
      head.addEventListener("keydown", event => { if (event.key === "Enter") sort(); });
    });
    if (input) input.addEventListener("input", choose);
    box.addEventListener("scroll", () => { if (long && !whole) requestAnimationFrame(() => draw(false)); });
    window.addEventListener("beforeprint", () => { whole = true; draw(true); });
    window.addEventListener("afterprint", () => { whole = false; draw(true); });
    choose();
  }
  for (const figure of document.querySelectorAll("figure.table")) start(figure);
  const links = new Map(Array.from(document.querySelectorAll("nav a"), link => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(entries => entries.forEach(entry => {
    const link = links.get(entry.target.id);
    if (link) link.classList.toggle("here", entry.isIntersecting);
  }), { rootMargin: "-45px 0px -70% 0px" });
  document.querySelectorAll("main > section").forEach(section => seen.observe(section));
})();
