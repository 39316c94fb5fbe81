// Tensors in NumPy's place: an operation to choose, the code of both, their times as a chart and a table, and a verdict.

const views = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Tensors(parentElement)));
  const turn = view.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Tensors {
  constructor(parent) {
    this.turn = 0;
    this.asking = new Asking({ begin: () => this.begin(), take: (event) => this.take(event) });
    this.select = element("select");
    this.label = element("span");
    this.select.addEventListener("change", () => this.choose(this.select.value));
    this.asking.node.prepend(element("label", { class: "as-chooser" }, this.label, this.select));
    this.numpy = element("pre", { class: "te-code" });
    this.torch = element("pre", { class: "te-code" });
    const codes = element("div", { class: "te-codes" });
    for (const [name, code] of [["NumPy", this.numpy], ["PyTorch", this.torch]]) codes.append(element("div", {}, element("h4", { class: "tg-title" }, name), code));
    this.remark = element("p", { class: "te-words" });
    this.verdict = element("div", { class: "te-verdict", role: "status" });
    this.plot = new Plot(parent);
    this.head = element("tr");
    this.body = element("tbody");
    const table = element("table", { class: "te-table" }, element("thead", {}, this.head), this.body);
    const scroll = element("div", { class: "te-scroll", tabindex: "0" }, table);
    this.steps = element("div", { class: "te-steps", hidden: "" }, this.plot.node, scroll);
    this.root = element("section", { class: "as-section" }, this.asking.node, codes, this.remark, this.asking.fault, this.verdict, this.steps);
    parent.append(this.root);
  }

  update(data, ask) {
    this.data = data;
    say(this.label, data.texts.operation);
    if (!this.select.children.length) {
      this.select.append(...data.operations.map(({ name, label }) => element("option", { value: name }, label)));
      this.choose(data.operations[0].name);
    }
    this.asking.update(data, ask);
    if (this.told) this.draw();
    return ++this.turn;
  }

  operation(name) {
    return this.data.operations.find((operation) => operation.name === name);
  }

  /** Show the code of an operation, which is the next to be measured. What was measured stays. */
  choose(name) {
    const { numpy, torch, square, remark } = this.operation(name);
    const { texts } = this.data;
    this.select.value = this.asking.choice = name;
    say(this.numpy, numpy);
    say(this.torch, torch);
    say(this.remark, [square ? texts.matrices : texts.vectors, remark].join(" "));
  }

  begin() {
    this.told = null;
    this.results = [];
    this.verdict.replaceChildren();
  }

  take(event) {
    if (event.event === "contenders") {
      this.told = event;
      this.names = new Map(event.contenders.map((contender) => [contender.name, fill(this.data.texts.on, contender)]));
      this.steps.hidden = false;
      this.choose(event.operation);
      this.tabulate();
    } else if (event.event === "result") {
      this.results.push(event);
      this.tabulate();
    } else if (event.event === "verdict") {
      this.judge(event.compared);
      return;
    } else return;
    say(this.asking.note, fill(this.data.texts.measuring, { done: this.results.length, all: this.told.sizes.length }));
    this.draw();
  }

  draw() {
    const { texts, colours, layout } = this.data;
    const traces = this.told.contenders.map(({ name, library }, index) => ({
      x: this.results.map(({ size }) => size),
      y: this.results.map(({ seconds }) => seconds[name]),
      name: name === "numpy" ? library : `${library}, ${name}`,
      mode: "lines+markers",
      line: { color: colours[index % colours.length], width: 2 },
      hovertemplate: "%{x:.3~s}: %{y:.2~s}s<extra>%{fullData.name}</extra>",
    }));
    const { sizes, operation } = this.told;
    const range = [Math.log10(sizes[0]) - 0.1, Math.log10(sizes.at(-1)) + 0.1];
    this.plot.set(fill(texts.title, { code: this.operation(operation).torch }), traces, { ...layout, xaxis: { ...layout.xaxis, range } }, this.data);
  }

  tabulate() {
    const { texts, locale } = this.data;
    const others = this.told.contenders.filter(({ name }) => name !== "numpy");
    const heads = [texts.numbers, "NumPy, s", ...others.flatMap(({ name }) => [`torch ${name}, s`, fill(texts.times, { name })])];
    this.head.replaceChildren(...heads.map((text) => element("th", { scope: "col" }, text)));
    const rows = this.results.map(({ size, seconds }) => {
      const cells = [brief(seconds.numpy, locale), ...others.flatMap(({ name }) => [brief(seconds[name], locale), brief(seconds.numpy / seconds[name], locale)])];
      return element("tr", {}, element("th", { scope: "row" }, whole(size, locale)), ...cells.map((cell) => element("td", {}, cell)));
    });
    this.body.replaceChildren(...rows);
  }

  /** Say in words what was measured. */
  judge(compared) {
    const { texts } = this.data;
    const words = Object.entries(compared).map(([name, beside]) => this.judged(this.names.get(name), beside));
    if (Object.keys(compared).length === 1) words.push(texts.noGpu);
    if (this.results.length < this.told.sizes.length) words.push(texts.leftOut);
    this.verdict.replaceChildren(...words.map((text) => element("p", {}, text)));
  }

  judged(name, { ratios, faster, slower }) {
    const { texts, locale } = this.data;
    const sizes = this.results.map(({ size }) => size);
    const [most, least] = [Math.max(...ratios), Math.min(...ratios)];
    const at = (ratio) => whole(sizes[ratios.indexOf(ratio)], locale);
    const values = { name, all: sizes.length, faster: faster.length, slower: slower.length, fast: brief(most, locale), slow: brief(1 / least, locale), best: at(most), worst: at(least) };
    if (!faster.length && !slower.length) return fill(texts.equal, values);
    if (!faster.length) return fill(texts.slower, values);
    if (!slower.length) return fill(texts.faster, values);
    const whence = sizes.indexOf(faster[0]);
    const onwards = faster.length === sizes.length - whence && slower.length === whence;
    return fill(onwards ? texts.from : texts.mixed, { ...values, first: whole(faster[0], locale) });
  }

  end() {
    this.asking.end();
    this.plot.end();
    this.root.remove();
  }
}
