/* The page: what is chosen, and all that follows from it. What holders said is only ever a text node. */

const LABELS = ["favor", "conditional", "against", "neutral", "unrelated"];
const WORDS = { favor: "in favour", conditional: "with a condition", against: "against", neutral: "neutral" };

const signed = (value) => (Math.abs(value) < 0.005 ? "0.00" : `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`);
const counted = (count, noun) => `${count.toLocaleString("en")} ${count === 1 ? noun : `${noun}s`}`;
const find = (id) => document.getElementById(id);
const rest = () => new Promise((done) => setTimeout(done));

/* A cell in words: its name for a screen reader, and the panel's first line. */
function said(cell) {
  if (!cell.n) return "no statements";
  if (cell.position === null) return `${counted(cell.n, "statement")}, too few to say`;
  const between = cell.low === null ? "" : `, between ${signed(cell.low)} and ${signed(cell.high)}`;
  return `${signed(cell.position)}${between}, ${counted(cell.n, "statement")}${cell.conditional ? `, ${cell.conditional} with a condition` : ""}`;
}

function shade(cell) {
  if (!cell.n) return "none";
  if (cell.position === null) return "few";
  const step = Math.min(4, Math.round(4.5 * Math.abs(cell.position)));
  const open = cell.low < 0 && cell.high > 0 ? " open" : "";
  return (step ? `${cell.position > 0 ? "p" : "m"}${step}` : "z0") + open;
}

class Page {
  constructor() {
    this.data = JSON.parse(find("data").textContent);
    this.pairs = this.data.pairs.map((pair) => unpacked(pair, this.data));
    this.panel = new Panel(this.data, find("panel"));
    this.turn = 0;
    // Twice as many draws as Python makes, and fewer where there is very much to draw.
    this.draws = Math.max(200, Math.min(2 * this.data.draws, Math.round(4e7 / this.pairs.length)));
    document.documentElement.classList.add("js");
    find("choice").open = window.innerWidth > 736;
    this.listen();
    this.choose(true);
  }

