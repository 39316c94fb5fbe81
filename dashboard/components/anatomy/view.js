// One step, taken apart: the program's lines to walk through, what each has done to the tensors, the graphs, and two charts.

import { Asking } from "../shared/asking.js";
import { mount } from "../shared/mount.js";
import { Plot } from "../shared/plot.js";
import { brief, element, fill, say, whole } from "../shared/words.js";
import { drawGraph } from "./graph.js";

/** @typedef {import("../shared/asking.js").Asked} Asked */
/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {number | Numbers[]} Numbers */

/**
 * What dashboard/why_pytorch/anatomy.py sends; `notes` say something of the lines in which their fragments occur.
 *
 * @typedef {Asked & { notes: [fragment: string, note: string][], texts: Texts, losses: Layout, gradients: Layout, lines: Lines }} Data
 */
/** @typedef {import("../shared/plotly.js").Layout} Layout */
/** @typedef {Record<"cleared" | "kept", { color: string }>} Lines */
/**
 * @typedef {Record<"program" | "tensors" | "nothing" | "made" | "before" | "after" | "wanted" | "none" | "previous" | "next" | "graph" | "of" |
 *   "legend" | "described" | "losses" | "gradients" | "cleared" | "kept" | "verdict", string>} Texts
 */

/**
 * What core/why_pytorch/anatomy.py tells of a tensor; `was`, of the same before the line.
 *
 * @typedef {object} Tensor
 * @property {string} name
 * @property {number[]} shape
 * @property {Numbers} value
 * @property {boolean} requires_grad
 * @property {string | null} grad_fn
 * @property {Numbers | null} grad
 * @property {{ value: Numbers, grad: Numbers | null } | null} was
 */
/** @typedef {{ event: "line", code: string, tensors: Tensor[] }} Line */
/** @typedef {Graph & { event: "graph", of: string }} Drawn */
/** @typedef {Record<"losses" | "gradients", number[]>} Course */
/** @typedef {{ event: "curves", cleared: Course, kept: Course }} Curves */

