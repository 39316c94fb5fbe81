// The mistakes: a table that fills, a row for each framework.

const MISTAKES = ["shape", "dimension", "nan"];

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Mistakes(parentElement)));
  const turn = view.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Mistakes {
  constructor(parent) {
    this.turn = 0;
    this.asking = new Asking({ begin: () => this.begin(), take: (event) => this.rows.get(event.who)?.take(event), rest: () => this.rest(), several: true });
    this.head = element("tr");
    this.body = element("tbody");
    const table = element("table", { class: "as-table mi-table" }, element("thead", {}, this.head), this.body);
    this.root = element("section", { class: "as-section" }, this.asking.node, element("div", { class: "as-scroll", tabindex: "0" }, table));
    parent.append(this.root);
  }

  update(data, ask) {
    this.data = data;
    this.asking.update(data, ask);
    return ++this.turn;
  }

  begin() {
    const { frameworks, texts, batch, locale } = this.data;
    this.head.replaceChildren(...texts.columns.map((text) => element("th", { scope: "col" }, text)));
    this.rows = new Map(frameworks.map(({ name, label, here }) => [name, new Row(label, here, texts, locale)]));
    this.body.replaceChildren(...[...this.rows.values()].map(({ node }) => node));
    if (batch) for (const row of this.rows.values()) row.wait();
  }

  rest() {
    for (const row of this.rows.values()) row.rest();
  }

  end() {
    this.asking.end();
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
        this.put(this.cells.at(-1), number && calls >= steps ? "as-good" : "as-bad", fill(number ? texts.number : texts.symbol, words));
      },
      failed: () => this.put(this.cells.at(-1), "as-bad", event.message, event.complained),
    };
    now[event.event]?.();
  }

  tell(cell, { raised, message, built, line, loss }) {
    const { texts } = this;
    if (!raised) return this.put(cell, "as-bad", fill(texts.silent, { loss: typeof loss === "number" ? brief(loss, this.locale) : loss }));
    const where = fill(built ? texts.step : texts.build, { raised });
    this.put(cell, line ? "as-good" : "as-bad", `${where}; ${line ? texts.line : texts.lost}`, message);
  }

  put(cell, look, text, code) {
    cell.className = look;
    cell.replaceChildren(text, ...(code ? [element("code", {}, code)] : []));
  }
}
