// Step rates over network sizes, a line for each device.

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Devices(parentElement)));
  const turn = view.update(data, () => setTriggerValue("over", data.batch));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Devices {
  constructor(parent) {
    this.parent = parent;
    this.turn = 0;
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "ra-plot", role: "img" });
    this.hint = element("p", { class: "ra-hint" });
    this.note = element("p", { class: "ra-note", role: "status" });
    this.root = element("section", { class: "ra-race" }, this.title, element("div", { class: "ra-place" }, this.plot, this.hint), this.note);
    parent.append(this.root);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  update(data, over) {
    const other = data.batch !== this.data?.batch;
    Object.assign(this, { data, over });
    say(this.title, data.texts.title);
    this.plot.setAttribute("aria-label", data.texts.label);
    if (other || this.turn === 0) this.begin();
    return ++this.turn;
  }

  begin() {
    this.stop?.();
    this.rates = new Map();
    this.failures = [];
    say(this.note, "");
    this.draw();
    if (this.data.batch) this.stop = followBatch(this.data.batch, (events) => this.take(events));
  }

  take(events) {
    if (!events) return say(this.note, this.data.texts.gone);
    for (const event of events) {
      if (event.event === "failed") this.failures.push(`${event.who}: ${event.message} ${event.complained}`);
      if (event.event !== "rate") continue;
      const name = event.graph ? fill(this.data.texts.graph, event) : event.device;
      if (!this.rates.has(name)) this.rates.set(name, { device: event.device, graph: event.graph, points: [] });
      this.rates.get(name).points.push([event.parameters, event.steps_per_second]);
    }
    say(this.note, [...this.failures, ...this.verdicts()].join(" "));
    this.draw();
    if (events.at(-1).event === "over" && this.data.running) this.over();
  }

  /** From which size on each GPU is ahead of the processor. */
  verdicts() {
    const processor = new Map(this.rates.get("cpu")?.points ?? []);
    const { texts, locale } = this.data;
    return [...this.rates].flatMap(([device, { points }]) => {
      if (device === "cpu") return [];
      const factors = points.filter(([size]) => processor.has(size)).map(([size, rate]) => [size, rate / processor.get(size)]);
      const from = factors.findIndex((_, index) => factors.slice(index).every(([, factor]) => factor > 1));
      if (!factors.length) return [];
      if (from < 0) return [fill(texts.behind, { device })];
      const [most, factor] = factors.at(-1);
      return [fill(texts.ahead, { device, parameters: whole(factors[from][0], locale), factor: brief(factor, locale), most: whole(most, locale) })];
    });
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.paint());
  }

  async paint() {
    const { plotly, layout, texts, lines } = this.data;
    say(this.hint, this.rates.size ? "" : texts.hint);
    const Plotly = await loadPlotly(plotly).catch(() => null);
    if (!Plotly || !this.data) return;
    const theme = themeOf(this.parent);
    const themed = JSON.parse(JSON.stringify(layout), (_, value) => (typeof value === "string" && value.startsWith("var(") ? theme(value.slice(4, -1)) : value));
    const traces = [...this.rates].map(([name, { device, graph, points }]) => ({
      x: points.map(([size]) => size),
      y: points.map(([, rate]) => rate),
      name,
      mode: "lines+markers",
      line: { ...lines[device], width: 2, dash: graph ? "dot" : "solid" },
      hovertemplate: "%{x:,} · %{y:.3~g}/s",
    }));
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
