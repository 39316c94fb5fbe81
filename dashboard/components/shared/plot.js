// A chart of lines that keeps its place and its zoom, also where it begins in a tab that is not open yet.

import { themeOf } from "./page.js";
import { dragging, loadPlotly, purge, react, resize, themed } from "./plotly.js";
import { element, say } from "./words.js";

/** @typedef {{ title: string, traces: object[], layout: import("./plotly.js").Layout, data: import("./asking.js").Asked }} Figure */

export class Plot {
  /** @type {Figure | null} */
  figure = null;
  drawing = 0;
  wide = 0;
  /** @type {number | undefined} */
  resized;

  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    this.title = element("h2", { class: "tg-title" });
    this.plot = element("div", { class: "as-plot", role: "figure" });
    this.node = element("section", { class: "as-panel" }, this.title, this.plot);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.node);
  }

  /**
   * Draw traces; the layout's colours may be variables of the theme.
   *
   * @param {Figure["title"]} title
   * @param {Figure["traces"]} traces
   * @param {Figure["layout"]} layout
   * @param {Figure["data"]} data
   */
  set(title, traces, layout, data) {
    say(this.title, title);
    this.plot.setAttribute("aria-label", title);
    this.figure = { title, traces, layout, data };
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.paint());
  }

  async paint() {
    if (!this.figure || !this.node.clientWidth) return;
    const Plotly = await loadPlotly(this.figure.data.plotly);
    if (!this.figure) return;
    const { traces, layout, data } = this.figure;
    if (!Plotly) return say(this.title, data.asking.noCharts);
    const figure = themed(JSON.stringify({ traces, layout }), themeOf(this.parent));
    figure.layout.dragmode = dragging();
    this.wide = this.node.clientWidth;
    react(Plotly, this.plot, figure.traces, figure.layout, data.asking.plotly);
  }

  resize() {
    if (this.wide === this.node.clientWidth || !this.node.clientWidth) return;
    const first = !this.plot.children.length;
    this.wide = this.node.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => (first ? this.draw() : resize(this.plot)), 100);
  }

  end() {
    this.figure = null;
    cancelAnimationFrame(this.drawing);
    clearTimeout(this.resized);
    this.resizing.disconnect();
    purge(this.plot);
  }
}
