// The race of the frameworks: a table that fills, and their losses over one another.

import { Asking } from "../shared/asking.js";
import { mount } from "../shared/mount.js";
import { Plot } from "../shared/plot.js";
import { brief, element, fill, say, whole } from "../shared/words.js";

/** @typedef {import("../shared/asking.js").Asked} Asked */

/**
 * What dashboard/why_pytorch/race.py sends; after the step `change` the equation is exchanged.
 *
 * @typedef {Asked & { frameworks: Framework[], layout: import("../shared/plotly.js").Layout, change: number, steps: number, texts: Texts }} Data
 */
/**
 * @typedef {object} Framework
 * @property {string} name
 * @property {string} label
 * @property {string} about
 * @property {string} derivatives
 * @property {number | null} lines of its program
 * @property {boolean} here whether it can be run on this machine
 * @property {string} hint
 * @property {Told[]} events what it told elsewhere, where that was recorded
 * @property {{ color: string, dash: string }} line
 */
/**
 * @typedef {Record<"title" | "hint" | "waiting" | "started" | "loaded" | "training" | "stopped" | "follows" | "stale" | "stuck" | "version",
 *   string> & { columns: string[] }} Texts
 */

/** @typedef {{ event: "started" | "importing" | "ended", who?: string }} Bare what core/why_pytorch/frameworks/race.py tells */
/** @typedef {{ event: "loaded", who?: string, version?: string, seconds: number }} Loaded */
/** @typedef {{ event: "built", who?: string, seconds: number, loss: number }} Built */
/** @typedef {{ event: "steps", who?: string, first: number, losses: number[], seconds: number }} Steps */
/** @typedef {{ event: "changed", who?: string, step: number, follows: boolean, rebuild: number | null }} Changed */
/** @typedef {{ event: "again", who?: string, seconds: number }} Again */
/** @typedef {{ event: "done", who?: string, steps_per_second: number, wall: number, cpu: number, memory: number | null }} Done */
/** @typedef {{ event: "failed", who?: string, message: string, complained?: string }} Failed */
/** @typedef {Bare | Loaded | Built | Steps | Changed | Again | Done | Failed} Told */

class Race {
  /** @type {Map<string, Runner>} */
  runners = new Map();

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {import("../shared/asking.js").Section<Told>} */
    const section = { begin: () => this.begin(), take: (event) => this.take(event), rest: () => this.rest() };
    this.asking = new Asking(data, { ...section, several: true });
    this.plot = new Plot(parent);
    this.hint = element("p", { class: "ra-hint" });
    this.plot.node.append(this.hint);
    this.head = element("tr");
    this.body = element("tbody");
    const table = element("table", { class: "as-table" }, element("thead", {}, this.head), this.body);
    const scroll = element("div", { class: "as-scroll", tabindex: "0" }, table);
    this.root = element("section", { class: "as-section" }, this.asking.node, this.plot.node, scroll);
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, component) {
    this.data = data;
    this.asking.update(data, component);
    this.draw();
  }

  /** Everything as before a batch, and what was recorded elsewhere. */
  begin() {
    const { frameworks, texts, batch } = this.data;
    this.head.replaceChildren(...texts.columns.map((text) => element("th", { scope: "col" }, text)));
    this.runners = new Map(frameworks.map((framework) => [framework.name, new Runner(framework, this.data)]));
    this.body.replaceChildren(...[...this.runners.values()].map(({ row }) => row));
    for (const { name, events } of frameworks) for (const event of events) this.runners.get(name)?.take(event);
    if (batch) for (const runner of this.runners.values()) runner.wait();
    this.draw();
  }

  /** @param {Told} event */
  take(event) {
    this.runners.get(event.who ?? "")?.take(event);
    this.draw();
  }

  rest() {
    for (const runner of this.runners.values()) runner.rest();
  }

  draw() {
    const { layout, texts, change, steps } = this.data;
    const shown = [...this.runners.values()].filter(({ losses }) => losses.length);
    say(this.hint, shown.length ? "" : texts.hint);
    const traces = shown.map(({ framework, losses }) => ({
      x: losses.map((_, index) => index + 1),
      y: losses,
      name: framework.label,
      mode: "lines",
      line: { ...framework.line, width: 2 },
      hovertemplate: "%{y:.4~g}",
    }));
    const at = change + 0.5;
    const line = {
      type: "line",
      yref: "paper",
      x0: at,
      x1: at,
      y0: 0,
      y1: 1,
      line: { color: "var(--st-text-color)", width: 1, dash: "dot" },
    };
    const all = { ...layout, xaxis: { ...layout.xaxis, range: [0, steps] }, shapes: shown.length ? [line] : [] };
    this.plot.set(texts.title, traces, all, this.data);
  }

  end() {
    this.asking.end();
    this.plot.end();
    this.root.remove();
  }
}

