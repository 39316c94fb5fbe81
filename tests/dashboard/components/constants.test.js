import assert from "node:assert/strict";
import test from "node:test";
import { ways } from "../../../dashboard/components/stage/constants.js";

const moments = [0, 5, 20].map((step) => ({ header: { step, estimates: { k: step / 10 } } }));

test("each constant has its way, its truth and, at the end, its interval", () => {
  const found = ways(moments, 5, { k: { written: "k", truth: 2, found: { value: 2, low: 1.5, high: 2.5, doubt: null } } });
  assert.deepEqual([...found["estimate.steps"].values], [0, 5, 20]);
  assert.deepEqual([...found["estimate.k"].values], [0, 0.5, 2]);
  assert.deepEqual([...found["truth.k"].values], [2, 2]);
  assert.deepEqual([...found["interval.k"].values], [1.5, 2.5]);
});

test("a constant of which no truth and no interval is known has neither", () => {
  const found = ways(moments, null, { k: { written: "k", truth: null, found: null } });
  assert.ok(!("truth.k" in found) && !("interval.k" in found));
});

test("a run without constants has nothing to show", () => {
  assert.deepEqual(ways(moments, 5, {}), {});
});
