"use strict";
let state = null, view = null, mine = null, tab = "now", line, clock, ownCode = "", known = {}, drawn = "", choosing = false;
const open = new Set(), drafts = new Map(), previews = new Map();

ready(() => {
  clock = new Clock($("clock"));
  line = new Line("/ws/seat", heard, (code) => {
    if (code === 4401 || code === 4403) { location.href = code === 4403 ? "/?out=1" : "/"; return; }
    drawn = ""; $("notice").textContent = say(code === 4409 ? "class.seat.elsewhere" : "class.seat.lost");
  });
  $("submit").addEventListener("click", () => act({ kind: "submit", done: !mine.done }));
});

function heard(message) {
  if (message.kind === "you") { ownCode = message.code; known = message.levers; }
  if (message.kind === "view") { view = message; drafts.clear(); previews.clear(); draw(true); }
  if (message.kind === "state") { 
    state = message; mine = message.me; clock.set(message); START.year = Number(message.start.slice(0, 4));
    const now = JSON.stringify({ ...message, left: 0 });
    if (now !== drawn) { drawn = now; draw(false); }
  }
}
async function act(message) {
  const answer = await line.send({ ...message, round: state.round });
  if (!answer.ok) { toast(answer.error); }
  return answer;
}
const captain = () => mine.captain === mine.number;
const isOpen = () => state.state === "running";

