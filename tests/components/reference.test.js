import assert from "node:assert/strict";
import test from "node:test";
import { nearestSolution, Reference } from "../../dashboard/components/live/reference.js";

const array = (...values) => ({ values: Float32Array.from(values), shape: [values.length] });

/** A reference of two solutions, u = 1 and u = −1. */
function both() {
  const reference = new Reference(() => {});
  reference.header = { method: "collocation", error: 1e-9, seconds: 1, claim: "", solutions: 2 };
  reference.arrays = { "axis.t": array(0, 1), "reference.u": array(1, 1), "reference-2.u": array(-1, -1) };
  return reference;
}

test("beside a frame stands the solution that is nearest to it, and how far it is", () => {
  const arrays = both().beside({ "solution.u": array(-0.5, -0.75) });
  assert.deepEqual([...arrays["reference.u"].values], [-1, -1]);
  assert.deepEqual([...arrays["error.u"].values], [0.5, 0.25]);
});

test("a frame that has a reference, or is of another size, stays as it is", () => {
  for (const arrays of [{ "solution.u": array(0, 0), "reference.u": array(3, 3) }, { "solution.u": array(0, 0, 0) }]) {
    assert.equal(both().beside(arrays), arrays);
  }
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
