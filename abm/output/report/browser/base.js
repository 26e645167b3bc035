// Data of the page, and elements made of it: text is only ever set as text, never as markup.
"use strict";
const page = JSON.parse(document.getElementById("page-data").textContent);

function element(tag, options, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (name === "style") for (const [property, each] of Object.entries(value)) made.style.setProperty(property, each);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== false) made.append(child);
  return made;
}

// The name of an account or a person: its direction of writing stays its own.
const named = (text) => element("bdi", {}, text);

function cell(key, row) {
  const values = page.values[key];
  if (!values) return null;
  if (Array.isArray(values)) return values[row];
  const place = values.at[row];
  return place === null ? null : values.of[place];
}

const words = (text) => (text === null ? "" : String(text).replaceAll("_", " "));
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "±") + tenth.format(Math.abs(value));

function track(value, mark, good) {
  const bar = element("span", { class: good ? "track good" : "track", "aria-hidden": "true" });
  bar.append(element("i", { style: { width: Math.max(0, Math.min(100, value || 0)) + "%" } }));
  if (mark !== null && mark !== undefined) bar.append(element("u", { style: { left: "calc(" + Math.min(100, mark) + "% - 1px)" } }));
  return bar;
}

const asOf = new Date(page.as_of + "T00:00:00");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function daysBefore(age) {
  const day = new Date(asOf);
  day.setDate(day.getDate() - age);
  return day;
}

const shortDay = (day) => day.getDate() + " " + months[day.getMonth()];
