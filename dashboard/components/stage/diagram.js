// The diagram of the network.

import { largest, same } from "../shared/frames.js";
import { element, say } from "../shared/words.js";

const NEURONS = 16; // drawn in a layer, at most; the frames thin the weights alike

/** @typedef {import("../shared/frames.js").Field} Field */
/** @typedef {import("../shared/page.js").Theme} Theme */
/** @typedef {[x: number, y: number]} Point */

/**
 * A network, as dashboard/components/stage/stage.py sends it.
 *
 * @typedef {object} Network
 * @property {string} title
 * @property {string} label
 * @property {string[]} inputs
 * @property {string[]} outputs
 * @property {number} depth
 * @property {number} width
 */
/** @typedef {{ weights: (Field | undefined)[], look: string, theme: Theme, wide: number, high: number }} Drawing */

/** The network as layers of neurons, with weights as lines: blue below zero, red above, the stronger the darker. */
export class Diagram {
  hero = false;
  /** @type {string[]} */
  inputs = [];
  /** @type {string[]} */
  outputs = [];
  /** @type {number[]} */
  counts = [];
  /** @type {Drawing | null} */
  drawn = null;
  /** @type {Drawing | null} */
  next = null;

  /** @param {() => void} chosen called when the visitor wants it as the hero */
  constructor(chosen) {
    this.name = element("button", { class: "tg-name", type: "button" });
    this.name.addEventListener("click", chosen);
    this.title = element("h2", { class: "tg-title" }, this.name);
    this.canvas = element("canvas", { class: "tg-network", role: "img" });
    this.node = element("section", { class: "tg-panel" }, this.title, element("div", { class: "tg-place" }, this.canvas));
  }

  /** @param {Network} network */
  set({ title, label, inputs, outputs, depth, width }) {
    say(this.name, title);
    this.canvas.setAttribute("aria-label", label);
    Object.assign(this, { inputs, outputs, counts: [inputs.length, ...Array(depth).fill(width), outputs.length] });
  }

