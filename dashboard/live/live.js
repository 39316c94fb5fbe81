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
const REPLAY = 150; // and between two moments of a replay
const ACTIVE = ["queued", "running"];
const OVER = ["done", "diverged"];
const NEURONS = 16; // drawn in a layer, at most; the frames thin the weights alike

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

// ---------------------------------------------------------------- frames

/** The header and the arrays, each a view into the buffer: core/frames.py describes the layout. */
function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, { offset, shape }] of Object.entries(header.arrays)) {
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { values: new Float32Array(buffer, 4 + length + offset, size), shape };
  }
  return { header, arrays };
}

function decodeText(base64) {
  return decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

function same(a, b) {
  if (a === b) return true;
  if (!a || !b || a.values.length !== b.values.length) return false;
  return a.values.every((value, index) => Object.is(value, b.values[index]));
}

/** What Plotly takes: a typed array, or for two dimensions an array of typed rows; none is copied unless sizes are wanted. */
function plain({ values, shape }, absolute) {
  const source = absolute ? values.map(Math.abs) : values;
  if (shape.length === 1) return source;
  const width = shape[1];
  return Array.from({ length: shape[0] }, (_, row) => source.subarray(row * width, (row + 1) * width));
}

function largest(values) {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

// ---------------------------------------------------------------- plotly.js

/** The address under which Streamlit serves this app; its own script knows it, whatever proxy or base path lies between. */
function base() {
  const script = document.querySelector('script[type="module"][src*="/static/js/"]');
  return script ? new URL("../../", script.src).href : new URL("./", document.baseURI).href;
}

/** plotly.js, fetched once for the page. */
function loadPlotly(version) {
  window.tangentePlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${base()}plotly.js?v=${version}`;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete window.tangentePlotly;
      script.remove();
      reject(new Error("plotly.js"));
    };
    document.head.append(script);
  });
  return window.tangentePlotly;
}

// ---------------------------------------------------------------- words and numbers

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Two significant digits: 0.034, 120, 1.2e−6. */
function brief(value, locale) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(2));
  const plainly = rounded === 0 || (Math.abs(rounded) >= 1e-3 && Math.abs(rounded) < 1e6);
  const digits = plainly ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 } : { notation: "scientific", minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return rounded.toLocaleString(locale, digits).replace("E", "e").replaceAll("-", "−");
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function shown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

// ---------------------------------------------------------------- one chart

/** A figure in its reserved place: its title, its chart, and a hint while there is nothing to draw. */
class Panel {
  constructor() {
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "tg-plot", role: "img" });
    this.hint = element("p", { class: "tg-hint" });
    this.place = element("div", { class: "tg-place tg-empty" }, this.plot, this.hint);
    this.node = element("section", { class: "tg-panel" }, this.title, this.place);
  }

  /** Take a skeleton; what was drawn from an equal one stays. */
  set({ title, hint, span, label, figure }) {
    say(this.title, title);
    say(this.hint, hint);
    this.node.dataset.span = span;
    this.plot.setAttribute("aria-label", label);
    if (figure === this.figure) return;
    this.figure = figure;
    const { data, layout } = JSON.parse(figure);
    Object.assign(this, { data, layout, drawn: null, last: 0 });
    layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom"; // a finger scrolls the page
    this.themed = [];
    this.findThemed(data);
    this.findThemed(layout);
  }

  findThemed(object) {
    for (const [name, value] of Object.entries(object)) {
      if (typeof value === "string" && value.startsWith("var(")) this.themed.push([object, name, value.slice(4, -1)]);
      else if (value && typeof value === "object") this.findThemed(value);
    }
  }

  /** Whether there is something to draw that is not drawn; `choices` stand for {unknown} and the like, `theme` gives CSS variables. */
  prepare(arrays, choices, theme) {
    const wanted = (name) => arrays[name.replace(/\{(\w+)\}/g, (_, choice) => choices[choice])];
    const first = (names) => names.map(wanted).find((array) => array);
    const places = this.data.map(({ meta }) => Object.entries(meta.fill).map(([place, name]) => [place, wanted(name)]));
    const scales = this.data.map(({ meta }) => meta.limits && first(meta.limits.of));
    const sources = [...places.flat().map(([, array]) => array), ...scales];
    const colours = this.themed.map(([, , variable]) => theme(variable));
    this.next = { places, scales, sources, colours };
    const { drawn } = this;
    return !drawn || drawn.colours.join() !== colours.join() || sources.some((source, index) => !same(source, drawn.sources[index]));
  }

  draw(Plotly, config) {
    const { places, scales, colours } = (this.drawn = this.next);
    this.last = performance.now();
    this.themed.forEach(([object, name], index) => (object[name] = colours[index]));
    let empty = true;
    this.data.forEach((trace, index) => {
      const complete = places[index].every(([, array]) => array);
      for (const [place, array] of places[index]) trace[place] = complete ? plain(array, trace.meta.absolute && place === "z") : [];
      if (scales[index]) this.limit(trace, largest(scales[index].values) || 1);
      empty &&= !complete;
    });
    this.place.classList.toggle("tg-empty", empty);
    Plotly.react(this.plot, this.data, this.layout, config);
  }

  limit(trace, reach) {
    trace.zmin = trace.meta.limits.signed ? -reach : 0;
    trace.zmax = reach;
  }
}

/** How charts behave; `words` translate Plotly's own. */
function configuration(words) {
  return {
    displaylogo: false,
    responsive: false,
    modeBarButtons: [["toImage", "resetScale2d"]],
    locale: "page",
    locales: { page: { dictionary: words, format: {} } },
  };
}

// ---------------------------------------------------------------- the network

/** The network as layers of neurons, with weights as lines: blue below zero, red above, the stronger the darker. */
class Diagram {
  constructor() {
    this.title = element("h4", { class: "tg-title" });
    this.canvas = element("canvas", { class: "tg-network", role: "img" });
    this.node = element("section", { class: "tg-panel tg-last" }, this.title, element("div", { class: "tg-place" }, this.canvas));
    this.last = 0;
  }

  set({ title, label, span, inputs, outputs, depth, width }) {
    say(this.title, title);
    this.canvas.setAttribute("aria-label", label);
    this.node.dataset.span = span;
    Object.assign(this, { inputs, outputs, counts: [inputs.length, ...Array(depth).fill(width), outputs.length] });
  }

  prepare(arrays, choices, theme) {
    const weights = this.counts.slice(1).map((_, layer) => arrays[`weights.${layer}`]);
    const { clientWidth: wide, clientHeight: high } = this.canvas;
    const look = [wide, high, window.devicePixelRatio, this.inputs, this.counts, this.outputs, theme("--st-text-color")].join();
    this.next = { weights, look, theme, wide, high };
    const { drawn } = this;
    return wide > 0 && (!drawn || drawn.look !== look || weights.some((weight, index) => !same(weight, drawn.weights[index])));
  }

  draw() {
    const { theme, wide, high } = (this.drawn = this.next);
    this.last = performance.now();
    const counts = this.counts;
    let { weights } = this.next;
    const fits = (weight, layer) => weight && [counts[layer + 1], counts[layer]].every((n, side) => weight.shape[side] === Math.min(n, NEURONS));
    if (!weights.every(fits)) weights = [];
    const scale = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(wide * scale)) this.canvas.width = Math.round(wide * scale);
    if (this.canvas.height !== Math.round(high * scale)) this.canvas.height = Math.round(high * scale);
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, wide, high);
    const columns = this.places(wide, high);
    columns.slice(1).forEach((column, layer) => this.edges(pen, columns[layer], column, weights[layer], theme));
    columns.forEach((column, layer) => this.neurons(pen, column, layer, high, theme));
  }

  /** Where the neurons stand: a column a layer, evenly spread, at most NEURONS each. */
  places(wide, high) {
    const [side, top, bottom] = [26, 12, 26];
    return this.counts.map((count, layer) => {
      const drawn = Math.min(count, NEURONS);
      const x = side + ((wide - 2 * side) * layer) / (this.counts.length - 1);
      const gap = Math.min((high - top - bottom) / drawn, 34);
      const middle = top + (high - top - bottom) / 2;
      return Array.from({ length: drawn }, (_, index) => [x, middle + (index - (drawn - 1) / 2) * gap]);
    });
  }

  /** Lines of like strength are drawn in one stroke: a stroke each would cost ten times as much. */
  edges(pen, from, to, weight, theme) {
    const strokes = new Map();
    const most = weight ? largest(weight.values) || 1 : 1;
    to.forEach((end, row) =>
      from.forEach((start, column) => {
        const value = weight ? weight.values[row * from.length + column] / most : 0;
        const level = Math.round(value * 6);
        if (weight && level === 0) return;
        if (!strokes.has(level)) strokes.set(level, new Path2D());
        strokes.get(level).moveTo(...start);
        strokes.get(level).lineTo(...end);
      }),
    );
    for (const [level, path] of strokes) {
      pen.strokeStyle = level === 0 ? theme("--st-text-color") : level < 0 ? "#2b83c6" : "#d6544b";
      pen.globalAlpha = level === 0 ? 0.14 : 0.1 + 0.13 * Math.abs(level);
      pen.lineWidth = level === 0 ? 0.8 : 0.5 + 0.2 * Math.abs(level);
      pen.stroke(path);
    }
    pen.globalAlpha = 1;
  }

  neurons(pen, column, layer, high, theme) {
    const count = this.counts[layer];
    const names = layer === 0 ? this.inputs : layer === this.counts.length - 1 ? this.outputs : null;
    const gap = column.length > 1 ? column[1][1] - column[0][1] : 20;
    pen.fillStyle = theme("--st-background-color");
    pen.strokeStyle = pen.shadowColor = theme("--st-text-color");
    pen.lineWidth = 1.4;
    for (const [x, y] of column) {
      pen.beginPath();
      pen.arc(x, y, Math.min(6, gap * 0.38), 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
    pen.fillStyle = theme("--st-text-color");
    pen.font = `13px ${theme("--st-font")}`;
    pen.textAlign = "center";
    if (names) {
      pen.textAlign = layer === 0 ? "right" : "left";
      column.forEach(([x, y], index) => pen.fillText(names[index] ?? "", x + (layer === 0 ? -10 : 10), y + 4));
    } else {
      pen.fillText(count > NEURONS ? `… ${count}` : String(count), column[0][0], high - 6);
    }
  }
}

// ---------------------------------------------------------------- the whole view

class View {
  constructor(parent) {
    this.parent = parent;
    this.turn = 0;
    this.watch = 0; // counts the loops that look at a run; only the newest goes on
    this.arrays = {};
    this.header = null;
    this.panels = new Map();
    this.diagram = new Diagram();
    this.build();
    this.wide = this.root.clientWidth;
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  build() {
    this.bar = element("div", { class: "tg-bar" });
    this.progress = element("div", { class: "tg-track", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.bar);
    this.state = element("span", { class: "tg-state", "aria-live": "polite" });
    this.pace = element("span", { class: "tg-pace" });
    this.numbers = element("dl", { class: "tg-numbers" });
    this.choosers = element("div", { class: "tg-choosers" });
    this.grid = element("div", { class: "tg-grid" });
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, value: 0, step: 1 });
    this.moment = element("output", { class: "tg-moment" });
    this.replay = element("div", { class: "tg-replay" }, this.play, this.slider, this.moment);
    this.slider.addEventListener("input", () => {
      this.playing = null;
      this.rewind();
    });
    this.play.addEventListener("click", () => (this.playing ? this.stopReplay() : this.replayAll()));
    this.root = element(
      "div",
      { class: "tg-live" },
      element("div", { class: "tg-status" }, this.state, this.pace),
      this.progress,
      this.choosers,
      this.grid,
      this.numbers,
      this.replay,
    );
    this.parent.append(this.root);
  }

  /** What the page shows now: called at every rerun, and when the theme changes. Returns the number of this turn. */
  update(data, notify) {
    const before = this.data;
    this.data = data;
    this.notify = notify;
    this.root.lang = data.locale;
    if (!before || before.problem !== data.problem) this.choices = Object.fromEntries(data.choices.map(({ name, options }) => [name, options[0][0]]));
    const reset = !before || before.run !== data.run || before.problem !== data.problem;
    if (reset) this.reset(before);
    this.told = null;
    this.setPanels();
    this.setChoosers();
    if (reset) this.showProgress(data.status, data.step, data.seconds); // else the page knows less than what was seen
    this.showNumbers();
    this.showReplay();
    this.draw(false);
    if (data.run && (reset || before.status !== data.status)) this.look(data.run);
    return ++this.turn;
  }

  end() {
    this.watch += 1;
    this.playing = null;
    this.resizing.disconnect();
    for (const panel of this.panels.values()) window.Plotly?.purge(panel.plot);
    this.root.remove();
  }

  /** Another run, another problem or none: nothing of the last stays but, for the same problem, its picture until the first frame comes. */
  reset(before) {
    this.watch += 1;
    this.since = -1;
    this.playing = null;
    this.marks = [];
    this.kept = [];
    this.header = null;
    const keep = this.data.run && before && before.problem === this.data.problem;
    if (!keep) this.arrays = this.data.reference ? decodeText(this.data.reference).arrays : {};
  }

  setPanels() {
    this.diagram.set(this.data.network);
    const nodes = [this.diagram.node];
    const names = this.data.panels.map(({ name }) => name);
    for (const [name, panel] of this.panels) {
      if (names.includes(name)) continue;
      window.Plotly?.purge(panel.plot);
      this.panels.delete(name);
    }
    for (const panel of this.data.panels) {
      if (!this.panels.has(panel.name)) this.panels.set(panel.name, new Panel());
      this.panels.get(panel.name).set(panel);
      nodes.push(this.panels.get(panel.name).node);
    }
    if (nodes.length !== this.grid.children.length || nodes.some((node, index) => node !== this.grid.children[index])) this.grid.replaceChildren(...nodes);
  }

  setChoosers() {
    const choosers = this.data.choices.filter(({ options }) => options.length > 1);
    const signature = JSON.stringify(choosers);
    if (signature === this.chooserSignature) return;
    this.chooserSignature = signature;
    const made = choosers.map(({ name, label, options }) => {
      const select = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
      select.value = this.choices[name];
      select.addEventListener("change", () => {
        this.choices[name] = select.value;
        this.draw(false);
      });
      return element("label", { class: "tg-chooser" }, label, " ", select);
    });
    this.choosers.replaceChildren(...made);
  }

  // -------------------------------------------------------------- looking at a run

  async look(run) {
    const watch = ++this.watch;
    let misses = 0;
    while (watch === this.watch) {
      await shown();
      const answer = await fetch(`${base()}api/runs/${run}/frame?since=${this.since}`, { cache: "no-store" }).catch(() => null);
      const buffer = answer?.status === 200 ? await answer.arrayBuffer().catch(() => null) : null;
      if (watch !== this.watch) return;
      const status = answer?.headers.get("X-Run-Status");
      if (answer?.status === 404) return; // deleted by somebody: what was drawn stays
      if (!status) {
        await sleep(RETRY); // the server is gone or busy: what was drawn stays, too
        continue;
      }
      const active = ACTIVE.includes(status);
      const begun = performance.now();
      if (active) this.forgetMoments();
      if (buffer) {
        this.since = Number(answer.headers.get("X-Frame-Version"));
        this.take(decode(buffer));
        await this.draw(active);
        if (watch !== this.watch) return;
      }
      const reached = ["Step", "Seconds"].map((name) => Number(answer.headers.get(`X-Run-${name}`)));
      this.showProgress(status, Math.max(reached[0], this.header?.step ?? 0), Math.max(reached[1], this.header?.seconds ?? 0));
      if (status !== this.data.status && status !== this.told) this.notify((this.told = status));
      const drawing = performance.now() - begun;
      misses = buffer ? 0 : misses + 1;
      if (active) await sleep(buffer ? Math.max(TICK - drawing, drawing * (1 / SHARE - 1)) : Math.min(AGAIN + 2 * misses, TICK));
      else if (!buffer) {
        await this.loadMoments(run, watch);
        if (OVER.includes(status)) return;
        await sleep(IDLE);
      }
    }
  }

  take({ header, arrays }) {
    this.header = header;
    this.arrays = arrays;
    this.showNumbers();
  }

  /**
   * Draw what has changed. A chart takes 10 to 25 ms; so while it trains (`quick`) a frame draws the first, and of the others the one that
   * has waited longest.
   */
  async draw(quick) {
    const style = getComputedStyle(this.parent);
    const cache = new Map();
    const theme = (variable) => {
      if (!cache.has(variable)) cache.set(variable, style.getPropertyValue(variable).trim());
      return cache.get(variable);
    };
    const Plotly = await loadPlotly(this.data.plotly).catch(() => null);
    if (!Plotly) return say(this.pace, this.data.texts.noCharts);
    const charts = [...this.panels.values(), this.diagram].filter((chart) => chart.prepare(this.arrays, this.choices, theme));
    const [lead, ...others] = charts.includes(this.panels.values().next().value) ? charts : [null, ...charts];
    others.sort((a, b) => a.last - b.last);
    const config = configuration(this.data.texts.plotly);
    for (const chart of [lead, ...(quick ? others.slice(0, 1) : others)]) chart?.draw(Plotly, config);
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

  // -------------------------------------------------------------- words and numbers

  showProgress(status, step, seconds) {
    const { texts, limits } = this.data;
    const running = status === "running";
    if (running) this.marks = [...this.marks.filter(([, then]) => seconds - then < 2), [step, seconds]];
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    let rate = seconds > 0 ? step / seconds : 0;
    if (running && last[1] > first[1]) rate = (last[0] - first[0]) / (last[1] - first[1]);
    const done = Math.max(limits.steps ? step / limits.steps : 0, limits.seconds ? seconds / limits.seconds : 0, status === "done" ? 1 : 0);
    const left = Math.min(limits.steps ? (limits.steps - step) / rate : Infinity, limits.seconds ? limits.seconds - seconds : Infinity);
    const number = new Intl.NumberFormat(this.data.locale, { maximumFractionDigits: 0 });
    const values = {
      step: number.format(step),
      steps: limits.steps ? number.format(limits.steps) : "",
      rate: number.format(rate >= 100 ? Number(rate.toPrecision(2)) : rate),
      elapsed: this.duration(seconds),
      left: this.duration(left),
    };
    const parts = step > 0 ? [limits.steps ? texts.stepOf : texts.step, texts.rate, texts.elapsed] : [];
    if (running && step > 0 && Number.isFinite(left)) parts.push(texts.left);
    say(this.state, status ? texts.status[status] : texts.status.none);
    say(this.pace, parts.map((pattern) => fill(pattern, values)).join(" · "));
    this.state.dataset.status = status ?? "none";
    this.bar.style.transform = `scaleX(${Math.min(done, 1)})`;
    this.progress.setAttribute("aria-valuenow", Math.round(100 * Math.min(done, 1)));
    this.progress.setAttribute("aria-label", texts.progress);
    this.progress.setAttribute("aria-valuetext", this.pace.textContent || this.state.textContent);
  }

  duration(seconds) {
    const { texts } = this.data;
    if (seconds < 60) return fill(texts.seconds, { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
    return fill(texts.minutes, { minutes: Math.floor(seconds / 60), seconds: Math.round(seconds % 60) });
  }

  showNumbers() {
    const { texts, locale } = this.data;
    const scores = this.header ?? this.data.scores ?? {};
    const each = (values) => {
      const pairs = Object.entries(values ?? {});
      return pairs.length < 2 ? [brief(pairs[0]?.[1], locale)] : pairs.map(([unknown, value]) => `${unknown}: ${brief(value, locale)}`);
    };
    const rows = [
      [texts.relativeL2, each(scores.relative_l2)],
      [texts.maxError, each(scores.max_error)],
      [texts.loss, [brief(scores.loss, locale)]],
    ];
    if (!this.numbers.children.length) {
      for (const _ of rows) this.numbers.append(element("div", {}, element("dt"), element("dd")));
    }
    rows.forEach(([name, values], index) => {
      const [term, value] = this.numbers.children[index].children;
      say(term, name);
      say(value, values.join("  "));
    });
  }

  // -------------------------------------------------------------- replay

  async loadMoments(run, watch) {
    if (this.kept.length) return;
    const answer = await fetch(`${base()}api/runs/${run}/snapshots`).catch(() => null);
    const found = answer?.ok ? await answer.json() : { steps: [] };
    if (watch !== this.watch) return;
    this.kept = found.steps;
    this.slider.max = Math.max(this.kept.length - 1, 0);
    this.slider.value = this.slider.max;
    this.showReplay();
  }

  forgetMoments() {
    if (!this.kept.length) return;
    this.kept = [];
    this.playing = null;
    this.showReplay();
  }

  showReplay() {
    const { texts } = this.data;
    const ready = this.kept.length > 1;
    const step = new Intl.NumberFormat(this.data.locale).format(this.kept[this.slider.value] ?? 0);
    this.replay.classList.toggle("tg-off", !ready);
    this.play.disabled = this.slider.disabled = !ready;
    say(this.play, this.playing ? texts.stopReplay : texts.replay);
    say(this.moment, ready ? fill(texts.step, { step }) : "");
    this.slider.setAttribute("aria-label", texts.replayStep);
    this.slider.setAttribute("aria-valuetext", this.moment.textContent);
  }

  /** Show the moment that the slider stands at. */
  async rewind() {
    const [watch, index] = [this.watch, this.slider.value];
    this.showReplay();
    const answer = await fetch(`${base()}api/runs/${this.data.run}/snapshot?step=${this.kept[index]}`).catch(() => null);
    const buffer = answer?.ok ? await answer.arrayBuffer() : null;
    if (!buffer || watch !== this.watch || index !== this.slider.value) return;
    this.take(decode(buffer));
    await this.draw(false);
  }

  async replayAll() {
    const turn = (this.playing = {});
    let index = Number(this.slider.value) < this.kept.length - 1 ? Number(this.slider.value) : 0;
    for (; index < this.kept.length && turn === this.playing; index++) {
      this.slider.value = index;
      await Promise.all([this.rewind(), sleep(REPLAY)]);
    }
    if (turn === this.playing) this.stopReplay();
  }

  stopReplay() {
    this.playing = null;
    this.showReplay();
  }
}
