// Charts: the drawings of the page with their rows. Expressions are interpreted, not compiled: no script is made of text.
"use strict";
const MANY_DOTS = 1500;
const CROWD = 150;
const tip = document.getElementById("tip");
const pictures = new Map();

function showTip(_handler, event, _item, value) {
  if (value === null || value === undefined || value === "") {
    tip.hidden = true;
    return;
  }
  const [first, ...rest] = Object.entries(value);
  tip.replaceChildren(element("strong", {}, named(String(first[1]))));
  for (const [name, each] of rest) {
    if (each === null || each === "null" || each === "") continue;
    tip.append(element("div", {}, element("span", {}, name), element("span", {}, named(String(each)))));
  }
  const home = document.querySelector("dialog[open]") || document.body; // a dialog covers all that is outside of it
  if (tip.parentNode !== home) home.append(tip);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8)) + "px";
  tip.style.top = Math.max(8, event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18) + "px";
}

// A canvas knows no properties of style sheets: it gets the colours that they stand for now.
function resolved(drawing) {
  const style = getComputedStyle(document.documentElement);
  return JSON.parse(JSON.stringify(drawing).replace(/var\((--[a-z-]+)\)/g, (_, name) => style.getPropertyValue(name).trim()));
}

// Vega keeps what it counts as properties of objects, where this one name is taken; a blank behind it frees it.
const freed = (row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === "__proto__" ? "__proto__ " : value]));

async function draw(holder, name, rows, select) {
  const picture = rows.length > MANY_DOTS;
  const drawing = picture ? resolved(page.drawings[name]) : page.drawings[name];
  const data = drawing.data.map((each) => (each.name === "rows" ? { ...each, values: rows.map(freed) } : each));
  const { view } = await vegaEmbed(holder, { ...drawing, data }, {
    mode: "vega", actions: false, ast: true, renderer: picture ? "canvas" : "svg", tooltip: showTip,
  });
  if (picture) pictures.set(name, () => draw(holder, name, rows, select));
  if (select) view.addEventListener("click", (_event, item) => item && item.datum && select(item.datum));
  return view;
}

function redrawPictures() {
  for (const again of [...pictures.values()]) again();
}

function dots() {
  const rows = [];
  const toName = new Set(page.named);
  const { length } = page.values.is_excluded;
  // Coverage has few values: many dots are spread a little sideways, evenly and the same each time.
  const spread = length > CROWD ? 3 : 0;
  for (let row = 0; row < length; row += 1) {
    if (cell("is_excluded", row) || cell("score", row) === null) continue;
    const spiking = cell("spiking_topics", row) !== null;
    rows.push({
      row, label: cell("label", row), score: cell("score", row), coverage: cell("coverage", row) || 0,
      place: Math.max(0, Math.min(100, (cell("coverage", row) || 0) + spread * (((row * 0.618034) % 1) - 0.5))),
      people: cell("engaged_contacts", row) || 0, stage: words(cell("stage", row)), named: toName.has(row),
      standing: cell("is_mqa", row) ? "qualified" : spiking ? "in market" : "other",
    });
  }
  return rows.reverse(); // the best lie on top
}

async function drawPage() {
  const open = (datum) => datum.row !== undefined && openAccount(datum.row);
  const acts = { map: open, moved: open, heat: open, stages: (datum) => datum.value && filterBy("stage", datum.value) };
  for (const holder of document.querySelectorAll("[data-chart]")) {
    const name = holder.dataset.chart;
    const rows = name === "map" ? dots() : page.rows[name] || [];
    if (rows.length) await draw(holder, name, rows, acts[name]);
  }
}