  /**
   * Whether there is something to draw that is not drawn.
   *
   * @param {Pick<import("./panel.js").Scene, "arrays">} scene
   * @param {Theme} theme
   */
  prepare({ arrays }, theme) {
    const weights = this.counts.slice(1).map((_, layer) => arrays[`weights.${layer}`]);
    const { clientWidth: wide, clientHeight: high } = this.canvas;
    const look = [wide, high, window.devicePixelRatio, this.inputs, this.counts, this.outputs, theme("--st-text-color")].join();
    this.next = { weights, look, theme, wide, high };
    const { drawn } = this;
    return wide > 0 && (!drawn || drawn.look !== look || weights.some((weight, index) => !same(weight, drawn.weights[index])));
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    if (!this.next || !pen) return;
    this.drawn = this.next;
    const { theme, wide, high } = this.drawn;
    const weights = this.fitting(this.drawn.weights);
    const scale = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(wide * scale)) this.canvas.width = Math.round(wide * scale);
    if (this.canvas.height !== Math.round(high * scale)) this.canvas.height = Math.round(high * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, wide, high);
    pen.font = `13px ${theme("--st-font")}`;
    const columns = this.places(pen, wide, high);
    columns.slice(1).forEach((column, layer) => {
      drawEdges(pen, columns[layer], column, weights[layer], theme);
    });
    columns.forEach((column, layer) => {
      this.drawNeurons(pen, column, layer, high, theme);
    });
  }

  /**
   * The weights of all layers, or none: those of another network do not fit.
   *
   * @param {(Field | undefined)[]} weights
   */
  fitting(weights) {
    const { counts } = this;
    const sides = (/** @type {number} */ layer) => [counts[layer + 1], counts[layer]].map((count) => Math.min(count, NEURONS));
    return weights.every((weight, layer) => weight && sides(layer).every((n, side) => weight.shape[side] === n)) ? weights : [];
  }

  /**
   * Where the neurons stand: a column a layer, evenly spread, at most NEURONS each; the names of the inputs have room beside theirs.
   *
   * @param {CanvasRenderingContext2D} pen
   * @param {number} wide
   * @param {number} high
   * @returns {Point[][]}
   */
  places(pen, wide, high) {
    const [side, top, bottom] = [26, 12, 26];
    const room = (/** @type {string[]} */ names) => Math.max(side, 14 + Math.max(...names.map((name) => pen.measureText(name).width)));
    const [left, right] = [room(this.inputs), room(this.outputs)];
    return this.counts.map((count, layer) => {
      const drawn = Math.min(count, NEURONS);
      const x = left + ((wide - left - right) * layer) / (this.counts.length - 1);
      const gap = Math.min(Math.max(0, high - top - bottom) / drawn, 34);
      const middle = top + (high - top - bottom) / 2;
      return Array.from({ length: drawn }, (_, index) => [x, middle + (index - (drawn - 1) / 2) * gap]);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Point[]} column
   * @param {number} layer
   * @param {number} high
   * @param {Theme} theme
   */
  drawNeurons(pen, column, layer, high, theme) {
    const count = this.counts[layer];
    const names = layer === 0 ? this.inputs : layer === this.counts.length - 1 ? this.outputs : null;
    const gap = column.length > 1 ? column[1][1] - column[0][1] : 20;
    pen.fillStyle = theme("--st-background-color");
    pen.strokeStyle = pen.shadowColor = theme("--st-text-color");
    pen.lineWidth = 1.4;
    for (const [x, y] of column) {
      pen.beginPath();
      pen.arc(x, y, Math.max(1, Math.min(6, gap * 0.38)), 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
    pen.fillStyle = theme("--st-text-color");
    pen.textAlign = "center";
    if (names) {
      pen.textAlign = layer === 0 ? "right" : "left";
      const every = column.length > 1 ? (count - 1) / (column.length - 1) : 0; // of more names than neurons drawn, theirs
      column.forEach(([x, y], index) => {
        pen.fillText(names[Math.round(index * every)] ?? "", x + (layer === 0 ? -10 : 10), y + 4);
      });
    } else {
      const room = this.drawn ? this.drawn.wide / this.counts.length : 0;
      const fits = (/** @type {string} */ text) => pen.measureText(text).width < 0.8 * room;
      const text = [`… ${count}`, String(count)].slice(count > NEURONS ? 0 : 1).find(fits);
      if (text ?? layer === 1) pen.fillText(text ?? String(count), column[0][0], high - 6);
    }
  }
}

/**
 * Lines of like strength are drawn in one stroke: a stroke each would cost ten times as much.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Point[]} from
 * @param {Point[]} to
 * @param {Field | undefined} weight
 * @param {Theme} theme
 */
function drawEdges(pen, from, to, weight, theme) {
  /** @type {Map<number, Path2D>} */
  const strokes = new Map();
  const most = weight ? largest(weight.values) || 1 : 1;
  to.forEach((end, row) => {
    from.forEach((start, column) => {
      const value = weight ? weight.values[row * from.length + column] / most : 0;
      const level = Math.round(value * 6);
      if (weight && level === 0) return;
      const path = strokes.get(level) ?? new Path2D();
      strokes.set(level, path);
      path.moveTo(...start);
      path.lineTo(...end);
    });
  });
  for (const [level, path] of strokes) {
    pen.strokeStyle = level === 0 ? theme("--st-text-color") : level < 0 ? "#2b83c6" : "#d6544b";
    pen.globalAlpha = level === 0 ? 0.14 : 0.1 + 0.13 * Math.abs(level);
    pen.lineWidth = level === 0 ? 0.8 : 0.5 + 0.2 * Math.abs(level);
    pen.stroke(path);
  }
  pen.globalAlpha = 1;
}