class Anatomy {
  at = 0;
  /** @type {Line[]} */
  lines = [];
  /** @type {Map<string, { graph: Drawn, button: HTMLElement }>} */
  known = new Map();
  /** @type {Curves | null} */
  told = null;

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {Asking<Line | Drawn | Curves>} */
    this.asking = new Asking(data, { begin: () => this.begin(), take: (event) => this.take(event) });
    this.previous = element("button", { class: "as-button", type: "button" });
    this.next = element("button", { class: "as-button", type: "button" });
    this.previous.addEventListener("click", () => this.choose(this.at - 1));
    this.next.addEventListener("click", () => this.choose(this.at + 1));
    this.programTitle = element("h2", { class: "tg-title" });
    this.program = element("ol", { class: "an-program" });
    const walk = element("div", { class: "an-walk" }, this.previous, this.next);
    const left = element("div", { class: "an-left" }, this.programTitle, this.program, walk);
    this.doneTitle = element("h2", { class: "tg-title" });
    this.words = element("p", { class: "an-words" });
    this.tensors = element("div", { class: "an-tensors" });
    const right = element("div", { class: "an-right", "aria-live": "polite" }, this.doneTitle, this.words, this.tensors);
    this.graphTitle = element("h2", { class: "tg-title" });
    this.graphs = element("div", { class: "an-graphs" });
    this.legend = element("p", { class: "an-words" });
    this.graph = element("div", { class: "an-scroll", tabindex: "0" });
    this.losses = new Plot(parent);
    this.gradients = new Plot(parent);
    this.verdict = element("p", { class: "an-words an-verdict" });
    this.steps = element("div", { class: "an-steps", hidden: "" }, left, right);
    this.picture = element("div", { class: "an-picture", hidden: "" }, this.graphTitle, this.legend, this.graphs, this.graph);
    this.curves = element("div", { class: "an-curves", hidden: "" }, this.losses.node, this.gradients.node, this.verdict);
    this.root = element("section", { class: "as-section" }, this.asking.node, this.asking.fault, this.steps, this.picture, this.curves);
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, component) {
    this.data = data;
    const { texts } = data;
    say(this.programTitle, texts.program);
    say(this.doneTitle, texts.tensors);
    say(this.previous, texts.previous);
    say(this.next, texts.next);
    say(this.graphTitle, texts.graph);
    say(this.legend, texts.legend);
    this.asking.update(data, component);
    if (this.told) this.drawCurves(this.told);
  }

  begin() {
    this.lines = [];
    this.known = new Map();
    this.told = null;
    this.at = 0;
    for (const part of [this.steps, this.picture, this.curves]) part.hidden = true;
    this.program.replaceChildren();
    this.graphs.replaceChildren();
  }

  /** @param {Line | Drawn | Curves} event */
  take(event) {
    if (event.event === "line") this.addLine(event);
    else if (event.event === "graph") this.addGraph(event);
    else if (event.event === "curves") {
      this.told = event;
      this.drawCurves(event);
    }
  }

  /** @param {Line} line */
  addLine(line) {
    const index = this.lines.push(line) - 1;
    const button = element("button", { class: "an-line", type: "button" }, element("code", {}, line.code));
    button.addEventListener("click", () => this.choose(index));
    this.program.append(element("li", {}, button));
    this.steps.hidden = false;
    this.choose(this.at);
  }

  /**
   * Stop at a line: mark it, and show what it has done.
   *
   * @param {number} index
   */
  choose(index) {
    this.at = Math.max(0, Math.min(index, this.lines.length - 1));
    [...this.program.children].forEach((item, place) => {
      if (place === this.at) item.firstElementChild?.setAttribute("aria-current", "step");
      else item.firstElementChild?.removeAttribute("aria-current");
    });
    this.previous.disabled = this.at === 0;
    this.next.disabled = this.at === this.lines.length - 1;
    const { code, tensors } = this.lines[this.at];
    say(this.words, this.data.notes.find(([fragment]) => code.includes(fragment))?.[1] ?? "");
    const cards = tensors.map((tensor) => this.card(tensor));
    this.tensors.replaceChildren(...(cards.length ? cards : [element("p", { class: "an-nothing" }, this.data.texts.nothing)]));
    const made = tensors.find(({ name, was }) => !was && this.known.has(name));
    if (made) this.showGraph(made.name);
  }

  /**
   * A tensor that a line has made or changed; of a changed one, only what is other than before.
   *
   * @param {Tensor} tensor
   */
  card({ name, shape, value, grad, requires_grad, grad_fn, was }) {
    const { texts } = this.data;
    const size = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
    const facts = [size, ...(requires_grad ? [texts.wanted] : []), ...(grad_fn ? [`grad_fn: ${grad_fn}`] : [])];
    const codes = facts.map((fact) => element("code", {}, fact));
    const head = element("div", { class: "an-facts" }, element("code", { class: "an-name" }, name), ...codes);
    const rows = [];
    if (!was) rows.push(this.change("", null, value));
    else if (!alike(was.value, value)) rows.push(this.change("", was.value, value));
    if (was && !alike(was.grad, grad)) rows.push(this.change(".grad", was.grad ?? texts.none, grad ?? texts.none));
    return element("div", { class: "an-card" }, head, ...rows);
  }

  /**
   * @param {string} what
   * @param {Numbers | string | null} before
   * @param {Numbers | string} after
   */
  change(what, before, after) {
    const { texts } = this.data;
    const side = (/** @type {string} */ label, /** @type {Numbers | string} */ value) => {
      const text = typeof value === "string" ? value : printed(value);
      return element("div", {}, element("small", {}, `${what} ${label}`), element("pre", {}, text));
    };
    if (before === null) return element("div", { class: "an-change" }, side(texts.made, after));
    const becomes = element("span", { class: "an-becomes", "aria-hidden": "true" }, "→");
    return element("div", { class: "an-change" }, side(texts.before, before), becomes, side(texts.after, after));
  }

  /** @param {Drawn} graph */
  addGraph(graph) {
    const button = element("button", { class: "as-button", type: "button" }, fill(this.data.texts.of, { name: graph.of }));
    button.addEventListener("click", () => this.showGraph(graph.of));
    this.graphs.append(button);
    this.known.set(graph.of, { graph, button });
    this.picture.hidden = false;
    this.showGraph(graph.of);
  }

  /** @param {string} name */
  showGraph(name) {
    for (const [other, { button }] of this.known) button.setAttribute("aria-pressed", String(other === name));
    const graph = this.known.get(name)?.graph;
    if (!graph) return;
    const label = fill(this.data.texts.described, { name, nodes: graph.nodes.length, edges: graph.edges.length });
    this.graph.replaceChildren(drawGraph(graph, label));
    this.graph.scrollLeft = (this.graph.scrollWidth - this.graph.clientWidth) / 2;
  }

  /** @param {Curves} curves */
  drawCurves({ cleared, kept }) {
    const { texts, lines, locale } = this.data;
    this.curves.hidden = false;
    /** @type {["cleared" | "kept", Course][]} */
    const courses = [
      ["cleared", cleared],
      ["kept", kept],
    ];
    for (const kind of /** @type {const} */ (["losses", "gradients"])) {
      const traces = courses.map(([name, told]) => ({
        x: told[kind].map((_, index) => index + 1),
        y: told[kind],
        name: texts[name],
        mode: "lines",
        line: { ...lines[name], width: 2 },
        hovertemplate: "%{x}: %{y:.2~e}<extra>%{fullData.name}</extra>",
      }));
      this[kind].set(texts[kind], traces, this.data[kind], this.data);
    }
    const ratio = (kept.gradients.at(-1) ?? 0) / (cleared.gradients.at(-1) ?? 1);
    const values = {
      steps: cleared.losses.length,
      cleared: brief(cleared.losses.at(-1), locale),
      kept: brief(kept.losses.at(-1), locale),
      ratio: whole(Number(ratio.toPrecision(2)), locale),
    };
    say(this.verdict, fill(texts.verdict, values));
  }

  end() {
    this.asking.end();
    this.losses.end();
    this.gradients.end();
    this.root.remove();
  }
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
const alike = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * A tensor's numbers as torch prints them, a row a line.
 *
 * @param {Numbers} value
 * @returns {string}
 */
function printed(value) {
  if (!Array.isArray(value)) return decimals(value).trim();
  if (Array.isArray(value[0])) return `[${value.map(printed).join(",\n ")}]`;
  return `[${value.map((number) => decimals(Number(number))).join(", ")}]`;
}

/** @param {number} number */
function decimals(number) {
  return number.toFixed(4).replace("-", "−").padStart(7);
}

export default mount(Anatomy);
