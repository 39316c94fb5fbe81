// One finished figure in a reserved place. Streamlit's own chart is built anew for every figure; this one is told what has changed.

const CALM = 800; // milliseconds that a draft has to be left alone before anybody computes for it
const AGAIN = 400; // milliseconds between two looks for what is being computed
const LEGEND = 112; // pixels of a figure's height that its legend takes, if it has one

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
    this.legend = element("ol", { class: "tg-legend" });
    this.root = element("section", { class: "tg-chart" }, this.title, this.place, this.legend);
    parent.append(this.root);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  /** Take a figure, or the hint that stands in its place; `awaits` is the key of the solution to wait for, if any. */
  update(data, look) {
    this.data = data;
    say(this.title, data.title);
    say(this.hint, data.hint);
    this.place.style.height = `${data.height - (data.figure && data.legend ? LEGEND : 0)}px`;
    this.place.classList.toggle("tg-empty", !data.figure);
    this.plot.setAttribute("aria-label", data.label);
    this.explain(data.figure ? data.legend : null);
    clearTimeout(this.waiting);
    if (data.awaits) this.waiting = setTimeout(() => this.wait(data, look), CALM);
    this.draw();
    return ++this.turn;
  }

  /** The legend, number by number; one that is longer than its place scrolls. */
  explain(legend) {
    this.legend.hidden = !legend;
    const now = JSON.stringify(legend);
    if (now === this.explained) return;
    this.explained = now;
    const entries = (legend ?? []).map(([colour, text], index) => {
      const disc = element("span", { class: "tg-disc" }, String(index + 1));
      disc.style.background = colour;
      return element("li", {}, disc, element("code", {}, text));
    });
    this.legend.replaceChildren(...entries);
    if (entries.length) this.legend.setAttribute("tabindex", 0);
    else this.legend.removeAttribute("tabindex");
  }

  /** Ask the server, which then computes, and only when there is an answer the page: a page that is asked while another opens may empty it. */
  async wait(data, look) {
    const { header, missing } = await fetchReference(data.awaits);
    if (this.data !== data) return;
    if (header || missing) look(++this.looks);
    else this.waiting = setTimeout(() => this.wait(data, look), AGAIN);
  }

  end() {
    this.data = null;
    clearTimeout(this.waiting);
    this.resizing.disconnect();
    clearTimeout(this.resized);
    this.root.remove();
    Promise.resolve(this.drawn).finally(() => window.Plotly?.purge(this.plot)); // purged while it is drawn, it would fail
  }

  async draw() {
    const { figure, plotly, words } = this.data;
    if (!figure) return;
    const Plotly = await loadPlotly(plotly).catch(() => null);
    if (!Plotly || this.data?.figure !== figure) return;
    const theme = themeOf(this.parent);
    const look = [figure, theme("--st-text-color"), theme("--st-background-color")].join();
    if (look === this.look) return;
    this.look = look;
    const { data, layout } = JSON.parse(figure, (_, value) => (typeof value === "string" && value.startsWith("var(") ? theme(value.slice(4, -1)) : value));
    layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom"; // a finger scrolls the page
    this.wide = this.root.clientWidth;
    this.drawn = Plotly.react(this.plot, data, layout, configuration(words));
  }

  resize() {
    if (!this.data?.figure || this.wide === this.root.clientWidth) return;
    this.wide = this.root.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => this.plot.children.length && window.Plotly?.Plots.resize(this.plot), 100);
  }
}
