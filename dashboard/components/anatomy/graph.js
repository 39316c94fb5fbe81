// A graph in layers, drawn as SVG: nodes in rows, edges that go around nodes.

const SVG = "http://www.w3.org/2000/svg";
const ROW = 64; // pixels from layer to layer
const HIGH = 30; // of a node
const GAP = 16; // between two nodes of a layer
const LETTER = 7.3; // pixels of a letter's width
const SWEEPS = 12;
const MOVES = 40;

/**
 * A graph, as core/why_pytorch/anatomy.py tells of it; an edge names two nodes by their places.
 *
 * @typedef {object} Graph
 * @property {{ name: string, leaf: string | null, layer: number }[]} nodes
 * @property {[start: number, end: number][]} edges
 */
/** @typedef {{ layer: number, wide: number, x: number, up: Place[], down: Place[] }} Place */

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children
 */
function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * @param {number} layer
 * @param {number} wide
 * @returns {Place}
 */
function place(layer, wide) {
  return { layer, wide, x: 0, up: [], down: [] };
}

/**
 * The graph's picture. Edges that pass layers get a place in each, as if they were nodes: so none runs through one.
 *
 * @param {Graph} graph
 * @param {string} label
 */
export function drawGraph({ nodes, edges }, label) {
  const places = nodes.map(({ name, leaf, layer }) => place(layer, LETTER * (leaf ?? name).length + 20));
  const ways = edges.map(([start, end]) => {
    const [first, last] = [places[start], places[end]];
    const between = Array.from({ length: Math.max(last.layer - first.layer - 1, 0) }, (_, index) => place(first.layer + index + 1, 4));
    places.push(...between);
    const way = [first, ...between, last];
    way.slice(1).forEach((below, index) => {
      below.up.push(way[index]);
      way[index].down.push(below);
    });
    return way;
  });
  /** @type {Place[][]} */
  const layers = [];
  for (const one of places) {
    layers[one.layer] ??= [];
    layers[one.layer].push(one);
  }
  const width = arrange(layers);
  const lines = ways.map((way) => shape("path", { class: "an-edge", d: curve(way), "marker-end": "url(#an-arrow)" }));
  const boxes = nodes.map(({ name, leaf }, index) => {
    const { x, layer, wide } = places[index];
    const kind = leaf ? "an-leaf" : name.includes("BackwardBackward") ? "an-second" : index ? "" : "an-root";
    const box = shape("rect", { x: x - wide / 2, y: layer * ROW + 1, width: wide, height: HIGH, rx: 6 });
    const words = shape("text", { x, y: layer * ROW + 20 }, leaf ?? name);
    return shape("g", { class: `an-node ${kind}` }, shape("title", {}, leaf ? `${name}: ${leaf}` : name), box, words);
  });
  const tip = shape("path", { class: "an-tip", d: "M0,0L8,4L0,8z" });
  const arrow = { id: "an-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  const high = (layers.length - 1) * ROW + HIGH + 2;
  const size = { viewBox: `0 0 ${width} ${high}`, width, height: high, role: "img", "aria-label": label, class: "an-svg" };
  return shape("svg", size, shape("defs", {}, shape("marker", arrow, tip)), ...lines, ...boxes);
}

/**
 * Give each place its x: neighbours near to one another, in an order with few crossings. Returns the width of it all.
 *
 * @param {Place[][]} layers
 */
export function arrange(layers) {
  layers.forEach(pack);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const downwards = sweep % 2 === 0;
    for (const layer of downwards ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map((one) => [one, mean(downwards ? one.up : one.down, one.x)]));
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      pack(layer);
    }
  }
  // The order is found; now each place moves towards its neighbours, as far as those beside it leave room.
  for (let move = 0; move < MOVES; move++) layers.forEach(loosen);
  const all = layers.flat();
  const left = Math.min(...all.map(({ x, wide }) => x - wide / 2)) - 2;
  for (const one of all) one.x -= left;
  return Math.max(...all.map(({ x, wide }) => x + wide / 2)) + 2;
}

/**
 * @param {Place[]} others
 * @param {number} fallback
 */
function mean(others, fallback) {
  return others.length ? others.reduce((sum, { x }) => sum + x, 0) / others.length : fallback;
}

/**
 * Put the places of a layer side by side, about zero.
 *
 * @param {Place[]} layer
 */
function pack(layer) {
  let right = 0;
  for (const one of layer) {
    one.x = right + one.wide / 2;
    right += one.wide + GAP;
  }
  for (const one of layer) one.x -= (right - GAP) / 2;
}

/** @param {Place[]} layer */
function loosen(layer) {
  layer.forEach((one, index) => {
    const [last, next] = [layer[index - 1], layer[index + 1]];
    const least = last ? last.x + (last.wide + one.wide) / 2 + GAP : Number.NEGATIVE_INFINITY;
    const most = next ? next.x - (next.wide + one.wide) / 2 - GAP : Number.POSITIVE_INFINITY;
    one.x = Math.max(least, Math.min(most, mean([...one.up, ...one.down], one.x)));
  });
}

/**
 * From the foot of the first place to the head of the last, through those between.
 *
 * @param {Place[]} way
 */
function curve(way) {
  const heights = way.map(({ layer }) => layer * ROW);
  const parts = [`M${way[0].x},${heights[0] + HIGH}`];
  way.slice(1).forEach(({ x }, index) => {
    const from = heights[index] + HIGH;
    const to = heights[index + 1];
    const middle = (from + to) / 2;
    parts.push(`C${way[index].x},${middle} ${x},${middle} ${x},${to}`);
    if (index < way.length - 2) parts.push(`V${to + HIGH}`);
  });
  return parts.join("");
}
