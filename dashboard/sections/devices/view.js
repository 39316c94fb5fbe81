// Step rates over network sizes, a line for each device.

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Devices(parentElement)));
  const turn = view.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Devices {
  constructor(parent) {
    this.turn = 0;
    this.asking = new Asking({ begin: () => this.begin(), take: (event) => this.take(event), several: true });
    this.plot = new Plot(parent);
    this.plot.node.hidden = true;
    this.words = element("p", { role: "status" });
    this.root = element("section", { class: "as-section" }, this.asking.node, this.plot.node, this.words);
    parent.append(this.root);
  }

  update(data, ask) {
    this.data = data;
    this.asking.update(data, ask);
    return ++this.turn;
  }

  begin() {
    this.rates = new Map();
    this.failures = [];
    say(this.words, "");
    this.plot.node.hidden = true;
  }

  take(event) {
    if (event.event === "failed") this.failures.push(`${event.who}: ${event.message} ${event.complained}`);
    if (event.event === "rate") {
      const name = event.graph ? fill(this.data.texts.graph, event) : event.device;
      if (!this.rates.has(name)) this.rates.set(name, { device: event.device, graph: event.graph, points: [] });
      this.rates.get(name).points.push([event.parameters, event.steps_per_second]);
      this.draw();
    }
    say(this.words, [...this.failures, ...this.verdicts()].join(" "));
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
    const { layout, texts, lines } = this.data;
    const traces = [...this.rates].map(([name, { device, graph, points }]) => ({
      x: points.map(([size]) => size),
      y: points.map(([, rate]) => rate),
      name,
      mode: "lines+markers",
      line: { ...lines[device], width: 2, dash: graph ? "dot" : "solid" },
      hovertemplate: "%{x:,} · %{y:.3~g}/s",
    }));
    this.plot.node.hidden = false;
    this.plot.set(texts.title, traces, layout, this.data);
  }

  end() {
    this.asking.end();
    this.plot.end();
    this.root.remove();
  }
}
