// The engines of derivatives: a training to choose, the steps a second of each as bars that follow the turns, and a verdict.

const views = new WeakMap();
const ROOM = 1.45; // how much longer than the longest bar the axis is: what is written beside it needs that

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new Engines(parentElement)));
  const turn = view.update(data, (asked) => setTriggerValue("asked", asked));
  return () => {
    if (view.turn !== turn) return;
    views.delete(parentElement);
    view.end();
  };
}

class Engines {
  constructor(parent) {
    this.turn = 0;
    this.asking = new Asking({ begin: () => this.begin(), take: (event) => this.take(event) });
    this.select = element("select");
    this.label = element("span");
    this.select.addEventListener("change", () => (this.asking.choice = this.select.value));
    this.asking.node.prepend(element("label", { class: "as-chooser" }, this.label, this.select));
    this.verdict = element("p", { class: "en-verdict", role: "status" });
    this.plot = new Plot(parent);
    this.plot.node.classList.add("en-bars");
    this.root = element("section", { class: "as-section" }, this.asking.node, this.asking.fault, this.verdict, this.plot.node);
    parent.append(this.root);
  }

  update(data, ask) {
    this.data = data;
    say(this.label, data.texts.training);
    if (!this.select.children.length) {
      this.select.append(...data.trainings.map(({ name, label }) => element("option", { value: name }, label)));
      this.asking.choice = data.trainings[0].name;
    }
    this.asking.update(data, ask);
    if (this.result) this.draw();
    return ++this.turn;
  }

  begin() {
    this.told = this.result = null;
    say(this.verdict, "");
    this.plot.node.hidden = true;
  }

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
    const { texts, layout, engines, trainings, locale } = this.data;
    const { rates, ratios } = this.result;
    const names = this.told.engines;
    const written = (name) => (name === names[0] ? this.rate(name) : fill(texts.times, { rate: this.rate(name), ratio: brief(ratios[name], locale) }));
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
    const { label } = trainings.find(({ name }) => name === this.told.problem);
    const axes = { xaxis: { ...layout.xaxis, range }, yaxis: { ...layout.yaxis, autorange: "reversed" } };
    this.plot.set(fill(texts.title, { label }), [bars], { ...layout, ...axes }, this.data);
    this.plot.plot.setAttribute("aria-label", `${fill(texts.title, { label })}. ${names.map((name) => `${engines[name].name}: ${written(name)}`).join("; ")}`);
  }

  rate(name) {
    return whole(Number(this.result.rates[name].toPrecision(3)), this.data.locale);
  }

  /** Say in words what was measured. */
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