  listen() {
    const form = find("filters");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => this.choose());
    find("everything").addEventListener("click", () => {
      form.reset();
      this.choose();
    });
    find("matrix").addEventListener("click", (event) => {
      const button = event.target.closest("button.cell");
      if (button) this.open(button);
    });
    find("print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", () => this.append());
    let width = window.innerWidth;
    window.addEventListener("resize", () => {
      if (window.innerWidth !== width) this.draw();
      width = window.innerWidth;
    });
  }

  /* Read the filters, then show what they leave. A later choice stops the work for an earlier one. */
  async choose(first = false) {
    const turn = ++this.turn;
    const value = (id) => find(id)?.value ?? "";
    const [from, to, only] = [value("from"), value("to"), value("only")];
    this.holders = [...document.querySelectorAll("#filters [name=holder]:checked")].map((box) => Number(box.value));
    this.all = !from && !to && !only;
    this.chosen = this.pairs.filter(
      (pair) => (!from || (pair.date && pair.date >= from)) && (!to || (pair.date && pair.date <= to)) && (!only || pair.checked),
    );
    this.groups = new Map();
    for (const pair of this.chosen) {
      const key = `${pair.term}-${pair.holder}`;
      if (!this.groups.has(key)) this.groups.set(key, []);
      this.groups.get(key).push(pair);
    }
    find("matrix").setAttribute("aria-busy", "true");
    find("status").textContent = "Computing …";
    this.hide(from, to);
    const cells = this.all ? this.data.cells : await this.computed(turn);
    if (turn !== this.turn) return;
    this.cells = cells;
    if (!first) this.show();
    this.tell(from, to);
    this.draw(turn);
    find("matrix").setAttribute("aria-busy", "false");
  }

  async computed(turn) {
    const made = this.data.terms.map(() => []);
    let since = performance.now();
    for (const term of this.data.terms.keys()) {
      for (const holder of this.data.holders.keys()) {
        made[term].push(this.cell(this.groups.get(`${term}-${holder}`) ?? [], term * 1000 + holder));
        if (performance.now() - since < 30) continue;
        await rest();
        if (turn !== this.turn) return null;
        since = performance.now();
      }
    }
    return made;
  }

  cell(pairs, seed, draws = this.draws) {
    const n = pairs.filter((pair) => pair.label !== "unrelated").length;
    const conditional = pairs.filter((pair) => pair.label === "conditional").length;
    if (n < this.data.minN) return { n, position: null, low: null, high: null, conditional };
    return { n, ...estimate(pairs, this.data.table, this.data.level, seed, draws), conditional };
  }

  hide(from, to) {
    const on = new Set(this.holders);
    for (const part of document.querySelectorAll("main [data-holder]")) {
      if (part.matches(".cell, #filters *")) continue;
      const { holder, date } = part.dataset;
      const early = from && !(date && date >= from), late = to && !(date && date <= to);
      part.toggleAttribute("data-off", !on.has(Number(holder)) || (part.matches("li") && Boolean(early || late)));
    }
    for (const card of document.querySelectorAll("#conditions .card")) {
      card.toggleAttribute("data-off", !card.querySelector("li:not([data-off])"));
    }
  }

  show() {
    this.cells.forEach((row, term) => row.forEach((cell, holder) => {
      const button = document.querySelector(`[data-cell="${term}-${holder}"]`);
      button.className = `cell ${shade(cell)}`;
      button.disabled = !cell.n;
      button.setAttribute("aria-label", `${this.data.holders[holder]}, ${this.data.terms[term]}: ${said(cell)}`);
      button.querySelector(".value").textContent = cell.position !== null ? signed(cell.position) : cell.n ? "too few" : "–";
      button.querySelector(".count").textContent = `${cell.n || ""}${cell.conditional ? ` · ${cell.conditional} if` : ""}`;
      interval(button.querySelector("svg"), cell);
    }));
    this.showGaps();
  }

  showGaps() {
    const found = this.cells.map((row, term) => {
      const known = this.holders.filter((holder) => row[holder].position !== null).sort((a, b) => row[b].position - row[a].position);
      if (known.length < 2) return null;
      const [high, low] = [known[0], known.at(-1)];
      const apart = row[high].low > row[low].high;
      return { term, high, low, apart, gap: row[high].position - row[low].position };
    });
    const rows = found.filter(Boolean).sort((a, b) => b.gap - a.gap).map(({ term, high, low, apart, gap }) => {
      const who = (holder, name) => tableCell("td", name, bdi(this.data.holders[holder]), " ", number(signed(this.cells[term][holder].position)));
      const made = element("tr", { role: "row" });
      made.append(tableCell("th", "", bdi(this.data.terms[term])), who(high, "Most in favour:"), who(low, "Most against:"), tableCell("td", "Gap:", number(gap.toFixed(2)), ...(apart ? [] : [" ", element("span", { class: "small quiet" }, "intervals overlap")])));
      return made;
    });
    find("gaps-table").tBodies[0].replaceChildren(...rows);
  }

  tell(from, to) {
    const on = new Set(this.holders);
    const count = (pairs) => new Set(pairs.filter((pair) => on.has(pair.holder)).map((pair) => pair.statement)).size;
    const left = count(this.chosen), every = this.data.statements.length;
    const withheld = every - new Set(this.pairs.map((pair) => pair.statement)).size;
    const time = [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(" ");
    const parts = [`${left.toLocaleString("en")} of ${counted(every, "statement")}`];
    if (withheld) parts.push(`${withheld.toLocaleString("en")} left out, the model was not sure`);
    if (time) parts.push(time);
    if (time && this.pairs.some((pair) => !pair.date)) parts.push("without those that have no date");
    if (this.holders.length < this.data.holders.length) parts.push(`${this.holders.length} of ${counted(this.data.holders.length, this.data.by)}`);
    if (!this.all) parts.push("numbers computed again in this page");
    find("status").textContent = `${parts.join(" · ")}.`;
    find("everything").disabled = this.all && String(this.holders) === String(this.data.shown);
  }

  open(button) {
    const [term, holder] = button.dataset.cell.split("-").map(Number);
    const rows = (this.groups.get(button.dataset.cell) ?? []).filter((pair) => pair.label !== "unrelated");
    rows.sort((a, b) => (b.date ?? "").localeCompare(a.date ?? "") || b.confidence - a.confidence);
    const title = [bdi(this.data.holders[holder]), " on “", bdi(this.data.terms[term]), "”"];
    this.panel.open(button, title, this.cells[term][holder], rows);
  }

  /* Timelines are made a lane at a time, so that the page answers meanwhile. */
  async draw(turn = this.turn) {
    const root = find("charts");
    if (!root) return;
    const dates = this.chosen.map((pair) => pair.date).filter(Boolean).sort();
    const charts = [];
    root.setAttribute("aria-busy", "true");
    for (const term of dates.length ? this.data.terms.keys() : []) {
      const made = await this.chart(turn, term, periods(days(dates[0]), days(dates.at(-1))), this.chartWidth(root));
      if (turn !== this.turn) return;
      if (made) charts.push(made);
    }
    if (!charts.length) charts.push(element("p", {}, "No statement with a date is left."));
    root.replaceChildren(...charts);
    root.setAttribute("aria-busy", "false");
  }

  /* The width of a picture, in the units of its text: a column of the grid, less the card's edges. */
  chartWidth(root) {
    const columns = getComputedStyle(root).gridTemplateColumns.split(" ");
    return Math.max(300, parseFloat(columns[0]) - 40);
  }

  async chart(turn, term, spans, width) {
    const lanes = [];
    for (const holder of this.holders) {
      await rest();
      if (turn !== this.turn) return null;
      const lane = this.lane(term, holder, spans);
      if (lane.points.length) lanes.push(lane);
    }
    if (!lanes.length) return null;
    const events = this.data.events.map((event, at) => ({ ...event, day: days(event.date), number: at + 1 }));
    const name = this.data.terms[term];
    const figure = element("figure", { class: "chart card" }, element("h3", {}, bdi(name)));
    figure.append(timeline(lanes, spans, events, width, `${name}: positions over time of ${lanes.map((lane) => lane.name).join(", ")}; the numbers are in the table below`));
    figure.append(numbers(lanes, spans));
    return figure;
  }

  lane(term, holder, spans) {
    const pairs = (this.groups.get(`${term}-${holder}`) ?? []).filter((pair) => pair.date);
    const related = pairs.filter((pair) => pair.label !== "unrelated");
    const points = spans.flatMap(([from, until, name], at) => {
      const inside = pairs.filter((pair) => pair.day >= from && pair.day < until);
      const said = inside.filter((pair) => pair.label !== "unrelated");
      if (!said.length) return [];
      const cell = this.cell(inside, 7919 * at + term * 1000 + holder, Math.min(500, this.draws));
      if (cell.position === null) cell.position = sum(said.map((pair) => pair.value)) / said.length;
      return [{ ...cell, from, until, name }];
    });
    return { name: this.data.holders[holder], said: related.map((pair) => [pair.day, pair.value]), points };
  }

  /* The statements themselves, for print: as an appendix, where it is asked for. */
  append() {
    const root = find("appendix");
    root.hidden = !find("with-quotes").checked;
    root.replaceChildren();
    if (root.hidden) return;
    root.append(element("h2", {}, "The statements"));
    this.cells.forEach((row, term) => {
      for (const holder of this.holders) {
        const pairs = (this.groups.get(`${term}-${holder}`) ?? []).filter((pair) => pair.label !== "unrelated");
        if (!pairs.length) continue;
        root.append(element("h3", {}, bdi(this.data.terms[term]), ": ", bdi(this.data.holders[holder])));
        root.append(...pairs.map((pair) => quote(this.data, pair)));
      }
    });
  }
}

