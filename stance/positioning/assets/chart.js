/* Pictures: the small interval in a cell, and a timeline for each term. Only text nodes hold text. */

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const DAY = 86400000;
const days = (date) => Date.parse(`${date}T00:00:00Z`) / DAY;
const dayOf = (number) => new Date(number * DAY).toISOString().slice(0, 10);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/* Stretches of time that cover the dates: the shortest of a week, a month, a quarter, a year that
   makes no more than sixteen. Each is [first day, day after the last, name]. */
function periods(first, last) {
  if (last - first < 16 * 7) {
    const made = [];
    for (let from = first; from <= last; from += 7) made.push([from, from + 7, `week from ${dayOf(from)}`]);
    return made;
  }
  for (const months of [1, 3, 12]) {
    const made = [];
    const start = new Date(first * DAY);
    let month = start.getUTCFullYear() * 12 + start.getUTCMonth();
    month -= month % months;
    const day = (count) => Date.UTC(Math.floor(count / 12), count % 12, 1) / DAY;
    for (; day(month) <= last; month += months) {
      const year = Math.floor(month / 12);
      const name = { 1: `${MONTHS[month % 12]} ${year}`, 3: `${year} Q${(month % 12) / 3 + 1}`, 12: `${year}` }[months];
      made.push([day(month), day(month + months), name]);
    }
    if (made.length <= 16 || months === 12) return made;
  }
}

/* One lane for each holder, one above the other on the same days: positions from -1 (against, at the
   bottom) to +1 (in favour, at the top), whole dots where there are enough statements. */
function timeline(lanes, spans, events, width, label) {
  const narrow = width < 440;
  const left = narrow ? 24 : 176, right = 6, height = narrow ? 56 : 46, gap = narrow ? 26 : 8;
  const flags = placed(events, spans, left, width - right, width > 700);
  const top = 10 + 14 * flags.rows;
  const total = top + lanes.length * (height + gap) + 22;
  const from = spans[0][0], until = spans.at(-1)[1];
  const x = (day) => left + ((day - from) / (until - from)) * (width - left - right);
  const figure = drawn("svg", { viewBox: `0 0 ${width} ${total}`, role: "img", "aria-label": label });
  lanes.forEach((lane, index) => {
    const base = top + index * (height + gap) + (narrow ? gap : 0);
    const y = (value) => base + ((1 - value) / 2) * height;
    figure.append(drawn("rect", { class: "lane", x: left, y: base, width: width - left - right, height, rx: 4 }));
    figure.append(drawn("line", { class: "zero", x1: left, x2: width - right, y1: y(0), y2: y(0) }));
    figure.append(name(lane.name, narrow ? left : 0, narrow ? base - 6 : y(0) + 4, narrow ? 44 : 21));
    for (const [value, word] of index ? [] : [[1, "+1"], [-1, "−1"]]) {
      figure.append(drawn("text", { x: left - 5, y: y(value) + (value > 0 ? 9 : 0), "text-anchor": "end" }, word));
    }
    for (const [day, value] of lane.said) figure.append(drawn("circle", { class: "said", cx: x(day), cy: y(value), r: 2 }));
    const points = lane.points.map((point) => ({ ...point, x: x((point.from + point.until) / 2), y: y(point.position) }));
    figure.append(drawn("path", { class: "path", d: points.map((p, at) => `${at ? "L" : "M"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("") }));
    for (const p of points) {
      if (p.low !== null) figure.append(drawn("line", { class: "bar", x1: p.x, x2: p.x, y1: y(p.low), y2: y(p.high) }));
      const dot = drawn("circle", { class: p.low === null ? "point thin" : "point", cx: p.x, cy: p.y, r: p.low === null ? 3.5 : 4.5 });
      dot.append(drawn("title", {}, `${lane.name}, ${p.name}: ${said(p)}`));
      figure.append(dot);
    }
  });
  for (const flag of flags.placed) {
    figure.append(drawn("line", { class: "event", x1: x(flag.day), x2: x(flag.day), y1: flag.y + 3, y2: total - 20 }));
    figure.append(drawn("text", { class: "flag", x: flag.x, y: flag.y, "text-anchor": flag.anchor }, flag.text));
  }
  for (const [day, word, anchor] of ticks(spans, x, width)) {
    figure.append(drawn("text", { x: x(day), y: total - 4, "text-anchor": anchor }, word));
  }
  return figure;
}

function name(text, x, y, most) {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  const made = drawn("text", { class: "who", x, y }, cut);
  made.append(drawn("title", {}, text));
  return made;
}

/* Events above the lanes: the number and, in a wide picture, the name, each row without overlap. */
function placed(events, spans, left, right, named) {
  const from = spans[0][0], until = spans.at(-1)[1];
  const ends = [];
  const made = [];
  for (const event of events) {
    if (event.day < from || event.day > until) continue;
    const x = left + ((event.day - from) / (until - from)) * (right - left);
    let text = named ? `${event.number} ${event.name}` : `${event.number}`;
    if (text.length * 6.6 > (right - left) / 2) text = `${event.number}`;
    const wide = text.length * 6.6 + 10;
    const anchor = x + wide > right ? "end" : "start";
    const begin = anchor === "end" ? x - wide : x;
    let row = ends.findIndex((end) => end <= begin);
    if (row < 0) row = ends.push(0) - 1;
    ends[row] = begin + wide;
    made.push({ ...event, x, text, anchor, row });
  }
  return { rows: ends.length, placed: made.map((flag) => ({ ...flag, y: 12 + 14 * flag.row })) };
}

/* Names of the days below: the first of each stretch, as many as do not touch. */
function ticks(spans, x, width) {
  const weekly = spans[0][2].startsWith("week");
  const made = [];
  let end = -Infinity;
  for (const [from, , name] of spans) {
    const word = weekly ? dayOf(from) : name;
    const wide = word.length * 7;
    if (x(from) < end + 14 || x(from) + wide > width) continue;
    made.push([from, word, "start"]);
    end = x(from) + wide;
  }
  return made;
}

/* The small picture in a cell: the whole scale, the interval, the position. */
function interval(svg, cell) {
  const x = (value) => (50 + 50 * value).toFixed(1);
  const range = svg.querySelector(".range"), dot = svg.querySelector(".dot");
  svg.toggleAttribute("hidden", cell.position === null);
  if (cell.position === null) return;
  range.setAttribute("x1", x(cell.low));
  range.setAttribute("x2", x(cell.high));
  dot.setAttribute("x1", x(cell.position));
  dot.setAttribute("x2", x(cell.position));
}
