// A chart of lines that keeps its place and its zoom, also where it begins in a tab that is not open yet.

class Plot {
  constructor(parent) {
    this.parent = parent;
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "as-plot", role: "img" });
    this.node = element("section", { class: "as-panel" }, this.title, this.plot);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.node);
  }

  /** Draw traces; the layout's colours may be variables of the theme. */
  set(title, traces, layout, { plotly, asking }) {
    say(this.title, title);
    this.plot.setAttribute("aria-label", title);
    Object.assign(this, { traces, layout, plotly, words: asking.plotly });
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.paint());
  }

  async paint() {
    if (!this.traces || !this.node.clientWidth) return;
    const Plotly = await loadPlotly(this.plotly).catch(() => null);
    if (!Plotly || !this.traces) return;
    const theme = themeOf(this.parent);
    const themed = (object) => JSON.parse(JSON.stringify(object), (_, value) => (typeof value === "string" && value.startsWith("var(") ? theme(value.slice(4, -1)) : value));
    const layout = themed(this.layout);
    layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom"; // a finger scrolls the page
    this.wide = this.node.clientWidth;
    Plotly.react(this.plot, themed(this.traces), layout, configuration(this.words));
  }

  resize() {
    if (this.wide === this.node.clientWidth || !this.node.clientWidth) return;
    const first = !this.plot.children.length;
    this.wide = this.node.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => (first ? this.draw() : window.Plotly?.Plots.resize(this.plot)), 100);
  }

  end() {
    this.traces = null;
    cancelAnimationFrame(this.drawing);
    clearTimeout(this.resized);
    this.resizing.disconnect();
    window.Plotly?.purge(this.plot);
  }
}