function draw(fresh) {
  if (!state) { return; }
  const role = mine.role;
  document.documentElement.style.setProperty("--accent", COLOURS[role] || "#57AEEA");
  document.documentElement.style.setProperty("--on", "#0C1116");
  $("role").textContent = role ? roleName(role) : mine.name;
  $("where").textContent = role && view ? say("class.seat.where", { table: mine.table, span: state.state === "over" ? dateName(view.date) : spanName(view.date, state.months), round: Math.min(state.round + 1, state.rounds), rounds: state.rounds }) : say("class.seat.choose");
  const told = state.messages.at(-1);
  $("notice").textContent = state.state === "paused" ? say("class.seat.paused") : state.state === "playing" ? say("class.seat.playing") : state.state === "lobby" && role ? say("class.seat.wait") : told || "";
  $("clock").hidden = state.state === "over";
  $("bottom").hidden = !role || state.state === "over" || state.state === "lobby";
  const held = document.activeElement && ["range", "select-one"].includes(document.activeElement.type);
  if (!fresh && held) { drawFoot(); return; }
  const page = state.state === "loading" ? [el("p", { class: "quiet", text: say("app.loading") })] : !role || choosing && mine.free ? seats() : view ? [tabs(), ...({ now, decide, deals }[tab])()] : [el("p", { class: "quiet", text: say("app.loading") })];
  redraw($("main"), page);
  if (role) { drawFoot(); }
}
function drawFoot() {
  $("faces").replaceChildren(...mine.people.map((p) => el("span", { class: `face${p.number === mine.captain ? " captain" : ""}${p.here ? "" : " away"}`, text: p.name.slice(0, 2).toUpperCase(), title: p.name })));
  const count = mine.decided.length;
  const head = mine.people.find((p) => p.number === mine.captain);
  $("agree").textContent = mine.done ? say("class.seat.sent") : captain() ? say("class.seat.captain", { count }) : say("class.seat.crew", { name: head ? head.name : "" });
  $("submit").textContent = mine.done ? say("class.seat.reopen") : say(state.months === 3 ? "class.seat.submit" : "class.seat.submit_year");
  $("submit").disabled = !captain() || !isOpen();
}
function seats() {
  const tables = [...new Set(mine.free.map((f) => f.table))];
  return tables.map((table) => el("section", { class: "card" }, el("h2", { text: say("class.seat.table", { table }) }), el("div", { class: "seats" },
    ...mine.free.filter((f) => f.table === table).map((f) => {
      const button = el("button", { onclick: () => line.send({ kind: "sit", table, role: f.role }).then((a) => { if (a.ok) { choosing = false; draw(true); } else { toast(a.error); } }), disabled: f.names.length >= 4 }, el("span", { text: roleName(f.role) }), el("span", { class: "quiet", text: f.names.length ? f.names.join(", ") : say("class.seat.empty") }));
      button.style.setProperty("--role", COLOURS[f.role]); return button;
    }))));
}
function tabs() {
  const waiting = mine.offers.filter((o) => o.state === "open" && o.taker === mine.role).length;
  return el("nav", { class: "tabs", "aria-label": say("class.seat.parts") }, ...["now", "decide", "deals"].map((name) =>
    el("button", { id: `tab-${name}`, "aria-pressed": String(tab === name), text: say(`class.seat.${name}`) + (name === "deals" && waiting ? ` (${waiting})` : ""), onclick: () => { tab = name; draw(true); window.scrollTo(0, 0); } })));
}
function figure(name, value, unit, change, digits) {
  const shown = Math.abs(change) >= (unit === "share" ? 0.005 : 0.05);
  const delta = unit === "share" ? `${Math.abs(Math.round(change * 100))} %` : worth(Math.abs(change), unit);
  return el("div", { class: "fig" }, el("p", { text: name }), el("p", { class: "now" }, el("span", { text: digits === undefined ? worth(value, unit) : value.toFixed(digits) }), el("small", { text: ` ${unitName(unit)} ` }), shown ? el("span", { class: `delta ${change > 0 ? "up" : "down"}`, text: `${change > 0 ? "\u25B2" : "\u25BC"} ${delta}` }) : null));
}
function now() {
  const parts = [el("div", { class: "pair" }, figure(say("game.score"), view.score, "", view.score_change, 0), ...view.headlines.map((h) => figure(say(`class.figure.${h.name}`), h.value, h.unit, h.change)).slice(0, 3))];
  if (state.state === "over") { parts.unshift(el("section", { class: "card" }, el("h2", { text: say("class.seat.over") }), el("a", { href: "/debrief", text: say("class.seat.debrief") }))); }
  parts.push(el("section", { class: "card" }, el("h2", { text: say("class.seat.happened") }), mine.why ? el("p", { class: "why", text: whyText(mine.why) }) : null, view.news.length ? el("ul", { class: "news" }, ...view.news.map(newsLine)) : el("p", { class: "quiet", text: say("class.seat.nothing") })));
  if (state.state === "lobby" || !view.news.length) { parts.push(el("section", { class: "card" }, el("h2", { text: say("class.seat.brief") }), el("p", { text: say(`pitch.${mine.role}`) }), el("p", { class: "quiet", text: say(`goal.${mine.role}`) }))); }
  const past = view.prices["price.apt.rotterdam"];
  if (past && past.length > 1) { parts.push(el("section", { class: "card" }, el("h2", { text: say("class.seat.price") }), lineChart([{ values: past, colour: COLOURS[mine.role], wide: 2.4, label: say("chart.rotterdam") }, { values: view.prices["price.apt.china_domestic"], colour: "#8FA1AF", label: say("role.china") }], { width: 340, height: 170, right: 74, title: say("class.seat.price") }))); }
  if (view.mines.length) { parts.push(el("section", { class: "card" }, el("h2", { text: say("game.projects") }), ...view.mines.slice(0, 6).map((m) => el("p", { class: "quiet" }, el("span", { text: `${m.title}: ` }), el("b", { text: say(`stage.${m.stage}`) }), m.missing > 1 && m.stage < 5 ? el("span", { text: ` \u00B7 ${say("game.missing", { money: `$${Math.round(m.missing)} m` })}` }) : null)))); }
  if (state.state === "lobby") { parts.push(el("button", { text: say("class.seat.another"), onclick: () => { choosing = true; draw(true); } })); }
  parts.push(el("p", { class: "quiet own", text: say("class.seat.own", { code: ownCode }) }));
  return parts;
}
function newsLine(item) {
  const gaps = { mine: item.title, stage: item.value, partner: has(`partner.${item.party}`) ? say(`partner.${item.party}`) : targetName(item.party || ""), who: item.party ? targetName(item.party) : "", share: `${Math.round(item.value * 100)} %`, money: `$${Math.round(item.value)} m` };
  if (item.kind === "event") { return el("li", {}, el("b", { text: item.title }), el("span", { text: ` \u00B7 ${dateName(item.date)}${item.text ? `. ${item.text}` : ""}` })); }
  if (item.kind === "decision") {
    const lever = leverName(item.lever) + (item.target ? `, ${targetName(item.target)}` : "");
    return el("li", {}, el("b", { text: shortName(item.role) }), el("span", { text: `: ${lever} ${decisionWorth(item.lever, item.value)}` }));
  }
  return el("li", {}, el("span", { text: say(`newsline.${item.kind}${item.kind !== "stage" && item.value === 0 && has(`newsline.${item.kind}_end`) ? "_end" : ""}`, gaps) }));
}
function decisionWorth(name, value) {
  const [unit, choices] = known[name];
  return choices.length ? targetName(choices[value]) : amount(value, unit);
}
const slot = (lever, target) => `${lever}|${target}`;
function decidedFor(lever, target) { return mine.decided.find((d) => d[0] === lever && d[1] === target); }

