"use strict";
const PRICE = "price.apt.rotterdam", BUYERS = ["buyers.us", "buyers.europe", "buyers.japan_korea"];
const SEATS = ["china", "united_states", "kazakhstan", "uzbekistan", ...BUYERS];
let found, picked = 0, width = 0;
async function ask() {
  const answer = await (await fetch("/debrief.json")).json();
  $("title").textContent = say("class.debrief.title");
  if (answer.done) { begin(answer); return; }
  $("state").textContent = answer.error || say("class.debrief.working");
  setTimeout(ask, 1000);
}
function begin(answer) {
  found = answer;
  $("title").textContent = say("class.debrief.title");
  $("state").textContent = "";
  draw();
  addEventListener("resize", () => { if ($("content").clientWidth !== width) { draw(); } });
}

const d = (name, gaps) => say(`class.debrief.${name}`, gaps);
const lead = (name, gaps) => el("p", { class: "lead", text: d(name, gaps) });
const finding = (name, gaps) => el("p", { class: "finding", text: d(name, gaps) });
const tableName = (t) => d("at_table", { table: t.table });
const mean = (list) => list.reduce((sum, v) => sum + v, 0) / Math.max(1, list.length);
const averaged = (lists) => lists[0].map((_, i) => mean(lists.map((list) => list[i])));
const plus = (v, digits = 0) => (Math.abs(v) < 0.5 * 10 ** -digits ? "0" : signed(v, digits));
const points = (v, digits = 1) => el("span", { class: plus(v, digits) === "0" ? "" : v > 0 ? "up" : "down", text: plus(v, digits) });
const start = () => ({ year: Number(found.dates[0].slice(0, 4)), first: Number(found.dates[0].slice(5)) - 1 });
const chart = (lines, given) => curves(lines, { ...start(), width, height: width < NARROW ? 210 : 270, ...given });
const inside = (lines, given) => chart(lines, { width: width - (width < NARROW ? 16 : 48), ...given });
function section(name, ...children) { return el("section", { id: name }, el("h2", { text: d(name) }), ...children); }
function table(head, rows, kind = "") {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": head.join(", ") }, el("table", { class: kind }, el("thead", {}, el("tr", {}, ...head.map((h, i) => el("th", { scope: "col", class: i ? "num" : "", text: h })))),
    el("tbody", {}, ...rows.map(([first, ...cells]) => el("tr", {}, el("th", { scope: "row", text: first }), ...cells.map((cell) => (cell instanceof Node ? el("td", { class: "num" }, cell) : el("td", { class: "num", text: cell }))))))));
}
const tablesLines = () => found.tables.map((t, i) => ({ values: t.series[PRICE], colour: TABLES[i], label: found.tables.length > 1 ? tableName(t) : d("you"), wide: 2.4 }));
const compared = () => [["rules", GREY, "5 4"], ["none", FAINT, "2 3"], ["cooperative", GREEN, "8 4"]].map(([name, colour, dash]) => ({ values: found.benchmarks[name].price, colour, dash, label: d(name) }));
const band = () => ({ low: found.luck.low, high: found.luck.high, colour: GREY, label: d("band", { count: found.luck.worlds }) });

function draw() {
  width = Math.max(280, $("content").clientWidth);
  const parts = [];
  if (!window.DEBRIEF) { parts.push(el("p", { class: "noprint" }, el("a", { href: "/debrief.html", download: "debrief.html", text: d("save") }))); }
  parts.push(facts(), section("prices", lead("prices_lead"), chart([...tablesLines(), ...compared()], { title: d("prices") })));
  if (found.tables.length > 1) { parts.push(sideBySide()); }
  parts.push(oneByOne(), section("questions", ...[first, second, third, fourth, fifth].map((question, i) => el("div", { class: "question", id: `q${i + 1}` }, el("b", { text: `${i + 1}. ${d(`q${i + 1}`)}` }), el("p", { class: "quiet", text: d(`q${i + 1}_note`) }), ...question()))));
  parts.push(el("p", { class: "quiet", text: d("how", { count: found.worlds }) }));
  $("content").replaceChildren(...parts);
}
function facts() {
  const price = (values) => Math.round(mean(values));
  const all = [[price(found.tables.flatMap((t) => t.series[PRICE])), d(found.tables.length > 1 ? "fact_yours" : "fact_your")], ...["rules", "none", "cooperative"].map((name) => [price(found.benchmarks[name].price), d(`fact_${name}`)])];
  return el("div", { class: "facts" }, ...all.map(([value, what]) => el("div", { class: "fact" }, el("b", { text: value }), el("span", { text: what }))));
}

