import assert from "node:assert/strict";
import test from "node:test";
import { nearestSolution, Reference } from "../../../dashboard/components/stage/reference.js";

const array = (...values) => ({ values: Float32Array.from(values), shape: [values.length] });

/** A reference of two solutions, u = 1 and u = −1. */
function both() {
  const reference = new Reference(() => {});
  reference.header = { method: "collocation", error: 1e-9, seconds: 1, claim: "", solutions: 2 };
  reference.arrays = { "axis.t": array(0, 1), "reference.u": array(1, 1), "reference-2.u": array(-1, -1) };
  return reference;
}

test("beside a frame stands the solution that is nearest to it, or the one that is chosen, and how far it is", () => {
  const frame = { "axis.t": array(0, 1), "solution.u": array(-0.5, -0.75) };
  const nearest = both().beside(frame, null, undefined);
  assert.deepEqual([...nearest["reference.u"].values], [-1, -1]);
  assert.deepEqual([...nearest["error.u"].values], [0.5, 0.25]);
  const chosen = both().beside(frame, 1, 2);
  assert.deepEqual([...chosen["reference.u"].values], [1, 1]);
  assert.deepEqual([...chosen["error.u"].values], [1.5, 1.75]);
});

test("the other solutions are lines with gaps", () => {
  const arrays = both().beside({ "axis.t": array(0, 1), "solution.u": array(1, 1) }, null, 1);
  assert.deepEqual([...arrays["others.u"].values], [-1, -1, Number.NaN]);
  assert.deepEqual([...arrays["others-axis.t"].values], [0, 1, Number.NaN]);
});

test("a frame on a grid twice as fine is thinned, and beside one on another there is no error", () => {
  const fine = both().beside({ "solution.u": array(1, 7, 0.5) }, null, undefined);
  assert.deepEqual([...fine["error.u"].values], [0, 0.5]);
  assert.equal(both().beside({ "solution.u": array(0, 0, 0, 0) }, null, undefined)["error.u"], undefined);
});

test("an error below the grain of the network's values is not known", () => {
  const coarse = { ...array(1.25, 1.125), grain: 0.2 };
  assert.deepEqual([...both().beside({ "solution.u": coarse }, 1, 2)["error.u"].values], [0.25, Number.NaN]);
});

test("the errors of a moment stay where it was held against the solution that is shown", () => {
  assert.equal(both().beside({ "solution.u": array(1, 7) }, null, 1)["error.u"], undefined);
});

test("without a frame there is a solution alone", () => {
  assert.deepEqual([...both().beside(null, null, undefined)["reference.u"].values], [1, 1]);
  assert.deepEqual([...both().beside(null, 2, undefined)["reference.u"].values], [-1, -1]);
});

test("an unknown of small values counts as much as one of large ones", () => {
  const near = { "reference.u": array(1000), "reference.v": array(0.001) };
  const far = { "reference.u": array(1001), "reference.v": array(-0.001) };
  assert.equal(nearestSolution({ "solution.u": array(1001), "solution.v": array(0.001) }, [near, far]), near);
});

test("sizes are those of the solution that is asked for, else of the first", () => {
  const reference = both();
  reference.arrays["reference-2.u"] = array(-3, 2);
  assert.deepEqual(reference.sizes(2), { u: 3 });
  assert.deepEqual(reference.sizes(undefined), { u: 1 });
});
