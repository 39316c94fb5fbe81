// The live view: looks at a run's frames while it trains and draws them into charts that stay where they are.
//
// It knows no figure. Each figure comes from Python as a Plotly skeleton whose traces name, in `meta.fill`, the frame's arrays that belong in
// their x, y and z; `meta.limits` names those that set the colour scale. The nodes, the zoom and the last frame outlive the page's reruns.

import { mount } from "../shared/mount.js";
import { shown, sleep, themeOf } from "../shared/page.js";
import { loadPlotly, purge, resize } from "../shared/plotly.js";
import { fetchFrame } from "../shared/server.js";
import { element, say } from "../shared/words.js";
import { Branches } from "./branches.js";
import { Diagram } from "./diagram.js";
import { Panel } from "./panel.js";
import { Cost, Progress, Scored } from "./progress.js";
import { Reference } from "./reference.js";
import { Replay } from "./replay.js";
import { Slicer } from "./slicer.js";

const TICK = 80; // milliseconds from one frame to the first look for the next, which is made ten times a second
const AGAIN = 30; // until the next look where there was none yet; longer each time, up to a TICK
const IDLE = 2000; // between two looks at a run that somebody may resume
const RETRY = 1000; // after the server did not answer
const SHARE = 0.5; // of the time, at most, is spent on drawing: slow machines see fewer frames, and the page stays alive
const ACTIVE = ["queued", "running"];
const OVER = ["done", "diverged"];

/** @typedef {import("../shared/server.js").Scores} Scores */
/** @typedef {import("../shared/server.js").RunFrame} RunFrame */

/**
 * What dashboard/components/live/live.py sends.
 *
 * @typedef {object} Data
 * @property {string} problem the key of the reference, which depends on nothing else
 * @property {string | null} run
 * @property {string | null} status
 * @property {number} step
 * @property {number} seconds
 * @property {string | null} engine
 * @property {{ loss: number | null, relative_l2?: Scores | null, max_error?: Scores | null } | null} scores
 * @property {Record<string, string>} weights the labels of the loss's weights that change
 * @property {{ steps: number | null, seconds: number | null }} limits
 * @property {import("./diagram.js").Network} network
 * @property {import("./panel.js").Skeleton[]} panels
 * @property {Choice[]} choices
 * @property {import("./slicer.js").Slice | null} slice
 * @property {Texts} texts
 * @property {string} locale
 * @property {string} plotly the version of plotly.js
 */
/** @typedef {{ name: string, label: string, options: [value: string, text: string][] }} Choice */

/**
 * @typedef {Record<Word, string> & Tables} Texts
 * @typedef {"step" | "stepOf" | "rate" | "rateBy" | "elapsed" | "left" | "seconds" | "minutes" | "progress" | "relativeL2" | "maxError" |
 *   "loss" | "reference" | "exact" | "nearest" | "solutions" | "computing" | "missing" | "weights" | "trained" | "engine" | "noCharts" |
 *   "replay" | "play" | "stopReplay" | "replayStep" | "compareWith" | "theNearest" | "solution"} Word
 * @typedef {object} Tables
 * @property {Record<string, string>} status
 * @property {Record<string, string>} methods
 * @property {Record<string, { name: string, help: string }>} engines
 * @property {import("../shared/plotly.js").Words} plotly
 */

