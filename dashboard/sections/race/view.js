// The race of the frameworks: a table that fills, and their losses over one another.

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Race(parentElement)));
  const turn = view.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Race {
  constructor(parent) {
    this.turn = 0;
    this.asking = new Asking({ begin: () => this.begin(), take: (event) => this.take(event), rest: () => this.rest(), several: true });
    this.plot = new Plot(parent);
    this.hint = element("p", { class: "ra-hint" });
    this.plot.node.append(this.hint);
    this.head = element("tr");
    this.body = element("tbody");
    const table = element("table", { class: "as-table" }, element("thead", {}, this.head), this.body);
    const scroll = element("div", { class: "as-scroll", tabindex: "0" }, table);
    this.root = element("section", { class: "as-section" }, this.asking.node, this.plot.node, scroll);
    parent.append(this.root);
  }

  update(data, ask) {
    this.data = data;
    this.asking.update(data, ask);
    this.draw();
    return ++this.turn;
  }

  /** Everything as before a batch, and what was recorded elsewhere. */
  begin() {
    const { frameworks, texts } = this.data;
    this.head.replaceChildren(...texts.columns.map((text) => element("th", { scope: "col" }, text)));
    this.runners = new Map(frameworks.map((framework) => [framework.name, new Runner(framework, this.data)]));
    this.body.replaceChildren(...[...this.runners.values()].map(({ row }) => row));
    for (const { name, events } of frameworks) for (const event of events) this.runners.get(name).take(event);
    if (this.data.batch) for (const runner of this.runners.values()) runner.wait();
    this.draw();
  }

  take(event) {
    this.runners.get(event.who)?.take(event);
    this.draw();
  }

  rest() {
    for (const runner of this.runners.values()) runner.rest();
  }

  draw() {
    const { layout, texts, change, steps } = this.data;
    const shown = [...this.runners.values()].filter(({ losses }) => losses.length);
    say(this.hint, shown.length ? "" : texts.hint);
    const traces = shown.map(({ framework, losses }) => ({
      x: losses.map((_, index) => index + 1),
      y: losses,
      name: framework.label,
      mode: "lines",
      line: { ...framework.line, width: 2 },
      hovertemplate: "%{y:.4~g}",
    }));
    const at = change + 0.5;
    const line = { type: "line", yref: "paper", x0: at, x1: at, y0: 0, y1: 1, line: { color: "var(--st-text-color)", width: 1, dash: "dot" } };
    const whole = { ...layout, xaxis: { ...layout.xaxis, range: [0, steps] }, shapes: shown.length ? [line] : [] };
    this.plot.set(texts.title, traces, whole, this.data);
  }

  end() {
    this.asking.end();
    this.plot.end();
    this.root.remove();
  }
}

/** One framework: its row of the table, and its losses. */
class Runner {
  constructor(framework, { texts, locale }) {
    Object.assign(this, { framework, texts, locale, losses: [] });
    this.name = element("th", { scope: "row", title: framework.about }, element("span", { class: "ra-key" }), framework.label);
    this.name.firstChild.style.background = framework.line.color;
    this.hint = element("small", {}, framework.hint);
    this.name.append(this.hint);
    this.cells = Array.from({ length: 8 }, () => element("td", {}, "–"));
    [this.rate, this.first, this.again, this.cpu, this.memory, this.derivatives, this.lines, this.change] = this.cells;
    say(this.derivatives, framework.derivatives);
    say(this.lines, framework.lines ? String(framework.lines) : "–");
    this.row = element("tr", { class: framework.here ? "" : "ra-away" }, this.name, ...this.cells);
  }

  /** A batch with it is coming. */
  wait() {
    if (this.framework.here) say(this.change, this.texts.waiting);
  }

  /** The batch is over: who still waits was stopped. */
  rest() {
    if (this.change.textContent === this.texts.waiting) say(this.change, "–");
  }

  take(event) {
    const number = (value) => brief(value, this.locale);
    const now = {
      started: () => say(this.change, this.texts.started),
      loaded: () => {
        say(this.change, this.texts.loaded);
        if (event.version && this.framework.here) say(this.hint, fill(this.texts.version, event));
      },
      built: () => {
        this.losses = [event.loss];
        say(this.first, number(event.seconds));
      },
      steps: () => {
        this.losses.length = Math.min(this.losses.length, event.first - 1);
        this.losses.push(...event.losses);
        if (!this.changed) say(this.change, fill(this.texts.training, { step: whole(this.losses.length, this.locale) }));
      },
      changed: () => {
        this.changed = true;
        const { follows, rebuild } = event;
        this.change.className = follows ? "as-good" : "as-bad";
        say(this.change, follows ? this.texts.follows : rebuild === null ? this.texts.stuck : fill(this.texts.stale, { seconds: number(rebuild) }));
      },
      again: () => say(this.again, number(event.seconds)),
      done: () => {
        say(this.rate, whole(event.steps_per_second, this.locale));
        say(this.cpu, number(event.cpu));
        say(this.memory, event.memory ? whole(event.memory / 1e6, this.locale) : "–");
      },
      failed: () => {
        this.failed = true;
        this.change.className = "as-bad";
        this.change.title = event.complained ?? "";
        say(this.change, event.message);
      },
      ended: () => {
        if (!this.changed && !this.failed) say(this.change, this.texts.stopped);
      },
    };
    now[event.event]?.();
  }
}
