// Step rates over network sizes, a line for each device.

import { Asking } from "../shared/asking.js";
import { mount } from "../shared/mount.js";
import { Plot } from "../shared/plot.js";
import { brief, element, fill, say, whole } from "../shared/words.js";

/** @typedef {import("../shared/asking.js").Asked} Asked */

/**
 * What dashboard/why_pytorch/devices.py sends.
 *
 * @typedef {Asked & { layout: import("../shared/plotly.js").Layout, lines: Record<string, { color: string }>, texts: Texts }} Data
 */
/** @typedef {Record<"title" | "graph" | "ahead" | "behind", string>} Texts */

/** @typedef {{ device: string, graph: boolean, parameters: number, steps_per_second: number }} Measured what core/why_pytorch/frameworks/scaling.py tells */
/** @typedef {Measured & { event: "rate" }} Rate */
/** @typedef {{ event: "failed", who: string, message: string, complained: string }} Failed */
/** @typedef {[parameters: number, rate: number]} Point */

class Devices {
  /** @type {Map<string, { device: string, graph: boolean, points: Point[] }>} */
  rates = new Map();
  /** @type {string[]} */
  failures = [];

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {Asking<Rate | Failed>} */
    this.asking = new Asking(data, { begin: () => this.begin(), take: (event) => this.take(event), several: true });
    this.plot = new Plot(parent);
    this.plot.node.hidden = true;
    this.words = element("p", { role: "status" });
    this.root = element("section", { class: "as-section" }, this.asking.node, this.plot.node, this.words);
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, component) {
    this.data = data;
    this.asking.update(data, component);
  }

  begin() {
    this.rates = new Map();
    this.failures = [];
    say(this.words, "");
    this.plot.node.hidden = true;
  }

  /** @param {Rate | Failed} event */
  take(event) {
    if (event.event === "failed") this.failures.push(`${event.who}: ${event.message} ${event.complained}`);
    if (event.event === "rate") {
      const { device, graph, parameters, steps_per_second } = event;
      const name = graph ? fill(this.data.texts.graph, event) : device;
      const line = this.rates.get(name) ?? { device, graph, points: [] };
      this.rates.set(name, line);
      line.points.push([parameters, steps_per_second]);
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
      /** @type {(point: Point) => Point[]} */
      const beside = ([size, rate]) => {
        const other = processor.get(size);
        return other === undefined ? [] : [[size, rate / other]];
      };
      const factors = points.flatMap(beside);
      const from = factors.findIndex((_, index) => factors.slice(index).every(([, factor]) => factor > 1));
      if (!factors.length) return [];
      if (from < 0) return [fill(texts.behind, { device })];
      const [most, factor] = factors[factors.length - 1];
      const values = { parameters: whole(factors[from][0], locale), factor: brief(factor, locale), most: whole(most, locale) };
      return [fill(texts.ahead, { device, ...values })];
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

export default mount(Devices);
