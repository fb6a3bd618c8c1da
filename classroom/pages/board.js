"use strict";
let state = null, shown = 1, ground = null, clock, code = "", still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const REGION_COLOUR = { china: "#E0603A", kazakhstan: "#F1C44A", uzbekistan: "#1FB58F", north_america: "#57AEEA", europe: "#8FB8DE", russia: "#98A6B0" };
const NAMED = { bakuta: [12, 16, "left"], northern_katpar: [10, -8, "left"], upper_kairakty: [-10, 14, "right"], sangdong: [10, -8, "left"], nui_phao: [-12, 16, "right"], hemerdon: [-10, -6, "right"], sisson: [8, -10, "left"] };
const COUNTRIES = { China: "china", Kazakhstan: "kazakhstan", Uzbekistan: "uzbekistan", "United States of America": "united_states" };
ready(async () => {
  clock = new Clock($("clock"));
  ground = await (await fetch("/map.json")).json();
  new Line("/ws/board", (message) => {
    if (message.kind === "you") { code = message.code; for (const [part, text] of [["code", code], ["address", message.address]]) { for (const each of document.querySelectorAll(`.${part}`)) { each.textContent = text; } } }
    if (message.kind === "state") { state = message; clock.set(message); START.year = Number(message.start.slice(0, 4)); draw(); }
  });
  $("theme").addEventListener("click", () => { const root = document.documentElement; root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; draw(); });
  if (new URLSearchParams(location.search).get("theme") === "light") { document.documentElement.dataset.theme = "light"; }
  addEventListener("resize", () => { sized = ""; draw(); });
  document.fonts.ready.then(() => { background = null; });
  document.fonts.load("600 15px Inter").then(() => { background = null; });
  requestAnimationFrame(paint);
});
function draw() {
  if (!state) { return; }
  const tables = Object.keys(state.boards).map(Number);
  if (tables.length && !tables.includes(shown)) { shown = tables[0]; }
  const board = state.boards[shown];
  $("title").textContent = state.title;
  $("sub").textContent = state.state === "loading" ? say("app.loading") : [board ? dateName(board.date) : "", say("class.teach.round", { round: Math.min(state.round + 1, state.rounds), rounds: state.rounds }), say(`class.state.${state.state}`), state.state === "running" ? say("class.board.done", { done: state.done.reduce((s, d) => s + d[0], 0), all: state.done.reduce((s, d) => s + d[1], 0) }) : say("class.teach.students", { count: state.people })].filter(Boolean).join(" \u00B7 ");
  const lobby = state.state === "lobby" || state.state === "loading";
  $("clock").hidden = state.state === "over";
  $("join").hidden = lobby || state.state === "over"; $("welcome").hidden = !lobby; $("prices").hidden = $("standing").hidden = lobby;
  $("tabs").replaceChildren(...(tables.length > 1 ? tables.map((t) => el("button", { "aria-pressed": String(t === shown), text: String(t), "aria-label": say("class.seat.table", { table: t }), onclick: () => { shown = t; draw(); } })) : []));
  if (!board) { return; }
  const light = document.documentElement.dataset.theme === "light", colours = light ? DEEP : COLOURS;
  $("price").replaceChildren(String(Math.round(board.price_now["price.apt.rotterdam"])), el("small", { text: ` ${unitName("USD/mtu")}` }));
  const names = { "price.apt.rotterdam": ["chart.rotterdam", light ? "#1F78B8" : "#57AEEA"], "price.apt.china_domestic": ["role.china", light ? "#B8431F" : "#E0603A"] };
  $("chart").replaceChildren(board.month > 1 ? lineChart(Object.entries(names).map(([n, [label, colour]]) => ({ values: board.prices[n], colour, label: say(label), wide: 3 })), { width: 520, height: 230, right: 96, title: say("class.board.price"), marks: board.past.map(([at, , number]) => ({ at, text: String(number) })) }) : el("p", { class: "quiet", text: say("class.board.wait") }));
  $("past").replaceChildren(...board.past.map(([, title, number, date]) => el("li", {}, el("b", { text: String(number) }), el("span", { text: `${title} \u00B7 ${dateName(date)}` }))));
  $("why").textContent = state.why[shown] ? whyText(state.why[shown]) : "";
  const roles = Object.entries(board.scores).sort((a, b) => b[1] - a[1]);
  $("scores").replaceChildren(...roles.map(([role, score]) => { const fill = el("i"); fill.style.width = `${score}%`; const row = el("div", { class: "score" }, el("span", { text: roleName(role) }), el("span", { class: "track" }, fill), el("b", { text: Math.round(score) })); row.style.setProperty("--role", colours[role]); return row; }));
  const told = state.messages.at(-1);
  const news = [...board.news.filter((n) => ["award", "loan", "offtake"].includes(n.kind) && n.value > 0).map((n) => say(`newsline.${n.kind}`, { mine: n.title, partner: targetName(n.party || ""), who: targetName(n.party || ""), share: `${Math.round(n.value * 100)} %`, money: `$${Math.round(n.value)} m` }))].slice(0, 3);
  $("ticker").replaceChildren(...(told ? [el("p", { class: "from", text: told })] : []), ...news.map((text) => el("p", { text })), ...(state.debriefed ? [el("p", { class: "from" }, el("a", { href: "/debrief", text: say("class.seat.debrief") }))] : []));
  $("map").setAttribute("aria-label", say("class.board.map", { count: board.flows.length }));
  background = null;
}
let background = null, sized = "", last = 0;
/* A flat view of the world, wider in the middle latitudes. */
function place(lon, lat, w, h) {
  const west = -128, east = 156, south = -42, north = 66, fit = Math.min(w / (east - west), h / ((north - south) * 1.2));
  const cx = (west + east) / 2, cy = (south + north) / 2;
  return [w / 2 + (lon - cx) * fit, h / 2 - (lat - cy) * fit * 1.2];
}
function css(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
function paint(time) {
  requestAnimationFrame(paint);
  if (!ground || !state || time - last < 33) { return; }
  if (still && background && sized) { return; }
  last = time;
  const canvas = $("map"), scale = Math.min(devicePixelRatio || 1, 2), w = canvas.clientWidth, h = canvas.clientHeight;
  if (!w || !h) { return; }
  if (canvas.width !== Math.round(w * scale) || canvas.height !== Math.round(h * scale)) { canvas.width = Math.round(w * scale); canvas.height = Math.round(h * scale); background = null; }
  if (!background) { background = drawGround(w, h, scale); sized = `${w}x${h}`; }
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0); pen.drawImage(background.picture, 0, 0); pen.setTransform(scale, 0, 0, scale, 0, 0);
  for (const flow of background.flows) {
    const count = Math.min(9, 1 + Math.round(Math.sqrt(flow.tonnes) / 7));
    for (let k = 0; k < count; k += 1) {
      const t = ((still ? 0 : time / 9000) + k / count + flow.shift) % 1, u = 1 - t;
      const x = u * u * flow.a[0] + 2 * u * t * flow.m[0] + t * t * flow.b[0], y = u * u * flow.a[1] + 2 * u * t * flow.m[1] + t * t * flow.b[1];
      pen.fillStyle = css("--ink"); pen.globalAlpha = 0.9; pen.beginPath(); pen.arc(x, y, Math.min(2 + Math.sqrt(flow.tonnes) / 14, 4), 0, 7); pen.fill();
    }
  }
  pen.globalAlpha = 1;
}
function drawGround(w, h, scale) {
  const picture = document.createElement("canvas"); picture.width = w * scale; picture.height = h * scale;
  const pen = picture.getContext("2d"); pen.scale(scale, scale);
  pen.fillStyle = css("--sea"); pen.fillRect(0, 0, w, h); pen.lineWidth = 0.7; pen.lineJoin = "round";
  const light = document.documentElement.dataset.theme === "light";
  for (const [name, points] of ground.land) {
    pen.beginPath();
    let turn = 0; // land that crosses the date line goes on beyond it
    for (let i = 0; i < points.length; i += 2) { if (i && Math.abs(points[i] - points[i - 2]) > 180) { turn += points[i] > points[i - 2] ? -360 : 360; } const [x, y] = place(points[i] + turn, points[i + 1], w, h); if (i) { pen.lineTo(x, y); } else { pen.moveTo(x, y); } }
    pen.closePath(); pen.fillStyle = css("--land"); pen.fill();
    if (COUNTRIES[name]) { pen.globalAlpha = light ? 0.22 : 0.2; pen.fillStyle = COLOURS[COUNTRIES[name]]; pen.fill(); pen.globalAlpha = 1; }
    pen.strokeStyle = css("--line"); pen.stroke();
  }
  const board = state.boards[shown], flows = [];
  if (board) {
    const joined = new Map();
    for (const [from, to, form, tonnes] of board.flows) { const key = `${from}>${to}`, held = joined.get(key); joined.set(key, held ? [from, to, held[2], held[3] + tonnes] : [from, to, form, tonnes]); }
    for (const [from, to, form, tonnes] of joined.values()) {
      if (tonnes < 15) { continue; }
      const p = ground.regions[from], q = ground.regions[to];
      if (!p || !q) { continue; }
      const a = place(p[0], p[1], w, h), b = place(q[0], q[1], w, h), dx = b[0] - a[0], dy = b[1] - a[1];
      const bend = { concentrate: 0.12, controlled: 0.2, uncontrolled: 0.3 }[form] || 0.15, side = dx > 0 ? -1 : 1;
      flows.push({ a, b, m: [a[0] + dx / 2 - side * dy * bend, a[1] + dy / 2 + side * dx * bend * -1], tonnes, form, colour: REGION_COLOUR[from] || "#98A6B0", shift: (from.length * 7 + to.length * 13) % 10 / 10 });
    }
    for (const flow of flows) {
      pen.strokeStyle = flow.colour; pen.globalAlpha = flow.colour === "#98A6B0" ? 0.32 : light ? 0.8 : 0.75; pen.lineCap = "round"; pen.lineWidth = Math.min(1.2 + 0.38 * Math.sqrt(flow.tonnes), 12); pen.beginPath(); pen.moveTo(...flow.a); pen.quadraticCurveTo(...flow.m, ...flow.b); pen.stroke();
    }
    pen.globalAlpha = 1;
    for (const [key, title, stage, nameplate] of board.mines) {
      const at = ground.sites[key];
      if (!at || stage > 7 || stage < 1) { continue; }
      const [x, y] = place(at[0], at[1], w, h), r = Math.min(2.5 + Math.sqrt(nameplate) / 16, 8);
      pen.beginPath(); pen.arc(x, y, r, 0, 7); pen.lineWidth = 2; pen.strokeStyle = css("--ink"); pen.fillStyle = stage >= 5 && stage <= 6 ? css("--ink") : css("--ground"); pen.fill(); pen.stroke();
      if (NAMED[key]) {
        const [dx, dy, side] = NAMED[key];
        pen.font = `600 ${Math.max(14, Math.round(w / 75))}px Inter, sans-serif`; pen.textAlign = side; pen.lineWidth = 4; pen.strokeStyle = css("--sea"); pen.strokeText(title, x + dx, y + dy); pen.fillStyle = css("--ink"); pen.fillText(title, x + dx, y + dy); pen.textAlign = "left";
      }
    }
  }
  return { picture, flows };
}
