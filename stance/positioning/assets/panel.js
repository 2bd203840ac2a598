/* The quotes behind a cell: a panel beside the matrix, at the foot of a phone. */

const AT_ONCE = 40;
const LONG = 600;

class Panel {
  constructor(data, root) {
    this.data = data;
    this.root = root;
    this.opener = null;
    this.list = root.querySelector("ol");
    this.more = root.querySelector("#panel-more");
    this.select = root.querySelector("select");
    root.querySelector("#panel-close").addEventListener("click", () => this.close());
    this.more.addEventListener("click", () => this.extend(true));
    this.select.addEventListener("change", () => this.fill());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !root.hidden) this.close();
    });
  }

  open(opener, title, cell, rows) {
    this.opener?.setAttribute("aria-expanded", "false");
    this.opener = opener;
    document.documentElement.classList.add("reading");
    opener.setAttribute("aria-expanded", "true");
    this.rows = rows;
    this.root.querySelector("h2").replaceChildren(...title);
    this.root.querySelector("#panel-says").textContent = said(cell);
    this.root.querySelector("#panel-shares").replaceChildren(...shares(rows));
    this.select.value = "";
    this.root.hidden = false;
    this.fill();
    this.root.scrollTop = 0;
    opener.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.root.querySelector("h2").focus();
  }

  close() {
    this.root.hidden = true;
    document.documentElement.classList.remove("reading");
    this.opener?.setAttribute("aria-expanded", "false");
    if (this.opener?.isConnected && this.opener.offsetParent) this.opener.focus();
    this.opener = null;
  }

  fill() {
    const wanted = this.select.value;
    this.chosen = wanted ? this.rows.filter((row) => row.label === wanted) : this.rows;
    this.list.replaceChildren();
    this.extend(false);
    const of = wanted ? ` of ${this.rows.length}` : "";
    this.root.querySelector("#panel-count").textContent = `${this.chosen.length}${of} ${this.rows.length === 1 ? "statement" : "statements"}`;
  }

  extend(focus) {
    const at = this.list.children.length;
    for (const row of this.chosen.slice(at, at + AT_ONCE)) this.list.append(element("li", {}, quote(this.data, row)));
    this.more.hidden = this.list.children.length >= this.chosen.length;
    if (focus && this.list.children[at]) {
      this.list.children[at].setAttribute("tabindex", "-1");
      this.list.children[at].focus();
    }
  }
}

function shares(rows) {
  return LABELS.flatMap((label) => {
    const count = rows.filter((row) => row.label === label).length;
    if (!count) return [];
    const part = element("i", { class: `tag ${label}` });
    part.style.flexGrow = count;
    return [part];
  });
}

/* One statement with its label and its condition. Everything that a holder said is a text node. */
function quote(data, row) {
  const statement = data.statements[row.statement];
  const made = element("figure", { class: "quote" });
  const meta = element("figcaption", { class: "meta" });
  meta.append(element("span", { class: `tag ${row.label}` }, WORDS[row.label]));
  meta.append(element("span", {}, row.checked ? "checked by a person" : `${Math.round(100 * row.confidence)} % sure`));
  if (statement.date) meta.append(element("time", { datetime: statement.date }, statement.date));
  if (statement.speaker) meta.append(element("bdi", {}, statement.speaker));
  if (statement.id) meta.append(element("bdi", { class: "id" }, `no. ${statement.id}`));
  const text = element("blockquote", { class: "text", dir: "auto" });
  const at = row.condition ? statement.text.indexOf(row.condition) : -1;
  if (at < 0) text.append(statement.text);
  else text.append(statement.text.slice(0, at), element("mark", {}, row.condition), statement.text.slice(at + row.condition.length));
  made.append(meta, text);
  if (statement.text.length > LONG) {
    text.classList.add("long");
    const link = element("button", { type: "button", class: "link", "aria-expanded": "false" }, "Show all of it");
    link.addEventListener("click", () => {
      const open = !text.classList.toggle("long");
      link.textContent = open ? "Show less" : "Show all of it";
      link.setAttribute("aria-expanded", String(open));
    });
    made.append(link);
  }
  return made;
}
