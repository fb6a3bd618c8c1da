"use strict";
let drawnTables = -1;
ready(() => { if (window.DEBRIEF) { show(window.DEBRIEF); } else { ask(); } });
async function ask() {
  const answer = await (await fetch("/debrief.json")).json();
  if (answer.error) { $("state").textContent = answer.error; }
  else { show(answer); if (answer.done) { return; } }
  setTimeout(ask, 1500);
}
const PRICE = "price.apt.rotterdam";
const lead = (name, gaps) => el("p", { class: "lead", text: say(name, gaps) });
function section(name, ...children) { return el("section", { id: name }, el("h2", { text: say(`class.debrief.${name}`) }), ...children); }
function table(head, rows) {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": head.join(", ") }, el("table", {}, el("thead", {}, el("tr", {}, ...head.map((h, i) => el("th", { scope: "col", class: i ? "num" : "", text: h })))), el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, i) => el("td", { class: i ? "num" : "", text: cell })))))));
}
const averaged = (lists) => lists[0].map((_, i) => lists.reduce((sum, list) => sum + (list[i] ?? 0), 0) / lists.length);
function show(found) {
  if (found.tables.length + (found.done ? 100 : 0) === drawnTables) { return; }
  drawnTables = found.tables.length + (found.done ? 100 : 0);
  $("title").textContent = say("class.debrief.title");
  $("state").textContent = found.done ? "" : say("class.debrief.working", { count: found.tables.length });
  if (!found.tables.length) { return; }
  const parts = [], tables = found.tables, benchmarks = found.benchmarks, wide = { width: 860, height: 280, right: 130 };
  if (!window.DEBRIEF && found.done) { parts.push(el("p", { class: "noprint" }, el("a", { href: "/debrief.html", download: "debrief.html", text: say("class.debrief.save") }))); }
  const price = tables.map((t, i) => ({ values: t.series[PRICE], colour: TABLES[i], label: say("class.seat.table", { table: t.table }), wide: 2.4 }));
  price.push({ values: tables[0].rules_price, colour: "#6B7A86", label: say("class.debrief.rules"), dash: "5 4" });
  if (benchmarks) { price.push({ values: benchmarks.none.price, colour: "#A0ABB4", label: say("class.debrief.none"), dash: "2 3" }, { values: benchmarks.cooperative.price, colour: "#0B7A50", label: say("class.debrief.cooperative"), dash: "8 4" }); }
  parts.push(section("prices", lead("class.debrief.prices_lead"), lineChart(price, { ...wide, title: say("class.debrief.prices") })));
  if (found.comparison) { parts.push(section("compared", lead("class.debrief.compared_lead"), table(["table", "mean_price", "peak_price", "sum", "skill"].map((n) => say(`class.debrief.${n}`)), found.comparison.map((row) => [say("class.seat.table", { table: row.table }), Math.round(row.mean_price), Math.round(row.peak_price), Math.round(row.sum), signed(row.skill, 1)])))); }
  for (const t of tables) {
    if (!Object.values(t.teams).some((team) => team.people)) { continue; }
    const teams = Object.entries(t.teams).filter(([, team]) => team.people);
    const rows = teams.map(([role, team]) => ({ name: roleName(role), from: team.rule, to: team.score, colour: DEEP[role] }));
    const turns = t.turning.map((turn) => {
      const name = turn.role === "nature" ? say("class.debrief.teacher") : `${shortName(turn.role)}: ${leverName(turn.lever)}${turn.target ? `, ${targetName(turn.target)}` : ""}`;
      const worthOf = (v) => (Math.abs(v) <= 1 ? worth(v, "share") : worth(v, ""));
      const moved = Object.entries(turn.scores).filter(([, v]) => Math.abs(v) >= 0.1).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 5);
      return el("div", { class: "turn" }, el("div", {}, el("h3", { text: name }), el("p", { class: "quiet", text: `${dateName(turn.date)}${turn.role === "nature" ? "" : ` \u00B7 ${turn.values.map(([, v]) => (turn.lever.endsWith(".award") ? targetName(["none", "china", "us", "europe", "turkey", "state"][v]) : worthOf(v))).join(" \u2192 ")}`}` }),
        el("div", { class: "chips" }, ...moved.map(([role, v]) => el("span", { class: v > 0 ? "up" : "down", text: `${shortName(role)} ${signed(v, 1)}` })), moved.length ? null : el("span", { class: "quiet", text: say("class.debrief.no_points") }))),
        lineChart([{ values: turn.price, colour: "#1F78B8", wide: 2 }], { width: 460, height: 130, right: 12, zero: true, title: say("class.debrief.caused") }));
    });
    parts.push(el("section", {}, el("h2", { text: tables.length > 1 ? say("class.seat.table", { table: t.table }) : say("class.debrief.teams") }), lead("class.debrief.teams_lead"),
      rows.length ? dumbbells(rows, { title: say("class.debrief.teams") }) : el("p", { class: "quiet", text: say("class.debrief.nobody") }),
      el("div", { class: "legend" }, el("span", { text: say("class.debrief.legend") })), el("h2", { text: say("class.debrief.turning") }), lead("class.debrief.turning_lead"), ...(turns.length ? turns : [el("p", { class: "quiet", text: say("class.debrief.no_turning") })])));
  }
  const fear = ["fear.us", "fear.europe", "fear.japan_korea"];
  const one = tables[0];
  const questions = [
    [lineChart([...fear.map((n) => ({ values: one.series[n], colour: DEEP[n.replace("fear", "buyers")], label: roleName(n.replace("fear", "buyers")).split(" ")[0], wide: 2 }))], { ...wide, height: 200, title: say("class.debrief.q1") })],
    [lineChart([{ values: averaged(tables.map((t) => t.series["share.china.mine"].map((v) => v * 100))), colour: DEEP.china, label: say("role.china"), wide: 2.4 }], { ...wide, height: 200, title: say("class.debrief.q2") })],
    [lineChart([{ values: averaged(tables.map((t) => t.series["supply.mine.world"])), colour: "#0E7F63", label: say("class.debrief.mined"), wide: 2.4 }], { ...wide, height: 200, title: say("class.debrief.q3") })],
    [lineChart([{ values: one.series[PRICE], colour: TABLES[0], label: say("class.seat.table", { table: one.table }), wide: 2.4 }, { values: one.rules_price, colour: "#6B7A86", label: say("class.debrief.rules"), dash: "5 4" }], { ...wide, height: 200, title: say("class.debrief.q4") })],
    [benchmarks ? table([say("class.teach.seat"), say("class.seat.table", { table: one.table }), say("class.debrief.none"), say("class.debrief.cooperative")], Object.keys(one.teams).map((r) => [roleName(r), Math.round(one.teams[r].score), Math.round(benchmarks.none.scores[r]), Math.round(benchmarks.cooperative.scores[r])])) : null]];
  parts.push(section("questions", ...questions.map((q, i) => el("div", { class: "question" }, el("b", { text: `${i + 1}. ${say(`class.debrief.q${i + 1}`)}` }), el("p", { class: "quiet", text: say(`class.debrief.q${i + 1}_note`) }), ...q))));
  $("content").replaceChildren(...parts);
}
