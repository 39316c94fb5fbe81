// The engines of derivatives: a training to choose, the steps a second of each as bars that follow the turns, and a verdict.

import { Asking } from "../shared/asking.js";
import { mount } from "../shared/mount.js";
import { Plot } from "../shared/plot.js";
import { brief, element, fill, say, whole } from "../shared/words.js";

const ROOM = 1.45; // how much longer than the longest bar the axis is: what is written beside it needs that

/** @typedef {import("../shared/asking.js").Asked} Asked */

/**
 * What dashboard/why_pytorch/engines.py sends.
 *
 * @typedef {Asked & { trainings: Training[], layout: Layout, engines: Record<string, Engine>, texts: Texts }} Data
 */
/** @typedef {import("../shared/plotly.js").Layout} Layout */
/** @typedef {{ name: string, color: string }} Engine */
/** @typedef {{ name: string, label: string }} Training */
/**
 * @typedef {Record<"training" | "preparing" | "turn" | "title" | "times" | "both" | "jets" | "same" | "apart", string>} Texts
 */

/** @typedef {Record<string, number>} Numbers one for each engine */
/** @typedef {{ event: "contenders", problem: string, engines: string[], steps: number }} Contenders what core/why_pytorch/engine_rates.py tells */
/** @typedef {{ event: "result", turn: number, rates: Numbers, ratios: Numbers }} Turn */
/** @typedef {{ event: "verdict", steps: number, rates: Numbers, ratios: Numbers, differences: Numbers, same: boolean }} Verdict */

class Engines {
  /** @type {Contenders | null} */
  told = null;
  /** @type {Turn | Verdict | null} */
  result = null;

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {Asking<Contenders | Turn | Verdict>} */
    this.asking = new Asking(data, { begin: () => this.begin(), take: (event) => this.take(event) });
    this.select = element("select", {}, ...data.trainings.map(({ name, label }) => element("option", { value: name }, label)));
    this.asking.choice = this.select.value;
    this.label = element("span");
    this.select.addEventListener("change", () => {
      this.asking.choice = this.select.value;
    });
    this.asking.node.prepend(element("label", { class: "as-chooser" }, this.label, this.select));
    this.verdict = element("p", { class: "en-verdict", role: "status" });
    this.plot = new Plot(parent);
    this.plot.node.classList.add("en-bars");
    this.root = element("section", { class: "as-section" }, this.asking.node, this.asking.fault, this.verdict, this.plot.node);
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, component) {
    this.data = data;
    say(this.label, data.texts.training);
    this.asking.update(data, component);
    this.draw();
  }

  begin() {
    this.told = this.result = null;
    say(this.verdict, "");
    this.plot.node.hidden = true;
  }

  /** @param {Contenders | Turn | Verdict} event */
  take(event) {
    const { texts } = this.data;
    if (event.event === "contenders") {
      this.told = event;
      this.select.value = this.asking.choice = event.problem;
      say(this.asking.note, fill(texts.preparing, event));
    } else if (event.event === "result") {
      this.result = event;
      say(this.asking.note, fill(texts.turn, event));
      this.draw();
    } else if (event.event === "verdict") {
      this.result = event;
      this.draw();
      say(this.verdict, this.judged(event));
    }
  }

  draw() {
    if (!this.told || !this.result) return;
    const { texts, layout, engines, trainings, locale } = this.data;
    const { problem, engines: names } = this.told;
    const { rates, ratios } = this.result;
    const written = (/** @type {string} */ name) => {
      const rate = whole(Number(rates[name].toPrecision(3)), locale);
      return name === names[0] ? rate : fill(texts.times, { rate, ratio: brief(ratios[name], locale) });
    };
    const bars = {
      type: "bar",
      orientation: "h",
      x: names.map((name) => rates[name]),
      y: names.map((name) => engines[name].name),
      text: names.map(written),
      textposition: "outside",
      cliponaxis: false,
      marker: { color: names.map((name) => engines[name].color) },
      hoverinfo: "none",
    };
    const range = [0, ROOM * Math.max(...bars.x)];
    this.plot.node.hidden = false;
    const title = fill(texts.title, { label: trainings.find(({ name }) => name === problem)?.label });
    const axes = { xaxis: { ...layout.xaxis, range }, yaxis: { ...layout.yaxis, autorange: "reversed" } };
    this.plot.set(title, [bars], { ...layout, ...axes }, this.data);
    this.plot.plot.setAttribute("aria-label", `${title}. ${names.map((name) => `${engines[name].name}: ${written(name)}`).join("; ")}`);
  }

  /**
   * What was measured, in words.
   *
   * @param {Verdict} verdict
   */
  judged({ ratios, differences, steps, same }) {
    const { texts, locale } = this.data;
    const times = { jets: brief(ratios.jets, locale), native: brief(ratios.native, locale) };
    const difference = brief(Math.max(...Object.values(differences)), locale);
    const words = [fill("native" in ratios ? texts.both : texts.jets, times), fill(same ? texts.same : texts.apart, { steps, difference })];
    return words.join(" ");
  }

  end() {
    this.asking.end();
    this.plot.end();
    this.root.remove();
  }
}

export default mount(Engines);
