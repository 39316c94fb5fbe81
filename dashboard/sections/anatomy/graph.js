// A graph in layers, drawn as SVG: nodes in rows, edges that go around nodes.

const SVG = "http://www.w3.org/2000/svg";
const ROW = 64; // pixels from layer to layer
const HIGH = 30; // of a node
const GAP = 16; // between two nodes of a layer
const LETTER = 7.3; // pixels of a letter's width
const SWEEPS = 12;

function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The graph's picture. Edges that pass layers get a place in each, as if they were nodes: so none runs through one. */
function drawGraph({ nodes, edges }, label) {
  const places = nodes.map(({ name, leaf, layer }) => ({ layer, text: leaf ?? name, wide: LETTER * (leaf ?? name).length + 20, up: [], down: [] }));
  const ways = edges.map(([start, end]) => {
    const way = [places[start]];
    for (let layer = places[start].layer + 1; layer < places[end].layer; layer++) {
      way.push({ layer, wide: 4, up: [], down: [] });
      places.push(way.at(-1));
    }
    way.push(places[end]);
    way.slice(1).forEach((place, index) => (place.up.push(way[index]), way[index].down.push(place)));
    return way;
  });
  const layers = [];
  for (const place of places) (layers[place.layer] ??= []).push(place);
  const width = arrange(layers);
  const lines = ways.map((way) => shape("path", { class: "an-edge", d: curve(way), "marker-end": "url(#an-arrow)" }));
  const boxes = nodes.map(({ name, leaf }, index) => {
    const { x, layer, text, wide } = places[index];
    const kind = leaf ? "an-leaf" : name.includes("BackwardBackward") ? "an-second" : index ? "" : "an-root";
    const box = shape("rect", { x: x - wide / 2, y: layer * ROW + 1, width: wide, height: HIGH, rx: 6 });
    const words = shape("text", { x, y: layer * ROW + 20 }, text);
    return shape("g", { class: `an-node ${kind}` }, shape("title", {}, leaf ? `${name}: ${leaf}` : name), box, words);
  });
  const tip = shape("marker", { id: "an-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, shape("path", { class: "an-tip", d: "M0,0L8,4L0,8z" }));
  const high = (layers.length - 1) * ROW + HIGH + 2;
  const size = { viewBox: `0 0 ${width} ${high}`, width, height: high, role: "img", "aria-label": label, class: "an-svg" };
  return shape("svg", size, shape("defs", {}, tip), ...lines, ...boxes);
}

/** Give each place its x: neighbours near to one another, in an order with few crossings. Returns the width of it all. */
function arrange(layers) {
  const mean = (others, fallback) => (others.length ? others.reduce((sum, { x }) => sum + x, 0) / others.length : fallback);
  const pack = (layer) => {
    let right = 0;
    for (const place of layer) {
      place.x = right + place.wide / 2;
      right += place.wide + GAP;
    }
    for (const place of layer) place.x -= (right - GAP) / 2;
  };
  layers.forEach(pack);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const downwards = sweep % 2 === 0;
    for (const layer of downwards ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map((place) => [place, mean(downwards ? place.up : place.down, place.x)]));
      layer.sort((a, b) => wish.get(a) - wish.get(b));
      pack(layer);
    }
  }
  // The order is found; now each place moves towards its neighbours, as far as those beside it leave room.
  for (let sweep = 0; sweep < 40; sweep++) {
    for (const layer of layers) {
      layer.forEach((place, index) => {
        const least = index ? layer[index - 1].x + (layer[index - 1].wide + place.wide) / 2 + GAP : -Infinity;
        const next = layer[index + 1];
        const most = next ? next.x - (next.wide + place.wide) / 2 - GAP : Infinity;
        place.x = Math.max(least, Math.min(most, mean([...place.up, ...place.down], place.x)));
      });
    }
  }
  const all = layers.flat();
  const left = Math.min(...all.map(({ x, wide }) => x - wide / 2)) - 2;
  for (const place of all) place.x -= left;
  return Math.max(...all.map(({ x, wide }) => x + wide / 2)) + 2;
}

/** From the foot of the first place to the head of the last, through those between. */
function curve(way) {
  const heights = way.map(({ layer }) => layer * ROW);
  const parts = [`M${way[0].x},${heights[0] + HIGH}`];
  way.slice(1).forEach(({ x }, index) => {
    const from = index ? heights[index] + HIGH : heights[0] + HIGH;
    const to = heights[index + 1];
    const middle = (from + to) / 2;
    parts.push(`C${way[index].x},${middle} ${x},${middle} ${x},${to}`);
    if (index < way.length - 2) parts.push(`V${to + HIGH}`);
  });
  return parts.join("");
}
