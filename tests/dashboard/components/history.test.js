// The way back: which changes of the address are steps of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moved } from "../../../dashboard/components/stage/history.js";

const cases = [
  ["depth=2", "depth=3", ["depth"]],
  ["problem=heat&depth=2", "problem=heat", ["depth"]],
  ["problem=heat&preset=watch", "problem=decay&preset=watch", ["problem"]],
  ["problem=heat&preset=watch", "problem=heat", ["preset"]],
  ["problem=heat", "problem=heat&run=abc", []],
  ["problem=heat&run=abc", "problem=heat&run=none", []],
  ["", "problem=heat&preset=watch", []],
];

for (const [before, after, names] of cases) {
  test(`from ?${before} to ?${after}`, () => {
    assert.deepEqual(moved(new URLSearchParams(String(before)), new URLSearchParams(String(after))), names);
  });
}
