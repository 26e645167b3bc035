// The ranking: a DataTable over row numbers; what a cell shows, sorts and finds comes from the page's columns.
"use strict";
const DataTable = DataTables.default;
const narrow = matchMedia("(max-width: 600px)").matches;
const picked = {};
let showExcluded = false;
let ranking = null;

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const shows = {
  text: (value) => named(value),
  words: (value) => words(value),
  list: (value) => named(value),
  "words list": (value) => words(value.replaceAll(";", ", ")),
  number: (value) => (Number.isInteger(value) ? whole.format(value) : tenth.format(value)),
  day: (value) => value,
  flag: (value) => (value ? "● yes" : ""),
  change: (value) => element("span", { class: value > 0 ? "up" : value < 0 ? "down" : "" }, value === 0 ? "±0.0" : (value > 0 ? "▲ " : "▼ ") + tenth.format(Math.abs(value))),
  score: (value, row) => element("span", { class: cell("is_mqa", row) ? "score good" : "score" }, element("b", {}, tenth.format(value)), track(value, cell("threshold", row))),
  bar: (value) => element("span", { class: "mini" }, element("span", {}, whole.format(Math.floor(value))), track(value)),
  people: (value, row) => element("span", { class: value === 1 ? "alone" : "", title: value === 1 ? "everything hangs on one person" : null }, value + " of " + (cell("known_contacts", row) ?? "?") + (value === 1 ? " !" : "")),
};
const numeric = new Set(["number", "score", "bar", "change", "people", "flag"]);

function shownCell(column, row) {
  const value = cell(column.key, row);
  const holder = document.createElement("span");
  if (value === null) return holder;
  const shown = shows[column.show](value, row);
  if (column.key === "stage") {
    const goal = page.goal === value;
    holder.append(element("span", { class: goal ? "stage goal" : "stage" }, shown));
  } else holder.append(shown);
  if (column.show === "text" || column.show === "list") holder.title = value;
  return holder;
}

function told(column, row) {
  const value = cell(column.key, row);
  if (value === null) return "";
  if (column.show === "words list") return words(value.replaceAll(";", ", "));
  if (column.show === "flag") return value ? "yes" : "no";
  return column.show === "words" ? words(value) : String(value);
}

function definition(column) {
  const sorts = (row) => {
    const value = cell(column.key, row);
    if (value === null) return numeric.has(column.show) ? -Infinity : "";
    return numeric.has(column.show) ? value : String(value).toLowerCase();
  };
  return {
    title: column.title,
    data: (row, kind) => {
      if (kind === "filter") return escaped(told(column, row[0]));
      if (kind === "sort" || kind === "type") return column.key === "rank" && cell("rank", row[0]) === null ? Infinity : sorts(row[0]);
      return row[0];
    },
    render: (data, kind) => (kind === "display" ? shownCell(column, data) : data),
    type: numeric.has(column.show) ? "num" : "string",
    orderSequence: numeric.has(column.show) && column.key !== "rank" ? ["desc", "asc"] : ["asc", "desc"],
    searchable: !numeric.has(column.show),
    visible: column.seen === "all" || (column.seen === "wide" && !narrow),
    className: column.key === "label" ? "name" : numeric.has(column.show) && column.show !== "score" && column.show !== "bar" ? "n" : "",
  };
}

function kept(row) {
  if (!showExcluded && cell("is_excluded", row)) return false;
  return Object.entries(picked).every(([key, value]) => value === undefined || cell(key, row) === value);
}

