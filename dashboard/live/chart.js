// One figure in its reserved place.

/** A figure in its reserved place: its title, its chart, and a hint while there is nothing to draw. */
class Panel {
  constructor() {
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "tg-plot", role: "img" });
    this.hint = element("p", { class: "tg-hint" });
    this.place = element("div", { class: "tg-place tg-empty" }, this.plot, this.hint);
    this.node = element("section", { class: "tg-panel" }, this.title, this.place);
  }

  /** Take a skeleton; what was drawn from an equal one stays. `missing` says why there is no reference, should the figure need one. */
  set({ title, hint, span, tall, label, figure, reference }, missing) {
    say(this.title, title);
    say(this.hint, (reference && missing) || hint);
    Object.assign(this.node.dataset, { span, tall });
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

  /**
   * Whether there is something to draw that is not drawn; `choices` stand for {unknown} and the like, and `choices.at` is where slices are
   * cut; `theme` gives CSS variables.
   */
  prepare(arrays, choices, theme) {
    const wanted = (name) => arrays[name.replace(/\{(\w+)\}/g, (_, choice) => choices[choice])];
    const first = (names) => names.map(wanted).find((array) => array);
    const places = this.data.map(({ meta }) => Object.entries(meta.fill).map(([place, name]) => [place, wanted(name)]));
    const scales = this.data.map(({ meta }) => meta.limits && first(meta.limits.of));
    const sources = [...places.flat().map(([, array]) => array), ...scales];
    const cuts = this.data.map(({ meta }) => meta.slice && arrays[meta.slice.along] && nearest(arrays[meta.slice.along], choices.at));
    const colours = this.themed.map(([, , variable]) => theme(variable));
    const look = [...colours, ...cuts].join();
    this.next = { places, scales, sources, colours, cuts, look };
    const { drawn } = this;
    return !drawn || drawn.look !== look || sources.some((source, index) => !same(source, drawn.sources[index]));
  }

  draw(Plotly, config) {
    const { places, scales, colours, cuts } = (this.drawn = this.next);
    this.last = performance.now();
    this.themed.forEach(([object, name], index) => (object[name] = colours[index]));
    let empty = true;
    this.data.forEach((trace, index) => {
      const complete = places[index].every(([, array]) => array);
      const cut = ([place, array]) => (place === "z" && trace.meta.slice ? sliced(array, trace.meta.slice.dimension, cuts[index]) : array);
      for (const filled of places[index]) trace[filled[0]] = complete ? plain(cut(filled), trace.meta.absolute && filled[0] === "z") : [];
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
