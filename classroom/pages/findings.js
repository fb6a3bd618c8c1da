"use strict";
/* Charts of the debrief, drawn at the width that there is, so that their words stay legible on a phone. */
const NARROW = 620;
const GREY = "#5E6E7B", FAINT = "#8A98A4", GREEN = "#0B7A50";

/* Lines with a band behind them; their names stand at the ends, or below where there is no room. */
function curves(lines, given) {
  const narrow = given.width < NARROW || lines.length > 5, longest = Math.max(0, ...lines.map((line) => (line.label || "").length));
  const drawn = narrow ? lines.map((line) => ({ ...line, label: "" })) : lines;
  const chart = lineChart(drawn, { right: narrow ? 12 : 24 + 7 * longest, ...given });
  return el("div", {}, chart, narrow || given.band ? legend([...(narrow ? lines.filter((l) => l.label) : []), ...(given.band ? [{ ...given.band, area: true }] : [])]) : null);
}
function legend(items) {
  return el("div", { class: "legend" }, ...items.map((item) => el("span", {}, svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" },
    item.area ? svg("rect", { x: 0, y: 1, width: 26, height: 10, fill: item.colour, class: "bandarea" })
      : svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: item.colour, "stroke-width": item.wide || 2, ...(item.dash ? { "stroke-dasharray": item.dash } : {}) })),
  el("span", { text: item.label }))));
}

/* What a score is made of, from what is usual in the seat to what it became: parts one after the other. */
function waterfall(team, scale, given) {
  const wide = given.width, high = 44, x = (v) => 6 + (wide - 12) * ((v - scale[0]) / Math.max(1, scale[1] - scale[0]));
  const parts = [svg("line", { x1: x(scale[0]), x2: x(scale[1]), y1: 22, y2: 22, class: "grid" })];
  let at = team.usual;
  for (const [name, colour] of [["luck", FAINT], ["others", "#A9873B"], ["play", team.play >= 0 ? GREEN : "#BD2C25"]]) {
    const next = at + team[name], left = Math.min(x(at), x(next)), long = Math.abs(x(next) - x(at));
    parts.push(svg("rect", { x: left, y: name === "play" ? 13 : 17, width: Math.max(long, 1.5), height: name === "play" ? 18 : 10, rx: 2, fill: colour }));
    at = next;
  }
  parts.push(svg("circle", { cx: x(team.usual), cy: 22, r: 6, class: "hollow" }), svg("circle", { cx: x(team.score), cy: 22, r: 7, fill: given.colour }));
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, class: "chart", role: "img", "aria-label": given.title }, ...parts);
}

/* Several dots in a row for each seat: [{name, dots: [{value, colour, hollow}]}]. */
function strip(rows, given) {
  const narrow = given.width < NARROW, left = narrow ? 8 : 220, step = narrow ? 50 : 34, wide = given.width, high = rows.length * step + 30;
  const values = rows.flatMap((row) => row.dots.map((dot) => dot.value));
  const low = Math.floor((Math.min(...values) - 2) / 10) * 10, top = Math.ceil((Math.max(...values) + 2) / 10) * 10;
  const x = (v) => left + 12 + (wide - left - 32) * ((v - low) / Math.max(1, top - low));
  const parts = steps(low, top).flatMap((v) => [svg("line", { x1: x(v), x2: x(v), y1: 4, y2: high - 24, class: "grid" }), svg("text", { x: x(v), y: high - 8, class: "axis", "text-anchor": "middle", text: v })]);
  rows.forEach((row, i) => {
    const y = (narrow ? 34 : 20) + i * step;
    parts.push(svg("text", { x: narrow ? left : left - 6, y: narrow ? y - 14 : y + 4, class: "label ink", "text-anchor": narrow ? "start" : "end", text: row.name }));
    for (const dot of row.dots) { parts.push(svg("circle", { cx: x(dot.value), cy: y, r: dot.hollow ? 6.5 : 5.5, ...(dot.hollow ? { fill: "var(--panel)", stroke: dot.colour, "stroke-width": 2.5 } : { fill: dot.colour, "fill-opacity": 0.85 }) })); }
  });
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, class: "chart", role: "img", "aria-label": given.title }, ...parts);
}
