import assert from "node:assert/strict";
import test from "node:test";
import { arrange } from "../../../dashboard/components/anatomy/graph.js";

const place = (layer, wide = 20) => ({ layer, wide, x: 0, up: [], down: [] });

function join(above, below) {
  above.down.push(below);
  below.up.push(above);
}

test("no two places of a layer overlap, and all lie within the width", () => {
  const layers = [[place(0)], Array.from({ length: 4 }, (_, index) => place(1, 10 + 20 * index)), [place(2), place(2)]];
  for (const middle of layers[1]) {
    join(layers[0][0], middle);
    join(middle, layers[2][middle.wide > 40 ? 0 : 1]);
  }
  const width = arrange(layers);
  for (const layer of layers) {
    for (const [index, { x, wide }] of layer.entries()) {
      assert.ok(x - wide / 2 >= 0 && x + wide / 2 <= width);
      if (index) assert.ok(x - wide / 2 >= layer[index - 1].x + layer[index - 1].wide / 2);
    }
  }
});

test("edges that cross are uncrossed", () => {
  const [a, b, c, d] = [place(0), place(0), place(1), place(1)];
  join(a, d);
  join(b, c);
  const layers = [
    [a, b],
    [c, d],
  ];
  arrange(layers);
  assert.equal(a.x < b.x, d.x < c.x);
});
