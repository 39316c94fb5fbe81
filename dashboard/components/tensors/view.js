// Tensors in NumPy's place: an operation to choose, the code of both, their times as a chart and a table, and a verdict.

import { Asking } from "../shared/asking.js";
import { mount } from "../shared/mount.js";
import { Plot } from "../shared/plot.js";
import { brief, element, fill, say, whole } from "../shared/words.js";

/** @typedef {import("../shared/asking.js").Asked} Asked */

/**
 * What dashboard/why_pytorch/tensors.py sends.
 *
 * @typedef {Asked & { operations: Operation[], layout: import("../shared/plotly.js").Layout, colours: string[], texts: Texts }} Data
 */
/** @typedef {{ name: string, label: string, numpy: string, torch: string, square: boolean, remark: string }} Operation */
/**
 * @typedef {Record<"operation" | "vectors" | "matrices" | "measuring" | "title" | "numbers" | "times" | "on" | "equal" | "slower" | "faster" |
 *   "from" | "mixed" | "noGpu" | "leftOut", string>} Texts
 */

/** @typedef {{ name: string, library: string, device: string }} Contender */
/** @typedef {{ event: "contenders", operation: string, sizes: number[], contenders: Contender[] }} Contenders what core/why_pytorch/tensors.py tells */
/** @typedef {{ event: "result", size: number, seconds: Record<string, number> }} Result */
/** @typedef {{ ratios: number[], faster: number[], slower: number[] }} Compared NumPy's time over its own, and where that is more or less */
/** @typedef {{ event: "verdict", compared: Record<string, Compared> }} Verdict */