function startRanking() {
  DataTable.ext.errMode = "throw";
  DataTable.ext.search.push((_settings, _texts, index) => kept(index));
  const rows = Array.from({ length: page.values.is_excluded.length }, (_, row) => [row]);
  ranking = new DataTable("#table", {
    data: rows,
    columns: page.columns.map(definition),
    order: [[page.columns.findIndex((each) => each.key === "rank"), "asc"]].filter(([at]) => at >= 0),
    deferRender: true,
    autoWidth: false,
    pageLength: 25,
    lengthMenu: [25, 50, 100, 250],
    layout: { topStart: null, topEnd: null, bottomStart: ["info", "pageLength"], bottomEnd: "paging" },
    language: { info: "_START_ to _END_ of _TOTAL_", infoFiltered: "", infoEmpty: "none", lengthMenu: "_MENU_ a page", zeroRecords: "No account is like that.", paginate: { first: "«", last: "»", next: "›", previous: "‹" } },
    createdRow: (line, data) => {
      line.tabIndex = 0;
      line.dataset.row = data[0];
      line.setAttribute("aria-label", (cell("rank", data[0]) === null ? "" : "Rank " + cell("rank", data[0]) + ": ") + cell("label", data[0]));
    },
  });
  const body = document.querySelector("#table tbody");
  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr[data-row]");
    if (line && !getSelection().toString()) openAccount(Number(line.dataset.row), line);
  });
  body.addEventListener("keydown", (event) => {
    const line = event.target.closest("tr[data-row]");
    if (!line) return;
    if (event.key === "Enter" || event.key === " ") openAccount(Number(line.dataset.row), line);
    else if (event.key === "ArrowDown" && line.nextElementSibling) line.nextElementSibling.focus();
    else if (event.key === "ArrowUp" && line.previousElementSibling) line.previousElementSibling.focus();
    else return;
    event.preventDefault();
  });
  startTools();
}

function startTools() {
  const search = document.getElementById("search");
  search.addEventListener("input", () => ranking.search(search.value).draw());
  for (const select of document.querySelectorAll("[data-filter]")) {
    select.addEventListener("change", () => {
      const chosen = select.value;
      picked[select.dataset.filter] = chosen === "" ? undefined : chosen === "-" ? null : chosen.slice(1);
      ranking.draw();
    });
  }
  const excluded = document.getElementById("excluded");
  if (excluded) {
    excluded.addEventListener("change", () => {
      showExcluded = excluded.checked;
      ranking.draw();
    });
  }
  const choices = document.querySelector("#columns .choices");
  page.columns.forEach((column, at) => {
    const box = element("input", { type: "checkbox" });
    box.checked = ranking.column(at).visible();
    box.addEventListener("change", () => ranking.column(at).visible(box.checked));
    choices.append(element("label", { title: column.about }, box, " ", column.title));
  });
  document.addEventListener("click", (event) => {
    const menu = document.getElementById("columns");
    if (!menu.contains(event.target)) menu.open = false;
  });
  document.getElementById("save").addEventListener("click", saveShown);
  document.addEventListener("keydown", (event) => {
    const writing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !writing && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      search.focus();
    }
  });
}

function filterBy(key, value) {
  const select = document.querySelector('[data-filter="' + key + '"]');
  if (!select) return;
  select.value = "=" + value;
  select.dispatchEvent(new Event("change"));
  if (page.aside.includes(value) && !showExcluded) document.getElementById("excluded")?.click();
  document.getElementById("ranking").scrollIntoView();
}

const rowsShown = () => ranking.rows({ search: "applied", order: "applied" }).data().toArray().map((each) => each[0]);

// What a spreadsheet would calculate gets a mark before it: somebody may have called their company "=HYPERLINK(...)".
const inert = (text) => (/^[=+\-@\t\r\n]/.test(text) ? "'" + text : text);
const quoted = (text) => (/[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);

function shownCsv() {
  const columns = page.columns.filter((_, at) => ranking.column(at).visible());
  const line = (values) => values.map(quoted).join(",");
  const plain = (column, row) => (typeof cell(column.key, row) === "number" && column.show !== "flag" ? String(cell(column.key, row)) : inert(told(column, row)));
  return [line(columns.map((each) => each.title)), ...rowsShown().map((row) => line(columns.map((each) => plain(each, row))))].join("\r\n") + "\r\n";
}

function saveShown() {
  const url = URL.createObjectURL(new Blob(["\ufeff", shownCsv()], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: url, download: "accounts-" + page.as_of + ".csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
