// One finished figure in a reserved place. Streamlit's own chart is built anew for every figure; this one is told what has changed.

const charts = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let chart = charts.get(parentElement);
  if (!chart) charts.set(parentElement, (chart = new Chart(parentElement)));
  const turn = chart.update(data, (count) => setTriggerValue("look", count));
  return () => {
    if (chart.turn !== turn) return;
    charts.delete(parentElement);
    chart.end();
  };
}

class Chart {
  constructor(parent) {
    this.parent = parent;
    this.turn = 0;
    this.looks = 0;
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "tg-plot", role: "img" });
    this.hint = element("p", { class: "tg-hint", "aria-live": "polite" });
    this.place = element("div", { class: "tg-place tg-empty" }, this.plot, this.hint);
    this.root = element("section", { class: "tg-chart" }, this.title, this.place);
    parent.append(this.root);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  /** Take a figure, or the hint that stands in its place; `again` is how many milliseconds later to ask the page for more, if at all. */
  update(data, look) {
    this.data = data;
    say(this.title, data.title);
    say(this.hint, data.hint);
    this.place.style.height = `${data.height}px`;
    this.place.classList.toggle("tg-empty", !data.figure);
    this.plot.setAttribute("aria-label", data.label);
    clearTimeout(this.waiting);
    if (data.again) this.waiting = setTimeout(() => look(++this.looks), data.again);
    this.draw();
    return ++this.turn;
  }

  end() {
    clearTimeout(this.waiting);
    this.resizing.disconnect();
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }

  async draw() {
    const { figure, plotly, words } = this.data;
    if (!figure) return;
    const Plotly = await loadPlotly(plotly).catch(() => null);
    if (!Plotly || this.data.figure !== figure) return;
    const theme = themeOf(this.parent);
    const look = [figure, theme("--st-text-color"), theme("--st-background-color")].join();
    if (look === this.look) return;
    this.look = look;
    const { data, layout } = JSON.parse(figure, (_, value) => (typeof value === "string" && value.startsWith("var(") ? theme(value.slice(4, -1)) : value));
    layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom"; // a finger scrolls the page
    this.wide = this.root.clientWidth;
    Plotly.react(this.plot, data, layout, configuration(words));
  }

  resize() {
    if (!this.data?.figure || this.wide === this.root.clientWidth) return;
    this.wide = this.root.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => this.plot.children.length && window.Plotly?.Plots.resize(this.plot), 100);
  }
}
