// The race of the frameworks: a table that fills, and their losses over one another.

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Race(parentElement)));
  const turn = view.update(data, () => setTriggerValue("over", data.batch));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Race {
  constructor(parent) {
    this.parent = parent;
    this.turn = 0;
    this.head = element("tr");
    this.body = element("tbody");
    this.table = element("table", { class: "ra-table" }, element("thead", {}, this.head), this.body);
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "ra-plot", role: "img" });
    this.hint = element("p", { class: "ra-hint" });
    this.note = element("p", { class: "ra-note", role: "status" });
    this.place = element("div", { class: "ra-place" }, this.plot, this.hint);
    const scroll = element("div", { class: "ra-scroll", tabindex: "0" }, this.table);
    this.root = element("section", { class: "ra-race" }, this.note, this.title, this.place, scroll);
    parent.append(this.root);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  update(data, over) {
    const other = data.batch !== this.data?.batch || data.task !== this.data?.task;
    this.data = data;
    this.over = over;
    say(this.title, data.texts.title);
    this.plot.setAttribute("aria-label", data.texts.label);
    if (other || this.turn === 0) this.begin();
    return ++this.turn;
  }

  /** Everything as before a batch, then what it tells. */
  begin() {
    this.stop?.();
    const { frameworks, texts, batch, running } = this.data;
    this.head.replaceChildren(...texts.columns.map((text) => element("th", { scope: "col" }, text)));
    this.runners = new Map(frameworks.map((framework) => [framework.name, new Runner(framework, this.data)]));
    this.body.replaceChildren(...[...this.runners.values()].map(({ row }) => row));
    say(this.note, "");
    for (const { name, events } of frameworks) for (const event of events) this.runners.get(name).take(event);
    if (batch) for (const runner of this.runners.values()) runner.wait(running);
    this.draw();
    if (batch) this.stop = followBatch(batch, (events) => this.take(events));
  }

  take(events) {
    if (!events) {
      say(this.note, this.data.texts.gone);
      return;
    }
    for (const event of events) this.runners.get(event.who)?.take(event);
    if (events.at(-1).event === "over") {
      for (const runner of this.runners.values()) runner.rest();
      if (this.data.running) this.over();
    }
    this.draw();
  }

  /** The curves, a frame after the last news. */
  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.paint());
  }

  async paint() {
    const { plotly, layout, texts, change } = this.data;
    const shown = [...this.runners.values()].filter(({ losses }) => losses.length);
    say(this.hint, shown.length ? "" : texts.hint);
    const Plotly = await loadPlotly(plotly).catch(() => null);
    if (!Plotly || !this.data) return;
    const theme = themeOf(this.parent);
    const themed = JSON.parse(JSON.stringify(layout), (_, value) => (typeof value === "string" && value.startsWith("var(") ? theme(value.slice(4, -1)) : value));
    const traces = shown.map(({ framework, losses }) => ({
      x: losses.map((_, index) => index + 1),
      y: losses,
      name: framework.label,
      mode: "lines",
      line: { ...framework.line, width: 2 },
      hovertemplate: "%{y:.4~g}",
    }));
    const line = { type: "line", yref: "paper", x0: change + 0.5, x1: change + 0.5, y0: 0, y1: 1, line: { color: theme("--st-text-color"), width: 1, dash: "dot" } };
    themed.shapes = shown.length ? [line] : [];
    themed.xaxis.range = [0, this.data.steps];
    themed.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
    this.wide = this.root.clientWidth;
    Plotly.react(this.plot, traces, themed, configuration(texts.words));
  }

  resize() {
    if (this.wide === undefined || this.wide === this.root.clientWidth) return;
    this.wide = this.root.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => this.plot.children.length && window.Plotly?.Plots.resize(this.plot), 100);
  }

  end() {
    this.stop?.();
    this.data = null;
    cancelAnimationFrame(this.drawing);
    this.resizing.disconnect();
    window.Plotly?.purge(this.plot);
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

  /** A batch of it is coming, or over. */
  wait(running) {
    if (!this.framework.here) return;
    this.losses = [];
    if (running) say(this.change, this.texts.waiting);
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
        this.change.className = follows ? "ra-good" : "ra-bad";
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
        this.change.className = "ra-bad";
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