class Tensors {
  /** @type {Contenders | null} */
  told = null;
  /** @type {Result[]} */
  results = [];

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {Asking<Contenders | Result | Verdict>} */
    this.asking = new Asking(data, { begin: () => this.begin(), take: (event) => this.take(event) });
    this.select = element("select", {}, ...data.operations.map(({ name, label }) => element("option", { value: name }, label)));
    this.label = element("span");
    this.select.addEventListener("change", () => this.choose(this.select.value));
    this.asking.node.prepend(element("label", { class: "as-chooser" }, this.label, this.select));
    this.numpy = element("pre", { class: "te-code" });
    this.torch = element("pre", { class: "te-code" });
    const beside = (/** @type {string} */ name, /** @type {Node} */ code) =>
      element("div", {}, element("h2", { class: "tg-title" }, name), code);
    const codes = element("div", { class: "te-codes" }, beside("NumPy", this.numpy), beside("PyTorch", this.torch));
    this.remark = element("p", { class: "te-words" });
    this.verdict = element("div", { class: "te-verdict", role: "status" });
    this.plot = new Plot(parent);
    this.head = element("tr");
    this.body = element("tbody");
    const table = element("table", { class: "te-table" }, element("thead", {}, this.head), this.body);
    const scroll = element("div", { class: "te-scroll", tabindex: "0" }, table);
    this.steps = element("div", { class: "te-steps", hidden: "" }, this.plot.node, scroll);
    const { node, fault } = this.asking;
    this.root = element("section", { class: "as-section" }, node, codes, this.remark, fault, this.verdict, this.steps);
    parent.append(this.root);
    this.choose(this.select.value);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, component) {
    this.data = data;
    say(this.label, data.texts.operation);
    this.asking.update(data, component);
    this.draw();
  }

  /**
   * Show the code of an operation, which is the next to be measured. What was measured stays.
   *
   * @param {string} name
   */
  choose(name) {
    const operation = this.data.operations.find((other) => other.name === name);
    if (!operation) return;
    const { texts } = this.data;
    this.select.value = this.asking.choice = name;
    say(this.numpy, operation.numpy);
    say(this.torch, operation.torch);
    say(this.remark, [operation.square ? texts.matrices : texts.vectors, operation.remark].join(" "));
  }

  begin() {
    this.told = null;
    this.results = [];
    this.verdict.replaceChildren();
  }

  /** @param {Contenders | Result | Verdict} event */
  take(event) {
    if (event.event === "contenders") {
      this.told = event;
      this.steps.hidden = false;
      this.choose(event.operation);
      this.count(event);
    } else if (this.told && event.event === "result") {
      this.results.push(event);
      this.count(this.told);
    } else if (this.told && event.event === "verdict") {
      this.judge(this.told, event.compared);
    }
  }

  /**
   * Show what has been measured so far.
   *
   * @param {Contenders} told
   */
  count(told) {
    this.tabulate(told);
    say(this.asking.note, fill(this.data.texts.measuring, { done: this.results.length, all: told.sizes.length }));
    this.draw();
  }

  draw() {
    if (!this.told) return;
    const { texts, colours, layout, operations } = this.data;
    const { contenders, sizes, operation } = this.told;
    const traces = contenders.map(({ name, library }, index) => ({
      x: this.results.map(({ size }) => size),
      y: this.results.map(({ seconds }) => seconds[name]),
      name: name === "numpy" ? library : `${library}, ${name}`,
      mode: "lines+markers",
      line: { color: colours[index % colours.length], width: 2 },
      hovertemplate: "%{x:.3~s}: %{y:.2~s}s<extra>%{fullData.name}</extra>",
    }));
    const range = [Math.log10(sizes[0]) - 0.1, Math.log10(sizes[sizes.length - 1]) + 0.1];
    const title = fill(texts.title, { code: operations.find(({ name }) => name === operation)?.torch });
    this.plot.set(title, traces, { ...layout, xaxis: { ...layout.xaxis, range } }, this.data);
  }

  /** @param {Contenders} told */
  tabulate({ contenders }) {
    const { texts, locale } = this.data;
    const others = contenders.map(({ name }) => name).filter((name) => name !== "numpy");
    const heads = [texts.numbers, "NumPy, s", ...others.flatMap((name) => [`torch ${name}, s`, fill(texts.times, { name })])];
    this.head.replaceChildren(...heads.map((text) => element("th", { scope: "col" }, text)));
    const rows = this.results.map(({ size, seconds }) => {
      const beside = others.flatMap((name) => [seconds[name], seconds.numpy / seconds[name]]);
      const cells = [seconds.numpy, ...beside].map((number) => element("td", {}, brief(number, locale)));
      return element("tr", {}, element("th", { scope: "row" }, whole(size, locale)), ...cells);
    });
    this.body.replaceChildren(...rows);
  }

  /**
   * Say in words what was measured.
   *
   * @param {Contenders} told
   * @param {Verdict["compared"]} compared
   */
  judge({ contenders, sizes }, compared) {
    const { texts, locale } = this.data;
    const measured = this.results.map(({ size }) => size);
    const named = contenders.filter(({ name }) => name in compared);
    const words = named.map((contender) => judged(fill(texts.on, contender), compared[contender.name], measured, texts, locale));
    if (named.length === 1) words.push(texts.noGpu);
    if (measured.length < sizes.length) words.push(texts.leftOut);
    this.verdict.replaceChildren(...words.map((text) => element("p", {}, text)));
  }

  end() {
    this.asking.end();
    this.plot.end();
    this.root.remove();
  }
}

/**
 * How a contender did beside NumPy, in words.
 *
 * @param {string} name
 * @param {Compared} compared
 * @param {number[]} sizes
 * @param {Texts} texts
 * @param {string} locale
 */
function judged(name, { ratios, faster, slower }, sizes, texts, locale) {
  const [most, least] = [Math.max(...ratios), Math.min(...ratios)];
  const at = (/** @type {number} */ ratio) => whole(sizes[ratios.indexOf(ratio)], locale);
  const values = {
    name,
    all: sizes.length,
    faster: faster.length,
    slower: slower.length,
    fast: brief(most, locale),
    slow: brief(1 / least, locale),
    best: at(most),
    worst: at(least),
  };
  if (!faster.length && !slower.length) return fill(texts.equal, values);
  if (!faster.length) return fill(texts.slower, values);
  if (!slower.length) return fill(texts.faster, values);
  const whence = sizes.indexOf(faster[0]);
  const onwards = faster.length === sizes.length - whence && slower.length === whence;
  return fill(onwards ? texts.from : texts.mixed, { ...values, first: whole(faster[0], locale) });
}

export default mount(Tensors);
