"use strict";
let state = null, line, clock, drawn = "";
ready(() => {
  clock = new Clock($("clock"));
  $("pinform").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/pin", { pin: $("pin").value });
    if (answer.error) { $("pinerror").textContent = answer.error; } else { $("gate").hidden = true; connect(); }
  });
  $("sayform").addEventListener("submit", (event) => { event.preventDefault(); send({ kind: "say", text: $("say").value }); $("say").value = ""; });
  $("strikeform").addEventListener("submit", (event) => { event.preventDefault(); send({ kind: "strike", event: $("event").value }, say("class.teach.struck")); });
  $("lawform").addEventListener("submit", (event) => { event.preventDefault(); send({ kind: "law", ...JSON.parse($("law").value) }, say("class.teach.enacted")); });
  $("pace").addEventListener("change", () => { send({ kind: "pace", seconds: Number($("pace").value) }, say("class.teach.paced")); $("pace").blur(); });
  connect();
});
const PACES = [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 15, 20];
function connect() { line = new Line("/ws/teacher", heard, (code) => { if (code === 4401) { $("console").hidden = true; $("gate").hidden = false; $("pin").focus(); } }); }
async function send(message, done) { const answer = await line.send(message); toast(answer.ok ? done || "" : answer.error); if (answer.ok && !done) { $("toast").classList.remove("shown"); } }
function heard(message) {
  if (message.kind !== "state") { return; }
  state = message; clock.set(state);
  if ($("console").hidden) {
    $("gate").hidden = true; $("console").hidden = false;
    $("event").replaceChildren(...state.about.events.map((e) => el("option", { value: e.key, text: e.title })));
    $("law").replaceChildren(...state.about.laws.map((each) => el("option", { value: JSON.stringify(each.law), text: say(`class.law.${each.name}`) })));
    $("qr").alt = say("class.teach.qr");
    $("pace").replaceChildren(...PACES.map((minutes) => el("option", { value: minutes * 60, text: say("class.teach.minutes", { count: minutes }) })));
  }
  const now = JSON.stringify({ ...state, left: 0 });
  if (now !== drawn && !["SELECT", "OPTION"].includes(document.activeElement.tagName)) { drawn = now; draw(); } else { head(); }
}
function head() {
  $("title").textContent = state.about.title;
  $("sub").textContent = `${say(`class.state.${state.state}`)} \u00B7 ${say("class.teach.round", { round: Math.min(state.round + 1, state.rounds), rounds: state.rounds })} \u00B7 ${say("class.teach.students", { count: state.people.length })}`;
  const button = (name, message, main, off) => el("button", { id: `b-${name}`, class: main ? "main" : "", text: say(`class.teach.${name}`), disabled: off, onclick: () => send(message) });
  const running = state.state === "running", begin = state.state === "lobby" || state.state === "paused";
  redraw($("buttons"), [
    running ? button("pause", { kind: "pause" }, true) : button(state.state === "lobby" ? "start" : "resume", { kind: "start" }, true, !begin),
    button("next", { kind: "next", round: state.round }, false, !running && state.state !== "paused"),
    button("extend", { kind: "extend", seconds: 60 }, false, !running && state.state !== "paused"),
    button("shorten", { kind: "deadline", seconds: 60 }, false, !running && state.state !== "paused"),
    button("assign", { kind: "assign" }, false, !state.people.some((p) => !p.table)),
    ...(state.state === "over" ? [el("a", { href: "/debrief", target: "_blank", text: say("game.debrief") }), el("a", { href: "/students.csv", text: say("class.teach.csv") })] : [])]);
}
function draw() {
  head();
  const pace = String(state.seconds);
  if (![...$("pace").options].some((o) => o.value === pace)) { $("pace").prepend(el("option", { value: pace, text: say("class.teach.minutes", { count: Math.round(state.seconds / 6) / 10 }) })); }
  $("pace").value = pace;
  $("code").textContent = state.code; $("address").textContent = location.host;
  const tables = [...new Set(state.seats.map((s) => s.table))], roles = [...new Set(state.seats.map((s) => s.role))];
  const names = Object.fromEntries(state.people.map((p) => [p.number, p]));
  $("seats").replaceChildren(
    el("thead", {}, el("tr", {}, el("th", { scope: "col", text: say("class.teach.seat") }), ...tables.map((t) => el("th", { scope: "col", text: say("class.seat.table", { table: t }) })))),
    el("tbody", {}, ...roles.map((role) => {
      const tag = el("span", { class: "tag" }); tag.style.setProperty("--role", COLOURS_OF[role]);
      return el("tr", {}, el("th", { scope: "row" }, tag, el("span", { text: roleName(role) })), ...tables.map((t) => {
        const seat = state.seats.find((s) => s.table === t && s.role === role);
        if (!seat.people.length) { return el("td", {}, el("span", { class: "cell quiet", text: say("class.teach.rule") }), seat.score === null ? null : el("span", { class: "cell quiet", text: say("class.teach.score", { score: Math.round(seat.score) }) })); }
        return el("td", {}, el("span", { class: "cell", text: seat.people.map((n) => (n === seat.captain && seat.people.length > 1 ? "\u2605\u00A0" : "") + names[n].name).join(", ") }),
          el("span", { class: seat.done ? "cell done" : "cell quiet", text: seat.done ? say("class.teach.done") : !seat.people.some((n) => names[n].here) ? say("class.teach.rule_plays") : say("class.teach.deciding", { count: seat.decided }) }),
          seat.score === null ? null : el("span", { class: "cell quiet", text: say("class.teach.score", { score: Math.round(seat.score) }) }));
      }));
    }), el("tr", {}, el("th", { scope: "row", text: say("chart.rotterdam") }), ...tables.map((t) => el("td", { text: state.prices[t] ? `${Math.round(state.prices[t]["price.apt.rotterdam"])} ${unitName("USD/mtu")}` : "" })))));
  const free = state.seats.filter((s) => s.people.length < 4);
  redraw($("people"), [...state.people.map((p) => {
    const select = el("select", { "aria-label": say("class.teach.move", { name: p.name }), onchange: () => { const [table, role] = select.value.split(" "); if (role) { send({ kind: "move", person: p.number, table: Number(table), role }); } select.blur(); } },
      el("option", { value: "", text: p.table ? `${p.table} \u00B7 ${shortName(p.role)}` : say("class.teach.standing") }), ...free.map((s) => el("option", { value: `${s.table} ${s.role}`, text: `${s.table} \u00B7 ${shortName(s.role)}` })));
    return el("div", { class: "person" }, el("b", { class: p.here ? "" : "quiet", text: p.name + (p.here ? "" : ` (${say("class.teach.away")})`) }), select, el("button", { class: "small ghost", "aria-label": say("class.teach.remove", { name: p.name }), text: "\u2715", onclick: () => { if (confirm(say("class.teach.remove", { name: p.name }))) { send({ kind: "remove", person: p.number }); } } }));
  }), ...(state.people.length ? [] : [el("p", { class: "quiet", text: say("class.teach.nobody") })])]);
}
const COLOURS_OF = { china: "#E0603A", united_states: "#57AEEA", kazakhstan: "#F1C44A", uzbekistan: "#1FB58F", "buyers.us": "#7C9CF0", "buyers.europe": "#8FB8DE", "buyers.japan_korea": "#C78BD0" };
