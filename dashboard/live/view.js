// The live view: looks at a run's frames while it trains and draws them into charts that stay where they are.
//
// It knows no figure. Each figure comes from Python as a Plotly skeleton whose traces name, in `meta.fill`, the frame's arrays that belong in
// their x, y and z; `meta.limits` names those that set the colour scale. Streamlit calls the default export at every rerun of the page, with
// the same parent element: the nodes, the zoom and the last frame outlive it.

const TICK = 80; // milliseconds from one frame to the first look for the next, which is made ten times a second
const AGAIN = 30; // until the next look where there was none yet; longer each time, up to a TICK
const IDLE = 2000; // between two looks at a run that somebody may resume
const RETRY = 1000; // after the server did not answer
const SHARE = 0.5; // of the time, at most, is spent on drawing: slow machines see fewer frames, and the page stays alive
const ACTIVE = ["queued", "running"];
const OVER = ["done", "diverged"];

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new View(parentElement)));
  const turn = view.update(data, (status) => setTriggerValue("status", status));
  // Streamlit also calls the clean-up of a turn that a newer one has overtaken.
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class View {
  constructor(parent) {
    this.parent = parent;
    this.turn = 0;
    this.watch = 0; // counts the loops that look at a run; only the newest goes on
    this.panels = new Map();
    this.diagram = new Diagram();
    this.progress = new Progress();
    this.scores = new Scores();
    this.cost = new Cost();
    this.reference = new Reference(() => this.compare());
    this.replay = new Replay((frame) => this.show(frame, false));
    this.slicer = new Slicer(() => this.draw(false));
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

  /** What the page shows now: called at every rerun, and when the theme changes. Returns the number of this turn. */
  update(data, notify) {
    const before = this.data;
    const other = !before || before.problem !== data.problem;
    const reset = other || before.run !== data.run;
    this.data = data;
    this.notify = notify;
    this.told = null;
    this.root.lang = data.locale;
    this.replay.say(data);
    this.slicer.say(data);
    if (other) this.setChoices();
    if (reset) this.reset(other);
    if (other) this.reference.load(data.problem);
    this.compare();
    if (data.run && (reset || before.status !== data.status)) this.look(data.run);
    return ++this.turn;
  }

  end() {
    this.watch += 1;
    this.replay.forget();
    this.slicer.set(null);
    this.reference.forget();
    this.resizing.disconnect();
    for (const panel of this.panels.values()) window.Plotly?.purge(panel.plot);
    this.root.remove();
  }

  /** Another run, another problem or none: nothing of the last stays but, for the same problem, its picture until the first frame comes. */
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
    const noReference = header ? null : missing ?? this.data.texts.computing;
    this.diagram.set(this.data.network);
    const nodes = [this.diagram.node];
    for (const [name, panel] of this.panels) {
      if (this.data.panels.some((other) => other.name === name)) continue;
      window.Plotly?.purge(panel.plot);
      this.panels.delete(name);
    }
    for (const panel of this.data.panels) {
      if (!this.panels.has(panel.name)) this.panels.set(panel.name, new Panel());
      this.panels.get(panel.name).set(panel, noReference);
      nodes.push(this.panels.get(panel.name).node);
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

  /** Look at a run, again and again, until it is over. What was drawn stays where the run is deleted, or the server gone or busy. */
  async look(run) {
    const watch = ++this.watch;
    let misses = 0;
    while (watch === this.watch) {
      await shown();
      const { gone, status, step, seconds, version, frame } = await fetchFrame(run, this.since);
      if (watch !== this.watch || gone) return;
      if (!status) {
        await sleep(RETRY);
        continue;
      }
      const active = ACTIVE.includes(status);
      const begun = performance.now();
      if (active) this.replay.forget();
      if (frame) {
        this.since = version;
        this.frame = frame;
        await this.show(frame, active);
        if (watch !== this.watch) return;
      }
      const { header } = this.frame ?? {};
      const engine = header?.engine ?? this.data.engine;
      this.progress.show({ status, step: Math.max(step, header?.step ?? 0), seconds: Math.max(seconds, header?.seconds ?? 0), engine }, this.data);
      if (status !== this.data.status && status !== this.told) this.notify((this.told = status));
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

  async show({ header, arrays }, quick) {
    Object.assign(this, { header, arrays });
    this.say();
    await this.draw(quick);
  }

  /**
   * Draw what has changed. A chart takes 10 to 25 ms; so while it trains (`quick`) a frame draws the first, and of the others the one that
   * has waited longest.
   */
  async draw(quick) {
    const Plotly = await loadPlotly(this.data.plotly).catch(() => null);
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
    const config = configuration(this.data.texts.plotly);
    for (const chart of drawn) chart.draw(Plotly, config);
  }

  resize() {
    if (this.wide === this.root.clientWidth) return;
    this.wide = this.root.clientWidth;
    clearTimeout(this.resized);
    this.resized = setTimeout(() => {
      for (const panel of this.panels.values()) if (panel.drawn) window.Plotly?.Plots.resize(panel.plot);
      this.draw(false);
    }, 100);
  }
}
