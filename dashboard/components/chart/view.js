// One finished figure in a reserved place. Streamlit's own chart is built anew for every figure; this one is told what has changed.

import { mount } from "../shared/mount.js";
import { themeOf } from "../shared/page.js";
import { dragging, loadPlotly, purge, react, resize, themed } from "../shared/plotly.js";
import { fetchReference } from "../shared/server.js";
import { element, say } from "../shared/words.js";

const CALM = 800; // milliseconds that a draft has to be left alone before anybody computes for it
const AGAIN = 400; // milliseconds between two looks for what is being computed
const LEGEND = 112; // pixels of a figure's height that its legend takes, if it has one

/**
 * What dashboard/components/chart/chart.py sends: a figure as JSON, or the hint that stands in its place; `awaits` is the key of the solution to wait for.
 *
 * @typedef {object} Data
 * @property {string} title
 * @property {string} hint
 * @property {string} label
 * @property {[colour: string, text: string][] | null} legend
 * @property {number} height
 * @property {string | null} figure
 * @property {string | null} awaits
 * @property {number | null} asked
 * @property {string} plotly
 * @property {import("../shared/plotly.js").Words} words
 */

class Chart {
  /** @type {Data | null} */
  data = null;
  looks = 0;
  look = "";
  explained = "";
  wide = 0;
  /** @type {number | undefined} */
  waiting;
  /** @type {number | undefined} */
  resized;

  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    this.title = element("h2", { class: "tg-title" });
    this.plot = element("div", { class: "tg-plot", role: "figure" });
    this.hint = element("p", { class: "tg-hint", "aria-live": "polite" });
    this.place = element("div", { class: "tg-place tg-empty" }, this.plot, this.hint);
    this.legend = element("ol", { class: "tg-legend" });
    this.root = element("section", { class: "tg-chart" }, this.title, this.place, this.legend);
    parent.append(this.root);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, { setTriggerValue }) {
    this.data = data;
    say(this.title, data.title);
    say(this.hint, data.hint);
    this.place.style.height = `${data.height - (data.figure && data.legend ? LEGEND : 0)}px`;
    this.place.classList.toggle("tg-empty", !data.figure);
    this.plot.setAttribute("aria-label", data.label);
    this.explain(data.figure ? data.legend : null);
    clearTimeout(this.waiting);
    const { awaits } = data;
    if (awaits) this.waiting = setTimeout(() => this.wait(data, awaits, (count) => setTriggerValue("look", count)), CALM);
    this.draw();
  }

  /**
   * The legend, number by number; one that is longer than its place scrolls.
   *
   * @param {Data["legend"]} legend
   */
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
    if (entries.length) this.legend.setAttribute("tabindex", "0");
    else this.legend.removeAttribute("tabindex");
  }

  /**
   * Ask the server, which then computes, and only when there is an answer the page: a page that is asked while another opens may empty it.
   *
   * @param {Data} data
   * @param {string} key
   * @param {(count: number) => void} look
   */
  async wait(data, key, look) {
    const { header, missing } = await fetchReference(key);
    if (this.data !== data) return;
    this.looks += 1;
    if (header || missing) look(this.looks);
    else this.waiting = setTimeout(() => this.wait(data, key, look), AGAIN);
  }

  end() {
    this.data = null;
    clearTimeout(this.waiting);
    this.resizing.disconnect();
    clearTimeout(this.resized);
    this.root.remove();
    purge(this.plot);
  }

  async draw() {
    if (!this.data?.figure) return;
    const { figure, plotly, words } = this.data;
    const Plotly = await loadPlotly(plotly);
    if (!Plotly || this.data?.figure !== figure) return;
    const theme = themeOf(this.parent);
    const look = [figure, theme("--st-text-color"), theme("--st-background-color")].join();
    if (look === this.look) return;
    this.look = look;
    const { data, layout } = themed(figure, theme);
    layout.dragmode = dragging();
    this.wide = this.root.clientWidth;
    react(Plotly, this.plot, data, layout, words);
  }

  resize() {
    if (!this.data?.figure || this.wide === this.root.clientWidth) return;
    this.wide = this.root.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => this.plot.children.length && resize(this.plot), 100);
  }
}

export default mount(Chart);