function decide() {
  const out = [];
  const proposals = mine.proposals.map((p) => {
    const who = mine.people.find((x) => x.number === p.person);
    const agreed = p.yes.includes(mine.number);
    return el("section", { class: "card" }, el("h2", { text: say("class.seat.proposal", { name: who ? who.name : "" }) }), el("p", { text: `${leverName(p.lever)}${p.target ? `, ${targetName(p.target)}` : ""}: ${p.value === null ? say("class.seat.rule") : decisionWorth(p.lever, p.value)}` }),
      el("p", { class: "quiet", text: say("class.seat.votes", { yes: p.yes.length, all: mine.people.length }) }),
      el("div", { class: "three" }, captain() ? el("button", { class: "yes", text: say("class.seat.adopt"), onclick: () => act({ kind: "decide", lever: p.lever, target: p.target, value: p.value }) }) : null,
        el("button", { text: agreed ? say("class.seat.disagree") : say("class.seat.agree"), onclick: () => act({ kind: "vote", proposal: p.number, agree: !agreed }) })));
  });
  out.push(...proposals);
  for (const lever of view.levers) {
    if (lever.targets.length === 1) { out.push(el("section", { class: `card lever${decidedFor(lever.name, lever.targets[0].key) ? " set" : ""}` }, ...control(lever, lever.targets[0], leverName(lever.name), lever.help))); continue; }
    const count = mine.decided.filter((d) => d[0] === lever.name).length;
    const box = el("details", { class: `card lever${count ? " set" : ""}` }, el("summary", {}, el("span", { text: leverName(lever.name) }), el("span", { class: "quiet", text: count ? say("class.seat.count", { count }) : "" })));
    box.open = open.has(lever.name);
    const fill = () => { if (box.open && box.children.length === 1) { box.append(el("p", { text: lever.help }), ...lever.targets.map((t) => el("div", { class: "target" }, ...control(lever, t, targetName(t.key, t.title))))); } };
    box.addEventListener("toggle", () => { if (box.open) { open.add(lever.name); fill(); } else { open.delete(lever.name); } });
    fill(); out.push(box);
  }
  return out;
}
function control(lever, target, name, help) {
  const key = slot(lever.name, target.key), id = `c-${lever.name}-${target.key}`, decided = decidedFor(lever.name, target.key);
  const held = decided && decided[2] !== null ? decided[2] : target.value;
  const value = drafts.has(key) ? drafts.get(key) : held;
  const shown = el("b", { text: lever.choices.length ? "" : `${worth(value, lever.unit)} ${unitName(lever.unit)}` });
  const by = el("p", { class: decided ? "mine" : "", text: decided ? say(decided[2] === null ? "class.by.rule" : "class.seat.pending") : target.by === "rule" ? say("class.by.rule") : say(`class.by.${target.by}`) });
  const ahead = el("div", { class: "ahead", "aria-live": "polite" });
  const told = previews.get(key);
  if (told) { ahead.replaceChildren(...told); }
  const buttons = el("div", { class: "row" });
  const give = (v) => act({ kind: "decide", lever: lever.name, target: target.key, value: v }).then((a) => { if (a.ok) { drafts.delete(key); draw(true); } });
  const offer = () => {
    const moved = drafts.has(key) && drafts.get(key) !== held;
    buttons.replaceChildren(...(moved ? [el("button", { class: "yes small", disabled: !isOpen(), text: captain() ? say("game.decide") : say("class.seat.propose"), onclick: () => give(drafts.get(key)) }), el("button", { class: "small", text: say("game.undo"), onclick: () => { drafts.delete(key); previews.delete(key); draw(true); } })]
      : decided && decided[2] !== null || !decided && target.by === "person" ? [el("button", { class: "small ghost", disabled: !isOpen(), text: say("game.release"), onclick: () => give(null) })] : []));
  };
  offer();
  const look = async (v) => {
    if (!isOpen()) { return; }
    ahead.replaceChildren(el("p", { text: say("chart.thinking") }));
    const answer = await line.send({ kind: "preview", round: state.round, lever: lever.name, target: target.key, value: v });
    if (!answer.ranges) { ahead.replaceChildren(el("p", { text: answer.busy ? say("class.seat.busy") : answer.error || "" })); return; }
    const lines = [el("p", { text: say("class.seat.ahead", { months: answer.months }) }), ...Object.entries(answer.ranges).map(([what, r]) => effect(what, r, answer.units[what])).filter(Boolean)];
    previews.set(key, lines); ahead.replaceChildren(...lines);
  };
  if (lever.choices.length) {
    const select = el("select", { id, onchange: () => { drafts.set(key, Number(select.value)); offer(); look(Number(select.value)); } }, ...lever.choices.map((c, i) => el("option", { value: i, text: targetName(c) })));
    select.value = String(value);
    return [el("label", { for: id, text: name }), select, by, ahead, buttons];
  }
  const step = lever.unit === "share" ? 0.01 : Math.max((lever.high - lever.low) / 200, lever.high - lever.low > 50 ? 1 : 0.1);
  const range = el("input", { id, type: "range", min: lever.low, max: lever.high, step, "aria-valuetext": `${worth(value, lever.unit)} ${unitName(lever.unit)}` });
  range.value = String(value);
  const paint = () => range.style.setProperty("--at", `${100 * (range.value - lever.low) / (lever.high - lever.low)}%`);
  paint();
  range.addEventListener("input", () => {
    drafts.set(key, Number(range.value)); paint();
    shown.textContent = `${worth(Number(range.value), lever.unit)} ${unitName(lever.unit)}`; range.setAttribute("aria-valuetext", shown.textContent); offer();
  });
  range.addEventListener("change", () => look(Number(range.value)));
  return [el("div", { class: "head" }, el("label", { for: id, text: name }), shown), help ? el("p", { class: "help", text: help }) : null, range, by, ahead, buttons].filter(Boolean);
}
/* Score and price are always told; what stands behind the score only if it moves. */
function effect(what, range, unit) {
  const own = what.startsWith("score."), always = own || what === "price.apt.rotterdam", digits = unit === "index" || unit === "month" || unit === "share" ? 1 : 0;
  const [low, middle, high] = unit === "share" ? range.map((v) => v * 100) : range;
  const name = own ? say("game.score") : say(`class.ahead.${what.startsWith("project.") ? "project" : what}`);
  if (Math.max(Math.abs(low), Math.abs(high)) < 0.5 / 10 ** digits) { return always ? el("p", { text: `${name}: ${say("game.no_effect")}` }) : null; }
  return el("p", { class: own ? (middle >= 0 ? "up" : "down") : "", text: `${name} ${signed(low, digits)} \u2026 ${signed(high, digits)} ${unitName(unit === "share" ? "points" : unit)}` });
}
function titleOf(target) { for (const lever of view.levers) { const found = lever.targets.find((t) => t.key === target && t.title); if (found) { return found.title; } } const mine_ = view.mines.find((m) => m.key === target); return mine_ ? mine_.title : ""; }
function terms(side) { return side.map(([lever, target, value]) => `${leverName(lever)}${target ? `, ${targetName(target, titleOf(target))}` : ""} ${decisionWorth(lever, value)}`).join("; ") || "\u2013"; }
function until(offer) { return say("offer.until", { date: String(START.year + Math.floor(offer.until / 12)) }); }
function deals() {
  const kept = mine.offers.slice().reverse().map((offer) => {
    const toMe = offer.taker === mine.role, other = toMe ? offer.maker : offer.taker;
    return el("section", { class: "card" }, el("h2", { text: say(toMe ? "offer.from" : "offer.to", { kind: say(`offer.${offer.deal}`), who: shortName(other) }) }),
      ...(offer.why ? [el("p", { text: offer.why })] : []),
      el("p", { class: "quiet", text: say("offer.they", { terms: terms(toMe ? offer.mine : offer.yours) }) }), el("p", { class: "quiet", text: say("offer.you", { terms: terms(toMe ? offer.yours : offer.mine) }) }), el("p", { class: "quiet", text: until(offer) }),
      offer.state !== "open" ? el("p", {}, el("b", { text: say(`offer.${offer.state}`) }), el("span", { class: "quiet", text: offer.reason ? ` \u00B7 ${offer.reason}` : "" })) : toMe ? el("div", { class: "three" }, ...["accept", "counter", "decline"].map((name) => el("button", { class: name === "accept" ? "yes" : "", disabled: !captain() || !isOpen(), text: say(name === "counter" ? "class.seat.counter" : `game.${name}`), onclick: async () => { const done = await act({ kind: "answer", offer: offer.number, accept: name === "accept" }); if (done.ok && name === "counter") { open.add(`deal ${other}`); draw(true); const box = $(`deal-${other}`); if (box) { box.scrollIntoView({ block: "center" }); box.firstChild.focus(); } } } }))) : el("p", { class: "quiet", text: say("class.seat.open") }));
  });
  const others = Object.entries(view.deals).filter(([, list]) => list.length);
  const make = others.map(([to, list]) => {
    const box = el("details", { class: "card lever", id: `deal-${to}` }, el("summary", {}, el("span", { text: shortName(to) }), el("span", { class: "quiet", text: say("class.seat.deals_count", { count: list.length }) })));
    box.open = open.has(`deal ${to}`);
    box.addEventListener("toggle", () => (box.open ? open.add(`deal ${to}`) : open.delete(`deal ${to}`)));
    box.append(...list.slice(0, 12).map((offer, choice) => el("div", { class: "target" }, el("h3", { text: say(`offer.${offer.deal}`) }), el("p", { text: say("offer.they", { terms: terms(offer.yours) }) }), el("p", { text: say("offer.you", { terms: terms(offer.mine) }) }), el("p", { text: until(offer) }), el("div", { class: "row" }, el("button", { class: "small yes", disabled: !captain() || !isOpen(), text: say("offer.send"), onclick: () => act({ kind: "offer", to, choice }) })))));
    return box;
  });
  return [...kept, el("h2", { text: say("offer.title") }), ...(make.length ? make : [el("p", { class: "quiet", text: say("offer.none") })])];
}
