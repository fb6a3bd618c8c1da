"use strict";
const START = { year: 2025 };
/* Lines over months. lines: [{values, colour, label, wide}]; marks: [{at, text}]. */
function lineChart(lines, given = {}) {
  const wide = given.width || 560, high = given.height || 220, left = 44, right = given.right ?? 96, above = 14, below = 24;
  const all = [...lines.flatMap((line) => line.values.filter((v) => v !== null)), ...(given.band ? [...given.band.low, ...given.band.high] : [])];
  const count = Math.max(2, ...lines.map((line) => line.values.length));
  if (!all.length) { return el("p", { class: "quiet", text: say("class.chart.empty") }); }
  let low = given.zero ? Math.min(0, ...all) : Math.min(...all), top = Math.max(...all);
  if (top - low < 1e-9) { top = low + 1; }
  const room = (top - low) * 0.08; low -= given.zero && low === 0 ? 0 : room; top += room;
  const x = (i) => left + (wide - left - right) * (i / (count - 1));
  const y = (v) => above + (high - above - below) * (1 - (v - low) / (top - low));
  const parts = [];
  const marked = steps(low, top), digits = marked.length > 1 && marked[1] - marked[0] < 1 ? 1 : 0;
  for (const v of marked) {
    parts.push(svg("line", { x1: left, x2: wide - right, y1: y(v), y2: y(v), class: "grid" }));
    parts.push(svg("text", { x: left - 6, y: y(v) + 4, class: "axis", "text-anchor": "end", text: v.toFixed(v ? digits : 0).replace("-", "\u2212") }));
  }
  for (let i = 0; i < count; i += 1) {
    const month = (given.first || 0) + i;
    const every = count > 72 ? (wide < 420 ? 48 : 24) : 12;
    if (month % every === 0) { parts.push(svg("text", { x: x(i), y: high - 6, class: "axis", "text-anchor": "middle", text: (given.year || START.year) + month / 12 })); }
  }
  if (given.band) {
    const edge = [...given.band.high.map((v, i) => [i, v]), ...given.band.low.map((v, i) => [i, v]).reverse()];
    parts.push(svg("polygon", { points: edge.map(([i, v]) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" "), fill: given.band.colour, class: "bandarea" }));
  }
  let beside = 0;
  for (const mark of given.marks || []) {
    const tick = beside = Math.max(x(mark.at), beside + 20);
    parts.push(svg("line", { x1: x(mark.at), x2: x(mark.at), y1: above + 4, y2: high - below, class: "mark" }));
    if (mark.text) { parts.push(svg("circle", { cx: tick, cy: above - 2, r: 9, class: "tick" }), svg("text", { x: tick, y: above + 2, class: "ticktext", "text-anchor": "middle", text: mark.text })); }
  }
  const ends = [];
  for (const line of lines) {
    const points = line.values.map((v, i) => (v === null ? null : `${x(i).toFixed(1)},${y(v).toFixed(1)}`)).filter(Boolean).join(" ");
    parts.push(svg("polyline", { points, fill: "none", stroke: line.colour, "stroke-width": line.wide || 1.8, "stroke-linejoin": "round", ...(line.dash ? { "stroke-dasharray": line.dash } : {}) }));
    const last = line.values.filter((v) => v !== null).at(-1);
    if (line.label && last !== undefined) { ends.push({ at: y(last), line }); }
  }
  ends.sort((a, b) => a.at - b.at);
  for (let i = 1; i < ends.length; i += 1) { ends[i].at = Math.max(ends[i].at, ends[i - 1].at + 14); }
  for (const end of ends) { parts.push(svg("text", { x: wide - right + 8, y: end.at + 4, class: "label", fill: end.line.colour, text: end.line.label })); }
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, class: "chart", role: "img", "aria-label": given.title || "" }, ...parts);
}
function steps(low, top) {
  const rough = (top - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const found = [];
  for (let v = Math.ceil(low / step) * step; v <= top + 1e-9; v += step) { found.push(Math.abs(v) < 1e-9 ? 0 : v); }
  return found;
}
const COLOURS = { china: "#E0603A", united_states: "#57AEEA", kazakhstan: "#F1C44A", uzbekistan: "#1FB58F", "buyers.us": "#7C9CF0", "buyers.europe": "#8FB8DE", "buyers.japan_korea": "#C78BD0" };
const DEEP = { china: "#B8431F", united_states: "#1F78B8", kazakhstan: "#9A7400", uzbekistan: "#0E7F63", "buyers.us": "#4A66C4", "buyers.europe": "#48749E", "buyers.japan_korea": "#8F4F9A" };
const TABLES = ["#1F78B8", "#B8431F", "#0E7F63", "#8F4F9A", "#9A7400", "#4A66C4", "#A23B6A", "#52636F"];
