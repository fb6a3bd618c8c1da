"use strict";
const $ = (id) => document.getElementById(id);
let SAID = window.STRINGS || {};

/* The sentence of a name, with its gaps filled. */
function say(name, gaps = {}) {
  let entry = SAID[name];
  if (entry && typeof entry === "object") { entry = gaps.count === 1 && entry.one ? entry.one : entry.other; }
  if (entry === undefined) { return name; }
  return String(entry).replace(/\{(\w+)(?::[^}]*)?\}/g, (all, gap) => (gap in gaps ? gaps[gap] : all));
}
const has = (name) => name in SAID;

/* An element; text goes in as text, never as markup. */
function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "text") { made.textContent = value; }
    else if (name.startsWith("on")) { made.addEventListener(name.slice(2), value); }
    else if (name === "value") { made.value = value; }
    else if (value !== false && value !== null && value !== undefined) { made.setAttribute(name, value === true ? "" : value); }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

async function ready(then) {
  if (!window.STRINGS) { SAID = await (await fetch("/strings.json")).json(); }
  for (const each of document.querySelectorAll("[data-say]")) { each.textContent = say(each.dataset.say); }
  then();
}

/* Puts new children into a holder; whatever had the keyboard keeps it. */
function redraw(holder, children) {
  const key = (node) => node.id || `${node.tagName} ${node.getAttribute("aria-label") || node.textContent}`;
  const reach = () => [...holder.querySelectorAll("button, select, input, summary, a")];
  const active = document.activeElement, held = active && holder.contains(active) ? key(active) : "";
  const place = held ? reach().filter((node) => key(node) === held).indexOf(active) : -1;
  holder.replaceChildren(...children);
  const again = held && reach().filter((node) => key(node) === held)[place];
  if (again) { again.focus({ preventScroll: true }); }
}

async function post(where, body) {
  try {
    const answer = await fetch(where, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return await answer.json();
  } catch { return { error: say("class.error.lost") }; }
}

/* A socket that comes back by itself, and sends again what was not acknowledged. */
class Line {
  constructor(path, heard, closed) {
    this.path = path; this.heard = heard; this.closed = closed || (() => {}); this.waiting = new Map(); this.pause = 300;
    this.open();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && (this.dead || this.silence() > 12)) { this.open(); } });
    addEventListener("online", () => this.open());
    setInterval(() => { if (!this.dead && this.silence() > 25) { this.open(); } }, 2500);
  }
  /* Seconds since the server was heard; it says something every ten. */
  silence() { return (performance.now() - this.heardAt) / 1000; }
  open() {
    clearTimeout(this.timer); this.dead = false; this.heardAt = performance.now();
    if (this.socket) { this.socket.close(); }
    const socket = this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.path}`);
    socket.onopen = () => { this.pause = 300; for (const [, held] of this.waiting) { socket.send(held.text); } };
    socket.onmessage = (event) => {
      if (socket !== this.socket) { return; }
      this.heardAt = performance.now();
      const message = JSON.parse(event.data);
      if (message.kind === "ack") {
        const held = this.waiting.get(message.id);
        if (held) { this.waiting.delete(message.id); held.done(message); }
      } else { this.heard(message); }
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) { return; }
      this.dead = true; this.closed(event.code);
      if ([4401, 4403, 4409].includes(event.code)) { return; }
      this.timer = setTimeout(() => this.open(), this.pause * (0.5 + Math.random()));
      this.pause = Math.min(this.pause * 2, 5000);
    };
  }
  send(message) {
    const bytes = crypto.getRandomValues(new Uint8Array(9));
    const id = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
    const text = JSON.stringify({ ...message, id });
    return new Promise((done) => {
      this.waiting.set(id, { text, done });
      if (this.socket.readyState === 1) { this.socket.send(text); }
    });
  }
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text; $("toast").classList.add("shown");
  clearTimeout(toastTimer); toastTimer = setTimeout(() => $("toast").classList.remove("shown"), 5000);
}

/* A ring that empties, with the time in it. */
class Clock {
  constructor(holder) { this.holder = holder; this.left = 0; this.whole = 1; this.running = false; setInterval(() => this.draw(), 250); }
  set(state) { this.at = performance.now(); this.left = state.left; this.whole = Math.max(state.seconds, state.left, 1); this.running = state.state === "running"; this.draw(); }
  draw() {
    if (this.at === undefined) { return; }
    const left = Math.max(0, this.left - (this.running ? (performance.now() - this.at) / 1000 : 0));
    const text = `${Math.floor(left / 60)}:${String(Math.floor(left % 60)).padStart(2, "0")}`;
    const share = left / this.whole;
    if (this.shown === text + this.running) { return; }
    this.shown = text + this.running;
    const around = 2 * Math.PI * 23;
    this.holder.replaceChildren(svg("svg", { viewBox: "0 0 52 52", "aria-hidden": "true" },
      svg("circle", { cx: 26, cy: 26, r: 23, class: "rim" }),
      svg("circle", { cx: 26, cy: 26, r: 23, class: "hand", "stroke-dasharray": `${around * share} ${around}`, transform: "rotate(-90 26 26)" })),
      el("span", { text }));
    this.holder.classList.toggle("soon", this.running && left < 20);
  }
}

function svg(tag, given = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(given)) { if (name === "text") { made.textContent = value; } else { made.setAttribute(name, value); } }
  made.append(...children.filter(Boolean));
  return made;
}

const roleName = (role) => (has(`role.${role}`) ? say(`role.${role}`) : role);
const shortName = (role) => (has(`short.${role}`) ? say(`short.${role}`) : roleName(role));
const leverName = (lever) => say(`lever.${lever.split(".").pop()}`);
const targetName = (target, title) => title || (has(`short.${target}`) ? say(`short.${target}`) : target.replaceAll("_", " "));
const signed = (value, digits = 0) => { const text = Math.abs(value).toFixed(digits); return Number(text) === 0 ? "0" : (value > 0 ? "+" : "\u2212") + text; };
const dateName = (date) => `${say(`month.${Number(date.slice(5))}`)} ${date.slice(0, 4)}`;
function spanName(date, months) {
  const month = Number(date.slice(5)), year = date.slice(0, 4);
  return months === 3 ? `Q${Math.ceil(month / 3)} ${year}` : months === 12 ? year : `${year}\u2013${Number(year) + Math.round(months / 12) - 1}`;
}
function worth(value, unit) {
  if (value === null || value === undefined) { return say("class.seat.rule"); }
  if (unit === "share") { return `${Math.round(value * 100)} %`; }
  const size = Math.abs(value), text = size >= 1000 ? Math.round(value).toLocaleString("en").replaceAll(",", "\u2009") : size >= 20 || value === Math.round(value) ? Math.round(value) : value.toFixed(1);
  return String(text).replace("-", "\u2212");
}
/* A value with its unit, as it is said in a sentence. */
const amount = (value, unit) => (has(`class.amount.${unit}`) ? say(`class.amount.${unit}`, { value: worth(value, unit) }) : `${worth(value, unit)} ${unitName(unit)}`.trim());
const unitName = (unit) => (has(`class.unit.${unit}`) ? say(`class.unit.${unit}`) : unit);
/* A sentence of what moved the price, the largest part first. */
function whyText(why) {
  const parts = Object.entries(why.parts).filter(([, part]) => Math.abs(part) >= 0.5).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([cause, part]) => `${say(`class.why.${cause}`)} ${signed(part)}`);
  return [say("class.why.change", { change: signed(why.change), first: dateName(why.first), last: dateName(why.last) }), parts.join(", ")].filter(Boolean).join(": ");
}