/* --- the tables --------------------------------------------------------------------------------- */
function sideBySide() {
  const rows = found.comparison.map((row) => [tableName(row), Math.round(row.mean_price), plus(row.fear), Math.round(row.peak_price), Math.round(row.sum), points(row.skill)]);
  const seats = SEATS.map((seat) => [roleName(seat), ...found.tables.map((t) => cell(t.teams[seat]))]);
  return section("compared", lead("compared_lead"), table(["table", "mean_price", "fear", "peak_price", "sum", "skill"].map((n) => d(n)), rows),
    el("h3", { text: d("seats") }), el("p", { class: "quiet", text: d("seats_lead") }), table([d("seat"), ...found.tables.map(tableName)], seats, "grid"));
}
function cell(team) {
  return el("span", {}, el("span", { text: Math.round(team.score) }), el("small", { class: team.people ? (team.play > 0.05 ? "up" : team.play < -0.05 ? "down" : "") : "quiet", text: team.people ? plus(team.play, 1) : d("rule") }));
}
function oneByOne() {
  const held = el("div", {}), many = found.tables.length > 1;
  const pick = (i) => {
    picked = i;
    for (const [place, button] of [...buttons.children].entries()) { button.setAttribute("aria-pressed", place === i); }
    held.replaceChildren(...oneTable(found.tables[i]));
  };
  const buttons = el("div", { class: "tabs pick", role: "group", "aria-label": d("table") }, ...found.tables.map((t, i) => el("button", { type: "button", onclick: () => pick(i), text: tableName(t) })));
  pick(Math.min(picked, found.tables.length - 1));
  return section(many ? "tables" : "teams", many ? buttons : null, held);
}
function oneTable(t) {
  const all = Object.values(t.teams), scale = [Math.floor(Math.min(...all.flatMap((each) => [each.usual, each.score, each.rule, each.usual + each.luck])) - 3), Math.ceil(Math.max(...all.flatMap((each) => [each.usual, each.score, each.rule, each.usual + each.luck])) + 3)];
  return [lead("teams_lead"),
    legend([{ label: d("part_luck"), colour: FAINT, wide: 8 }, { label: d("part_others"), colour: "#A9873B", wide: 8 }, { label: d("part_play_up"), colour: GREEN, wide: 10 }, { label: d("part_play_down"), colour: "#BD2C25", wide: 10 }]),
    ...SEATS.map((seat) => seatRow(seat, t.teams[seat], scale)),
    el("h3", { text: d("turning") }), lead("turning_lead", { count: t.asked }),
    ...(t.turning.length ? t.turning.map(turningPoint) : [el("p", { class: "quiet", text: d("no_turning") })])];
}
function seatRow(seat, team, scale) {
  const what = d("parts", { usual: Math.round(team.usual), luck: plus(team.luck, 1), others: plus(team.others, 1), play: plus(team.play, 1), score: Math.round(team.score) });
  const narrow = width < 640, drawn = waterfall(team, scale, { width: narrow ? width : width - 230, colour: DEEP[seat], title: `${roleName(seat)}: ${what}` });
  const again = team.elsewhere ? d("elsewhere", { mean: plus(team.elsewhere[1], 1), low: plus(team.elsewhere[0], 1), high: plus(team.elsewhere[2], 1) }) : "";
  return el("div", { class: "seatrow" }, el("div", { class: "who" }, el("b", { text: `${roleName(seat)} ${Math.round(team.score)}` }), el("span", { text: team.people ? d("rule_had", { score: Math.round(team.rule) }) : d("rule") })),
    el("div", {}, drawn, el("p", { class: "what" }, `${what} ${again}`)));
}
const named = (key) => (found.names && found.names[key]) || targetName(key);
const chosen = (v, unit) => (v === null ? d("back") : typeof v === "string" ? targetName(v) : `${worth(v, unit)} ${unitName(unit)}`.trim());
const slotName = (role, lever, target) => `${shortName(role)}: ${leverName(lever)}${target ? `, ${named(target)}` : ""}`;
function turningPoint(turn) {
  const terms = turn.terms || [], agreed = turn.source === "offer" && terms.length;
  const name = turn.role === "nature" ? d("teacher", { event: named(turn.target) }) : agreed ? d("agreement", { who: [...new Set(terms.map(([role]) => shortName(role)))].join(", ") }) : `${turn.source === "teacher" ? `${d("law")} ` : ""}${slotName(turn.role, turn.lever, turn.target)}`;
  const path = turn.role === "nature" ? dateName(turn.date) : agreed ? `${dateName(turn.date)} \u00B7 ${terms.map(([role, lever, target, v]) => `${slotName(role, lever, target)} ${chosen(v, typeof v === "number" && Math.abs(v) <= 1 ? "share" : "")}`).join("; ")}`
    : turn.values.slice(0, 7).map(([date, v]) => `${dateName(date)} ${chosen(v, turn.unit)}`).join(" \u2192 ") + (turn.values.length > 7 ? " \u2192 \u2026" : "");
  const moved = Object.entries(turn.scores).filter(([, v]) => Math.abs(v) >= 0.1).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const narrow = width < 640, small = narrow ? width : Math.round((width - 24) * 1.1 / 2.1);
  return el("div", { class: "turn" }, el("div", {}, el("h4", { text: name }), el("p", { class: "path", text: path }),
    el("p", { text: d("moved_price", { price: plus(turn.peak), date: dateName(turn.peak_date) }) }),
    el("div", { class: "chips" }, ...moved.map(([role, v]) => el("span", { class: v > 0 ? "up" : "down", text: `${shortName(role)} ${plus(v, 1)}` })), moved.length ? null : el("span", { class: "quiet", text: d("no_points") }))),
  lineChart([{ values: turn.price, colour: "#1F78B8", wide: 2 }], { ...start(), width: small, height: 150, right: 12, zero: true, title: d("caused") }));
}

