// One account, opened: why it stands where it stands, who is there, what they do, and what next.
"use strict";
const dialog = document.getElementById("account");
const sheet = dialog.querySelector(".sheet");
let opener = null;
let current = null;

function detailOf(row) {
  const holder = document.getElementById("detail-" + row);
  return holder ? JSON.parse(holder.textContent) : null;
}

function openAccount(row, from) {
  opener = from || document.activeElement;
  current = row;
  fill(row);
  if (!dialog.open) dialog.showModal();
  document.body.classList.add("opened");
  dialog.scrollTop = 0;
  history.replaceState(null, "", "#account=" + encodeURIComponent(cell("account_id", row)));
}

dialog.addEventListener("close", () => {
  document.body.classList.remove("opened");
  tip.hidden = true;
  document.body.append(tip);
  history.replaceState(null, "", location.pathname + location.search);
  sheet.replaceChildren();
  if (opener && opener.isConnected) opener.focus();
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "ArrowRight") step(1);
});

function step(by) {
  const rows = rowsShown();
  const next = rows[rows.indexOf(current) + by];
  if (next !== undefined) openAccount(next, opener);
}

function fill(row) {
  const detail = detailOf(row);
  const rank = cell("rank", row);
  const close = element("button", { type: "button", on: { click: () => dialog.close() } }, "Close");
  sheet.replaceChildren(
    element("div", { class: "sheet-top" },
      element("span", { class: "place" }, rank === null ? "Excluded: not ranked" : "Rank " + whole.format(rank) + " of " + whole.format(page.ranked)),
      element("button", { type: "button", "aria-label": "The account before", on: { click: () => step(-1) } }, "←"),
      element("button", { type: "button", "aria-label": "The account after", on: { click: () => step(1) } }, "→"),
      close),
    element("h2", { id: "account-name" }, named(cell("label", row))),
    element("p", { class: "verdict" }, detail ? detail.verdict : standing(row)),
    chips(row),
    parts(row),
    ...(detail ? sections(detail, row) : [element("p", { class: "notice" }, page.detail_note)]));
  close.focus();
  if (detail) drawDetail(detail, row);
}

function standing(row) {
  if (cell("is_excluded", row)) return "Excluded by the model.";
  const score = cell("score", row);
  return (cell("is_mqa", row) ? "Qualified" : "Not qualified") + (score === null ? "." : ": " + tenth.format(score) + " points, " + cell("threshold", row) + " needed.");
}

function chips(row) {
  const facts = [
    [words(cell("stage", row)), cell("stage", row) === page.goal ? "good" : ""], [cell("industry", row)], [cell("employees", row) === null ? null : whole.format(cell("employees", row)) + " employees"],
    [cell("country", row)], [words(cell("segment", row)), "", "segment "], [words(cell("tier", row)), "", "tier "], [cell("owner", row), "", "owner "], [cell("is_target", row) ? "target account" : null], [cell("domain", row)],
  ];
  return element("div", { class: "chips" }, facts.filter(([text]) => text).map(([text, kind, before]) => element("span", { class: "chip " + (kind || "") }, before || "", named(text))));
}

function parts(row) {
  const change = cell("change", row);
  const score = cell("score", row);
  const tiles = [["Score", score, cell("threshold", row), cell("is_mqa", row)], ...page.components.map((name) => [capital(name), cell(name, row), null, false])];
  const made = tiles.map(([name, value, mark, good]) => element("div", { class: "part" },
    element("span", {}, name, element("b", {}, value === null ? "?" : tenth.format(value))), track(value, mark, good)));
  if (change !== null) made[0].append(element("span", { class: change > 0 ? "up" : change < 0 ? "down" : "" }, signed(change) + " in " + page.days + " days"));
  return element("div", { class: "parts" }, made);
}

const list = (title, sentences, tag = "ul") => (sentences.length ? element("div", {}, element("h3", {}, title), element(tag, { class: "told" }, sentences.map((each) => element("li", {}, named(each))))) : null);
const chart = (name, label) => element("div", { class: "chart", "data-detail": name, role: "figure", "aria-label": label });

function sections(detail, row) {
  return [
    element("div", { class: "columns" }, list(cell("is_excluded", row) ? "What is going on" : "Why now", detail.why), list("What next", detail.next, "ol")),
    detail.groups.length ? element("p", { class: "note" }, "Other buying groups: " + detail.groups.map((each) => each.group + " (" + (each.score === null ? "no score" : tenth.format(each.score) + " points") + (each.qualified ? ", qualified" : "") + ")").join(", ")) : null,
    detail.lines.length ? [element("h3", {}, "Where the points come from"), chart("falls", "Points line by line up to the score")] : null,
    detail.seats.length ? [element("h3", {}, "The buying group" + (cell("group", row) ? ": " + words(cell("group", row)) : "")), committee(detail)] : null,
    detail.people.length ? [element("h3", {}, "People, the warmest first"), people(detail)] : null,
    detail.topics.length ? [element("h3", {}, "What they research, week by week"), element("p", { class: "note" }, detail.topics.some((each) => each.counted) ? "Scores as their source gives them, 0 to 100, or counts; ▲ marks a spike." : "Scores as their source gives them, 0 to 100; ▲ marks a spike."), chart("weeks", "Topics by week")] : null,
    detail.deeds.length ? [element("h3", {}, "What they did, day by day"), element("p", { class: "note" }, "Activities that count, of the last half year; a larger mark is more of them on one day."), chart("days", "Activities by day and person")] : null,
  ].flat().filter((each) => each !== null);
}