class Live {
  watch = 0; // counts the loops that look at a run; only the newest goes on
  since = -1; // the version of the frame that is shown
  fresh = true;
  /** @type {RunFrame | null} */
  frame = null;
  /** @type {RunFrame["header"] | null} */
  header = null;
  /** @type {RunFrame["arrays"] | null} */
  arrays = null;
  /** @type {string | null} */
  told = null;
  /** @type {(status: string) => void} */
  notify = () => {};
  /** @type {Record<string, string>} */
  choices = {};
  /** @type {Map<string, Panel>} */
  panels = new Map();
  /** @type {number | undefined} */
  resized;

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.parent = parent;
    this.data = data;
    this.diagram = new Diagram();
    this.progress = new Progress();
    this.scores = new Scored();
    this.cost = new Cost();
    this.reference = new Reference(() => this.compare());
    this.replay = new Replay(data, (frame) => this.show(frame, false));
    this.slicer = new Slicer(data, () => this.draw(false));
    this.branches = new Branches(() => this.draw(false));
    this.choosers = element("div", { class: "tg-choosers" });
    this.grid = element("div", { class: "tg-grid" });
    const numbers = [this.scores.node, this.cost.node, this.replay.node];
    const looks = element("div", { class: "tg-looks" }, this.choosers, this.branches.node, this.slicer.node);
    this.root = element("div", { class: "tg-live" }, ...this.progress.nodes, looks, this.grid, ...numbers);
    parent.append(this.root);
    this.wide = this.root.clientWidth;
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, { setTriggerValue }) {
    const { data: before, fresh } = this;
    const other = fresh || before.problem !== data.problem;
    const reset = other || before.run !== data.run;
    this.fresh = false;
    this.data = data;
    this.notify = (status) => setTriggerValue("status", status);
    this.told = null;
    this.root.lang = data.locale;
    this.replay.say(data);
    this.slicer.say(data);
    if (other) this.setChoices();
    if (reset) this.reset(other);
    if (other) this.reference.load(data.problem);
    this.compare();
    if (data.run && (reset || before.status !== data.status)) this.look(data.run);
  }

  end() {
    this.watch += 1;
    this.replay.forget();
    this.slicer.set(null);
    this.reference.forget();
    this.resizing.disconnect();
    for (const panel of this.panels.values()) purge(panel.plot);
    this.root.remove();
  }

  /**
   * Another run, another problem or none: nothing of the last stays but, for the same problem, its picture until the first frame comes.
   *
   * @param {boolean} other whether it is another problem
   */
  reset(other) {
    this.watch += 1;
    this.since = -1;
    this.frame = null;
    this.replay.forget();
    this.progress.forget();
    this.progress.show(this.data, this.data);
    this.header = null;
    if (other || !this.data.run) this.arrays = null;
  }

  /** Hold what is shown against what is known of the reference. What was drawn stays until the first answer: it comes at once. */
  compare() {
    this.setPanels();
    this.branches.set(this.reference.header?.solutions ?? 1, this.data);
    this.say();
    if (this.reference.answered) this.draw(false);
  }

  /** The numbers, and what the reference is. */
  say() {
    const { data, header, reference } = this;
    const nearest = header?.reference?.nearest;
    this.scores.show(header ?? data.scores, data, reference.header?.error, reference.sizes(nearest));
    this.cost.show(reference, nearest, header?.seconds ?? data.seconds, header?.weights, data);
  }

  setPanels() {
    const { header, missing } = this.reference;
    const noReference = header ? null : (missing ?? this.data.texts.computing);
    this.diagram.set(this.data.network);
    /** @type {Element[]} */
    const nodes = [this.diagram.node];
    for (const [name, panel] of this.panels) {
      if (this.data.panels.some((other) => other.name === name)) continue;
      purge(panel.plot);
      this.panels.delete(name);
    }
    for (const skeleton of this.data.panels) {
      const panel = this.panels.get(skeleton.name) ?? new Panel();
      this.panels.set(skeleton.name, panel);
      panel.set(skeleton, noReference);
      nodes.push(panel.node);
    }
    const children = [...this.grid.children];
    if (nodes.length !== children.length || nodes.some((node, index) => node !== children[index])) this.grid.replaceChildren(...nodes);
  }

  /** What {unknown} and the like stand for in the names of arrays: the first, until the visitor chooses. */
  setChoices() {
    this.choices = Object.fromEntries(this.data.choices.map(({ name, options }) => [name, options[0][0]]));
    const several = this.data.choices.filter(({ options }) => options.length > 1);
    const made = several.map(({ name, label, options }) => {
      const select = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
      select.addEventListener("change", () => {
        this.choices[name] = select.value;
        this.draw(false);
      });
      return element("label", { class: "tg-chooser" }, label, " ", select);
    });
    this.choosers.replaceChildren(...made);
    this.slicer.set(this.data.slice, this.data);
  }

  /**
   * Look at a run, again and again, until it is over. What was drawn stays where the run is deleted, or the server gone or busy.
   *
   * @param {string} run
   */
  async look(run) {
    this.watch += 1;
    const watch = this.watch;
    let misses = 0;
    while (watch === this.watch) {
      await shown();
      const answer = await fetchFrame(run, this.since);
      if (watch !== this.watch || answer === "gone") return;
      if (!answer) {
        await sleep(RETRY);
        continue;
      }
      const { status, step, seconds, version, frame } = answer;
      const active = ACTIVE.includes(status);
      const begun = performance.now();
      if (active) this.replay.forget();
      if (frame) {
        this.since = version;
        this.frame = frame;
        await this.show(frame, active);
        if (watch !== this.watch) return;
      }
      const header = this.frame?.header;
      const [steps, time] = [Math.max(step, header?.step ?? 0), Math.max(seconds, header?.seconds ?? 0)];
      this.progress.show({ status, step: steps, seconds: time, engine: header?.engine ?? this.data.engine }, this.data);
      this.tell(status);
      const drawing = performance.now() - begun;
      misses = frame ? 0 : misses + 1;
      if (active) await sleep(frame ? Math.max(TICK - drawing, drawing * (1 / SHARE - 1)) : Math.min(AGAIN + 2 * misses, TICK));
      else if (!frame) {
        if (this.frame) await this.replay.load(run, this.frame);
        if (OVER.includes(status)) return;
        await sleep(IDLE);
      }
    }
  }

  /**
   * Tell the page, once, of a status that it does not know.
   *
   * @param {string} status
   */
  tell(status) {
    if (status === this.data.status || status === this.told) return;
    this.told = status;
    this.notify(status);
  }

  /**
   * @param {RunFrame} frame
   * @param {boolean} quick
   */
  async show({ header, arrays }, quick) {
    this.header = header;
    this.arrays = arrays;
    this.say();
    await this.draw(quick);
  }

  /**
   * Draw what has changed. A chart takes 10 to 25 ms; so while it trains (`quick`) a frame draws the first, and of the others the one that
   * has waited longest.
   *
   * @param {boolean} quick
   */
  async draw(quick) {
    const Plotly = await loadPlotly(this.data.plotly);
    if (!Plotly) return say(this.progress.pace, this.data.texts.noCharts);
    const theme = themeOf(this.parent);
    const panels = [...this.panels.values()];
    const arrays = this.reference.beside(this.arrays, this.branches.chosen);
    this.slicer.fit(arrays);
    const choices = { ...this.choices, at: this.slicer.at };
    const charts = [...panels, this.diagram].filter((chart) => chart.prepare(arrays, choices, theme));
    const others = charts.filter((chart) => chart !== panels[0]).sort((a, b) => a.last - b.last);
    const drawn = quick ? others.slice(0, 1) : others;
    if (charts.includes(panels[0])) drawn.unshift(panels[0]);
    for (const chart of drawn) chart.draw(Plotly, this.data.texts.plotly);
  }

  resize() {
    if (this.wide === this.root.clientWidth) return;
    this.wide = this.root.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => {
      for (const panel of this.panels.values()) if (panel.drawn) resize(panel.plot);
      this.draw(false);
    }, 100);
  }
}

export default mount(Live);