function unpacked([term, holder, statement, p, truth, checked, condition], data) {
  const date = data.statements[statement].date;
  const best = p.indexOf(Math.max(...p));
  const worth = (labels) => sum(labels.map((at) => data.table.values[at] * p[at])) / sum(labels.map((at) => p[at]));
  const value = checked ? data.table.values[truth] : worth(RELATED);
  const day = date ? days(date) : null;
  return { term, holder, statement, p, truth, best, checked, condition, date, day, value, label: LABELS[truth], confidence: p[truth] };
}

const bdi = (text) => element("bdi", {}, text);
const number = (text) => element("span", { class: "num" }, text);

function tableCell(kind, name, ...children) {
  const attributes = kind === "th" ? { scope: "row", role: "rowheader" } : { role: "cell", "data-name": name };
  return element(kind, attributes, ...children);
}

/* A chart's numbers, for those who do not see it. */
function numbers(lanes, spans) {
  const head = element("tr", {}, element("th", { scope: "col" }, "Holder"));
  const used = spans.filter(([from]) => lanes.some((lane) => lane.points.some((point) => point.from === from)));
  head.append(...used.map(([, , name]) => element("th", { scope: "col" }, name)));
  const rows = lanes.map((lane) => {
    const cells = used.map(([from]) => {
      const point = lane.points.find((item) => item.from === from);
      return element("td", { class: "num" }, point ? `${signed(point.position)} (${point.n})` : "");
    });
    return element("tr", {}, element("th", { scope: "row" }, bdi(lane.name)), ...cells);
  });
  const table = element("table", { class: "table small" }, element("caption", {}, "Position and, in brackets, number of statements"), element("thead", {}, head), element("tbody", {}, ...rows));
  return element("details", {}, element("summary", {}, "The numbers"), element("div", { class: "scroll" }, table));
}

new Page();