function committee(detail) {
  return element("div", { class: "seats" }, detail.seats.map((seat) => {
    const mine = detail.people.filter((each) => each.role === seat.role && !each.is.includes("disqualified") && !each.is.includes("blocker"));
    const engaged = mine.filter((each) => each.is.includes("engaged"));
    const idle = mine.filter((each) => !each.is.includes("engaged"));
    const filled = seat.engaged === null ? 0 : seat.engaged;
    const sitting = engaged.slice(0, Math.max(seat.seats, engaged.length)).map((each) => element("div", { class: "seat", title: "engaged" }, named(each.name)));
    const empty = Array.from({ length: Math.max(0, seat.seats - Math.max(filled, 0)) }, () => element("div", { class: "seat empty" }, "empty seat"));
    const waiting = idle.slice(0, 2).map((each) => element("div", { class: "seat idle", title: "known, not engaged" }, named(each.name)));
    const more = idle.length > 2 ? element("p", { class: "note" }, "and " + (idle.length - 2) + " more known") : null;
    const state = filled + " of " + seat.seats + (seat.seats === 1 ? " seat" : " seats") + " engaged" + (seat.missing ? ", required" : "");
    const warmth = seat.warmth === null ? null : element("div", { title: "warmth " + Math.floor(seat.warmth * 100) + " of 100" }, track(seat.warmth * 100, null, !seat.missing));
    return element("div", { class: seat.missing ? "role missing" : "role" }, element("h4", {}, seat.title), element("p", { class: "note" }, state), sitting, empty, waiting, more, warmth);
  }));
}

const flags = { asked: ["asked to be called", "good"], is_mql: ["qualified lead", "good"], engaged: ["engaged", "good"], blocker: ["may block it", "warn"], opted_out: ["do not mail", "warn"], disqualified: ["disqualified", "warn"] };

function people(detail) {
  const head = element("thead", {}, element("tr", {}, ["Person", "Role", "", "Points", "Last seen"].map((each) => element("th", { scope: "col", class: each === "Points" ? "n" : "" }, each))));
  const body = element("tbody", {}, detail.people.map((each) => element("tr", {},
    element("td", {}, element("strong", {}, named(each.name)), each.title ? [element("br"), element("span", { class: "note" }, named(each.title))] : null),
    element("td", {}, words(each.role)),
    element("td", {}, Object.keys(flags).filter((flag) => each.is.includes(flag) && !(flag === "is_mql" && each.is.includes("asked"))).map((flag) => element("span", { class: "flag " + flags[flag][1] }, flags[flag][0]))),
    element("td", { class: "n" }, each.points === null ? "?" : tenth.format(each.points)),
    element("td", {}, each.last ? lastDay(new Date(each.last + "T00:00:00")) : "never"))));
  const known = detail.known[0] + detail.known[1];
  const rest = known > detail.people.length ? element("p", { class: "note" }, "The first " + detail.people.length + " of " + known + ".") : null;
  return element("div", {}, element("div", { class: "scroll" }, element("table", { class: "plain" }, head, body)), rest);
}

const lastDay = (day) => shortDay(day) + (day.getFullYear() === asOf.getFullYear() ? "" : " " + day.getFullYear());

function drawDetail(detail, row) {
  const rows = { falls: steps(detail, row), weeks: weeks(detail), days: deeds(detail) };
  for (const holder of sheet.querySelectorAll("[data-detail]")) draw(holder, holder.dataset.detail, rows[holder.dataset.detail]);
}

function steps(detail, row) {
  const bar = cell("threshold", row);
  const made = detail.lines.map(([component, label, from, to]) => {
    const points = (to - from) / 100;
    return { component, label, from: from / 100, to: to / 100, edge: Math.max(from, to) / 100, points, told: (points < 0 ? "−" : "+") + Math.abs(points).toFixed(2), bar };
  });
  const end = made.length ? made[made.length - 1].to : 0;
  made.push({ component: "score", label: "Score", from: 0, to: end, edge: end, points: end, told: end.toFixed(2), bar });
  return made;
}

function weeks(detail) {
  const rows = [];
  for (const each of detail.topics) {
    const top = each.counted ? Math.max(1, ...each.weeks.map((value) => value || 0)) : 100;
    each.weeks.forEach((value, at) => {
      if (value === null) return;
      const share = Math.max(0, Math.min(1, value / top));
      rows.push({ topic: (each.spike ? "▲ " : "") + each.topic, week: shortDay(daysBefore(7 * (each.weeks.length - 1 - at))), value, share, deep: share > 0.75 ? "yes" : "no", kind: each.counted ? "count" : "score" });
    });
  }
  return rows;
}

function deeds(detail) {
  const names = unique(detail.people.map((each) => each.name));
  const who = (place) => (place === -1 ? "Visitors without a name" : place === -2 ? "Others" : names[place]);
  const marks = [];
  for (let at = 0; at < detail.deeds.length; at += 4) {
    const [place, signal, age, times] = detail.deeds.slice(at, at + 4);
    const day = daysBefore(age);
    marks.push({ place: place < 0 ? 1e6 - place : place, who: who(place), signal: words(page.signals[signal]), day: day.getTime(), date: shortDay(day), times });
  }
  return marks.sort((one, other) => one.place - other.place);
}

function unique(names) {
  const seen = new Map();
  return names.map((name) => {
    const times = (seen.get(name) || 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : name + " (" + times + ")";
  });
}
