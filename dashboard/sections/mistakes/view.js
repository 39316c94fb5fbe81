// The mistakes: a table that fills, a row for each framework.

const MISTAKES = ["shape", "dimension", "nan"];

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Mistakes(parentElement)));
  const turn = view.update(data, () => setTriggerValue("over", data.batch));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Mistakes {
  constructor(parent) {
    this.turn = 0;
    this.head = element("tr");
    this.body = element("tbody");
    this.note = element("p", { class: "ra-note", role: "status" });
    const table = element("table", { class: "ra-table mi-table" }, element("thead", {}, this.head), this.body);
    this.root = element("section", { class: "ra-race" }, this.note, element("div", { class: "ra-scroll", tabindex: "0" }, table));
    parent.append(this.root);
  }

  update(data, over) {
    const other = data.batch !== this.data?.batch;
    Object.assign(this, { data, over });
    if (other || this.turn === 0) this.begin();
    return ++this.turn;
  }

  begin() {
    this.stop?.();
    const { frameworks, texts, batch, running } = this.data;
    this.head.replaceChildren(...texts.columns.map((text) => element("th", { scope: "col" }, text)));
    this.rows = new Map(frameworks.map(({ name, label, here }) => [name, new Row(label, here, texts, this.data.locale)]));
    this.body.replaceChildren(...[...this.rows.values()].map(({ node }) => node));
    say(this.note, "");
    if (batch && running) for (const row of this.rows.values()) row.wait();
    if (batch) this.stop = followBatch(batch, (events) => this.take(events));
  }

  take(events) {
    if (!events) return say(this.note, this.data.texts.gone);
    for (const event of events) this.rows.get(event.who)?.take(event);
    if (events.at(-1).event !== "over") return;
    for (const row of this.rows.values()) row.rest();
    if (this.data.running) this.over();
  }

  end() {
    this.stop?.();
    this.data = null;
    this.root.remove();
  }
}

/** One framework and what it said. */
class Row {
  constructor(label, here, texts, locale) {
    Object.assign(this, { here, texts, locale });
    this.hint = element("small", {}, here ? "" : texts.missing);
    this.cells = Array.from({ length: MISTAKES.length + 1 }, () => element("td", {}, "–"));
    this.node = element("tr", {}, element("th", { scope: "row" }, label, this.hint), ...this.cells);
  }

  wait() {
    if (this.here) say(this.hint, this.texts.waiting);
  }

  rest() {
    if (this.here) say(this.hint, "");
  }

  take(event) {
    const { texts } = this;
    const now = {
      started: () => say(this.hint, texts.started),
      ended: () => say(this.hint, ""),
      mistake: () => this.tell(this.cells[MISTAKES.indexOf(event.name)], event),
      uncalled: () => this.cells.forEach((cell) => this.put(cell, "", texts.uncalled)),
      breakpoint: () => {
        const { calls, steps, shown } = event;
        const number = typeof shown === "number";
        const words = { calls, steps, shown: number ? brief(shown, this.locale) : shown };
        this.put(this.cells.at(-1), number && calls >= steps ? "ra-good" : "ra-bad", fill(number ? texts.number : texts.symbol, words));
      },
      failed: () => this.put(this.cells.at(-1), "ra-bad", event.message, event.complained),
    };
    now[event.event]?.();
  }

  tell(cell, { raised, message, built, line, loss }) {
    const { texts } = this;
    if (!raised) return this.put(cell, "ra-bad", fill(texts.silent, { loss: typeof loss === "number" ? brief(loss, this.locale) : loss }));
    const where = fill(built ? texts.step : texts.build, { raised });
    this.put(cell, line ? "ra-good" : "ra-bad", `${where}; ${line ? texts.line : texts.lost}`, message);
  }

  put(cell, look, text, code) {
    cell.className = look;
    cell.replaceChildren(text, ...(code ? [element("code", {}, code)] : []));
  }
}
