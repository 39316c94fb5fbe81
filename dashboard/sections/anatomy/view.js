// One step, taken apart: the program's lines to walk through, what each has done to the tensors, the graphs, and two charts.

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Anatomy(parentElement)));
  const turn = view.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Anatomy {
  constructor(parent) {
    this.turn = 0;
    this.asking = new Asking({ begin: () => this.begin(), take: (event) => this.take(event) });
    this.previous = element("button", { class: "as-button", type: "button" });
    this.next = element("button", { class: "as-button", type: "button" });
    this.previous.addEventListener("click", () => this.choose(this.at - 1));
    this.next.addEventListener("click", () => this.choose(this.at + 1));
    this.programTitle = element("h4", { class: "tg-title" });
    this.program = element("ol", { class: "an-program" });
    const walk = element("div", { class: "an-walk" }, this.previous, this.next);
    const left = element("div", { class: "an-left" }, this.programTitle, this.program, walk);
    this.doneTitle = element("h4", { class: "tg-title" });
    this.words = element("p", { class: "an-words" });
    this.tensors = element("div", { class: "an-tensors" });
    const right = element("div", { class: "an-right", "aria-live": "polite" }, this.doneTitle, this.words, this.tensors);
    this.graphTitle = element("h4", { class: "tg-title" });
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

  update(data, ask) {
    this.data = data;
    const { texts } = data;
    say(this.programTitle, texts.program);
    say(this.doneTitle, texts.tensors);
    say(this.previous, texts.previous);
    say(this.next, texts.next);
    say(this.graphTitle, texts.graph);
    say(this.legend, texts.legend);
    this.asking.update(data, ask);
    if (this.told) this.drawCurves(this.told);
    return ++this.turn;
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

  take(event) {
    if (event.event === "line") this.addLine(event);
    else if (event.event === "graph") this.addGraph(event);
    else if (event.event === "curves") {
      this.told = event;
      this.drawCurves(event);
    }
  }

  addLine(line) {
    const index = this.lines.push(line) - 1;
    const button = element("button", { class: "an-line", type: "button" }, element("code", {}, line.code));
    button.addEventListener("click", () => this.choose(index));
    this.program.append(element("li", {}, button));
    this.steps.hidden = false;
    this.choose(this.at);
  }

  /** Stop at a line: mark it, and show what it has done. */
  choose(index) {
    this.at = Math.max(0, Math.min(index, this.lines.length - 1));
    [...this.program.children].forEach((item, place) => {
      if (place === this.at) item.firstChild.setAttribute("aria-current", "step");
      else item.firstChild.removeAttribute("aria-current");
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

  /** A tensor that a line has made or changed; of a changed one, only what is other than before. */
  card({ name, shape, value, grad, requires_grad, grad_fn, was }) {
    const { texts } = this.data;
    const facts = [`(${shape.join(", ")}${shape.length === 1 ? "," : ""})`, ...(requires_grad ? [texts.wanted] : []), ...(grad_fn ? [`grad_fn: ${grad_fn}`] : [])];
    const head = element("div", { class: "an-facts" }, element("code", { class: "an-name" }, name), ...facts.map((fact) => element("code", {}, fact)));
    const rows = [];
    if (!was) rows.push(this.change("", null, value));
    else if (!alike(was.value, value)) rows.push(this.change("", was.value, value));
    if (was && !alike(was.grad, grad)) rows.push(this.change(".grad", was.grad ?? texts.none, grad ?? texts.none));
    return element("div", { class: "an-card" }, head, ...rows);
  }

  change(what, before, after) {
    const { texts } = this.data;
    const side = (label, value) => element("div", {}, element("small", {}, `${what} ${label}`), element("pre", {}, typeof value === "string" ? value : printed(value)));
    if (before === null) return element("div", { class: "an-change" }, side(texts.made, after));
    return element("div", { class: "an-change" }, side(texts.before, before), element("span", { class: "an-becomes", "aria-hidden": "true" }, "→"), side(texts.after, after));
  }

  addGraph(graph) {
    const button = element("button", { class: "as-button", type: "button" }, fill(this.data.texts.of, { name: graph.of }));
    button.addEventListener("click", () => this.showGraph(graph.of));
    this.graphs.append(button);
    this.known.set(graph.of, { graph, button });
    this.picture.hidden = false;
    this.showGraph(graph.of);
  }

  showGraph(name) {
    for (const [other, { button }] of this.known) button.setAttribute("aria-pressed", String(other === name));
    const { graph } = this.known.get(name);
    const label = fill(this.data.texts.described, { name, nodes: graph.nodes.length, edges: graph.edges.length });
    this.graph.replaceChildren(drawGraph(graph, label));
    this.graph.scrollLeft = (this.graph.scrollWidth - this.graph.clientWidth) / 2;
  }

  drawCurves({ cleared, kept }) {
    const { texts, lines, locale } = this.data;
    this.curves.hidden = false;
    for (const kind of ["losses", "gradients"]) {
      const traces = Object.entries({ cleared, kept }).map(([name, told]) => ({
        x: told[kind].map((_, index) => index + 1),
        y: told[kind],
        name: texts[name],
        mode: "lines",
        line: { ...lines[name], width: 2 },
        hovertemplate: "%{x}: %{y:.2~e}<extra>%{fullData.name}</extra>",
      }));
      this[kind].set(texts[kind], traces, this.data[kind], this.data);
    }
    const ratio = kept.gradients.at(-1) / cleared.gradients.at(-1);
    const numbers = { cleared: brief(cleared.losses.at(-1), locale), kept: brief(kept.losses.at(-1), locale), ratio: whole(Number(ratio.toPrecision(2)), locale) };
    say(this.verdict, fill(texts.verdict, { steps: cleared.losses.length, ...numbers }));
  }

  end() {
    this.asking.end();
    this.losses.end();
    this.gradients.end();
    this.root.remove();
  }
}

const alike = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** A tensor's numbers as torch prints them, a row a line. */
function printed(value) {
  const one = (number) => number.toFixed(4).replace("-", "−").padStart(7);
  if (!Array.isArray(value)) return one(value).trim();
  if (!Array.isArray(value[0])) return `[${value.map(one).join(", ")}]`;
  return `[${value.map(printed).join(",\n ")}]`;
}
