// The diagram of the network.

const NEURONS = 16; // drawn in a layer, at most; the frames thin the weights alike

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
    pen.font = `13px ${theme("--st-font")}`;
    const columns = this.places(pen, wide, high);
    columns.slice(1).forEach((column, layer) => this.edges(pen, columns[layer], column, weights[layer], theme));
    columns.forEach((column, layer) => this.neurons(pen, column, layer, high, theme));
  }

  /** Where the neurons stand: a column a layer, evenly spread, at most NEURONS each; the names of the inputs have room beside theirs. */
  places(pen, wide, high) {
    const [side, top, bottom] = [26, 12, 26];
    const left = Math.max(side, 14 + Math.max(...this.inputs.map((name) => pen.measureText(name).width)));
    return this.counts.map((count, layer) => {
      const drawn = Math.min(count, NEURONS);
      const x = left + ((wide - left - side) * layer) / (this.counts.length - 1);
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
    pen.textAlign = "center";
    if (names) {
      pen.textAlign = layer === 0 ? "right" : "left";
      const every = column.length > 1 ? (count - 1) / (column.length - 1) : 0; // of more names than neurons drawn, theirs
      column.forEach(([x, y], index) => pen.fillText(names[Math.round(index * every)] ?? "", x + (layer === 0 ? -10 : 10), y + 4));
    } else {
      pen.fillText(count > NEURONS ? `… ${count}` : String(count), column[0][0], high - 6);
    }
  }
}
