import assert from "node:assert/strict";
import test from "node:test";
import { told, ways } from "../../../dashboard/components/stage/constants.js";

const moments = [0, 5, 20].map((step) => ({ header: { step, estimates: { k: step / 10 } } }));

test("each constant has its way, its truth and, at the end, its interval", () => {
  const found = ways(moments, 5, { k: { written: "k", truth: 2, found: { value: 2, low: 1.5, high: 2.5, doubt: null }, seeds: null } });
  assert.deepEqual([...found["estimate.steps"].values], [0, 5, 20]);
  assert.deepEqual([...found["estimate.k"].values], [0, 0.5, 2]);
  assert.deepEqual([...found["truth.k"].values], [2, 2]);
  assert.deepEqual([...found["interval.k"].values], [1.5, 2.5]);
});

test("a constant of which no truth and no interval is known has neither", () => {
  const found = ways(moments, null, { k: { written: "k", truth: null, found: null, seeds: null } });
  assert.ok(!("truth.k" in found) && !("interval.k" in found));
});

test("a run without constants has nothing to show", () => {
  assert.deepEqual(ways(moments, 5, {}), {});
});

test("an interval and what other seeds found are told where a run ends", () => {
  const texts = {
    constant: "{name} = {value}",
    interval: "95 %: {low} to {high}",
    seeds: "{count} seeds: {low} to {high}",
    truth: "truth {truth}",
    doubts: { unmet: "unmet" },
  };
  const found = { value: 2, low: 1.5, high: 2.5, doubt: null };
  const seeds = { count: 5, low: 1.9, high: 2.1 };
  const words = {
    texts,
    locale: "en",
    estimates: { k: { written: "κ", truth: 2, found, seeds }, l: { written: "l", truth: null, found: null, seeds: null } },
  };
  assert.deepEqual(told({ k: 2.2 }, false, words), ["κ = 2.2, truth 2", ""]);
  assert.deepEqual(told({ k: 2.2 }, true, words), ["κ = 2, 95 %: 1.5 to 2.5, 5 seeds: 1.9 to 2.1, truth 2", ""]);
  const doubted = {
    ...words,
    estimates: { k: { written: "κ", truth: null, found: { ...found, low: null, high: null, doubt: "unmet" }, seeds } },
  };
  assert.deepEqual(told({}, true, doubted), ["κ = 2, unmet, 5 seeds: 1.9 to 2.1"]);
});