/* --- five questions ------------------------------------------------------------------------------- */
function first() {
  const alone = BUYERS.map((seat) => mean(found.tables.map((t) => t.lifted[seat]))), all = mean(found.tables.map((t) => t.lifted.all));
  const most = BUYERS[alone.map(Math.abs).indexOf(Math.max(...alone.map(Math.abs)))];
  const rows = found.tables.map((t) => [tableName(t), ...BUYERS.map((seat) => plus(t.lifted[seat])), plus(t.lifted.all)]);
  return [finding(all >= 0 ? "q1_up" : "q1_down", { all: Math.abs(all).toFixed(0), one: roleName(most), alone: plus(Math.max(...alone.map(Math.abs)) * Math.sign(alone[BUYERS.indexOf(most)])) }),
    inside([{ values: averaged(found.tables.map((t) => t.series[PRICE])), colour: "#1F78B8", label: d("as_played"), wide: 2.4 }, { values: averaged(found.tables.map((t) => t.calm_price)), colour: GREEN, dash: "8 4", label: d("calm"), wide: 2 }], { title: d("q1") }),
    table([d("table"), ...BUYERS.map((seat) => d("alone", { who: roleName(seat) })), d("together")], rows),
    el("h3", { text: d("fears") }), inside(BUYERS.map((seat) => ({ values: averaged(found.tables.map((t) => t.series[seat.replace("buyers", "fear")].map((v) => v * 100))), colour: DEEP[seat], label: roleName(seat), wide: 2 })), { height: 180, title: d("fears") })];
}
function second() {
  const gain = mean(found.tables.map((t) => t.open.china)), rivals = mean(found.tables.map((t) => t.open.rivals)) * 100;
  return [finding("q2_found", { gain: plus(gain, 1), share: plus(rivals, 1) }),
    inside([{ values: averaged(found.tables.map((t) => t.series["share.china.mine"].map((v) => v * 100))), colour: DEEP.china, label: d("as_played"), wide: 2.4 }, { values: averaged(found.tables.map((t) => t.open.share.map((v) => v * 100))), colour: GREY, dash: "5 4", label: d("open") }], { title: d("q2") })];
}
function third() {
  const index = (name) => { const values = averaged(found.tables.map((t) => t.series[name])); return values.map((v) => (100 * v) / values[0]); };
  return [inside([{ values: index(PRICE), colour: "#1F78B8", label: d("price_index"), wide: 2.4 }, { values: index("supply.mine.world"), colour: "#0E7F63", label: d("mined"), wide: 2.4 }], { title: d("q3") })];
}
function fourth() {
  return [inside([...tablesLines(), compared()[0]], { band: band(), title: d("q4") })];
}
function fifth() {
  const rows = SEATS.map((seat) => ({ name: roleName(seat), dots: [{ value: found.benchmarks.none.scores[seat], colour: FAINT, hollow: true }, { value: found.benchmarks.cooperative.scores[seat], colour: GREEN, hollow: true }, ...found.tables.map((t) => ({ value: t.teams[seat].score, colour: DEEP[seat] }))] }));
  const better = SEATS.filter((seat) => found.benchmarks.cooperative.scores[seat] > mean(found.tables.map((t) => t.teams[seat].score)) + 0.5);
  return [finding(better.length ? "q5_found" : "q5_nobody", { count: better.length, who: better.map(roleName).join(", ") }), strip(rows, { width: width - (width < NARROW ? 16 : 48), title: d("q5") }),
    el("p", { class: "quiet", text: d("q5_legend") }),
    table([d("seat"), d("as_played"), d("none"), d("cooperative")], SEATS.map((seat) => [roleName(seat), Math.round(mean(found.tables.map((t) => t.teams[seat].score))), Math.round(found.benchmarks.none.scores[seat]), Math.round(found.benchmarks.cooperative.scores[seat])]))];
}
ready(() => { if (window.DEBRIEF) { begin(window.DEBRIEF); } else { ask(); } });