/** One framework: its row of the table, and its losses. */
class Runner {
  changed = false;
  failed = false;
  /** @type {number[]} */
  losses = [];

  /**
   * @param {Framework} framework
   * @param {Data} data
   */
  constructor(framework, { texts, locale }) {
    this.framework = framework;
    this.texts = texts;
    this.locale = locale;
    const key = element("span", { class: "ra-key" });
    key.style.background = framework.line.color;
    this.hint = element("small", {}, framework.hint);
    const name = element("th", { scope: "row", title: framework.about }, key, framework.label, this.hint);
    const cells = Array.from({ length: 8 }, () => element("td", {}, "–"));
    const [rate, first, again, cpu, memory, derivatives, lines, change] = cells;
    say(derivatives, framework.derivatives);
    say(lines, framework.lines ? String(framework.lines) : "–");
    this.cells = { rate, first, again, cpu, memory };
    this.change = change;
    this.row = element("tr", { class: framework.here ? "" : "ra-away" }, name, ...cells);
  }

  /** A batch with it is coming. */
  wait() {
    if (this.framework.here) say(this.change, this.texts.waiting);
  }

  /** The batch is over: who still waits was stopped. */
  rest() {
    if (this.change.textContent === this.texts.waiting) say(this.change, "–");
  }

  /** @param {Told} event */
  take(event) {
    const { texts, locale } = this;
    const number = (/** @type {number | null} */ value) => brief(value, locale);
    switch (event.event) {
      case "started":
        say(this.change, texts.started);
        break;
      case "loaded":
        say(this.change, texts.loaded);
        if (event.version && this.framework.here) say(this.hint, fill(texts.version, event));
        break;
      case "built":
        this.losses = [event.loss];
        say(this.cells.first, number(event.seconds));
        break;
      case "steps":
        this.losses.length = Math.min(this.losses.length, event.first - 1);
        this.losses.push(...event.losses);
        if (!this.changed) say(this.change, fill(texts.training, { step: whole(this.losses.length, locale) }));
        break;
      case "changed":
        this.follow(event);
        break;
      case "again":
        say(this.cells.again, number(event.seconds));
        break;
      case "done":
        say(this.cells.rate, whole(event.steps_per_second, locale));
        say(this.cells.cpu, number(event.cpu));
        say(this.cells.memory, event.memory ? whole(event.memory / 1e6, locale) : "–");
        break;
      case "failed":
        this.failed = true;
        this.change.className = "as-bad";
        this.change.title = event.complained ?? "";
        say(this.change, event.message);
        break;
      case "ended":
        if (!this.changed && !this.failed) say(this.change, texts.stopped);
        break;
    }
  }

  /**
   * Whether it has followed the change of the equation.
   *
   * @param {Changed} changed
   */
  follow({ follows, rebuild }) {
    const { texts, locale } = this;
    this.changed = true;
    this.change.className = follows ? "as-good" : "as-bad";
    const stale = rebuild === null ? texts.stuck : fill(texts.stale, { seconds: brief(rebuild, locale) });
    say(this.change, follows ? texts.follows : stale);
  }
}

export default mount(Race);
