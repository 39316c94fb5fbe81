import assert from "node:assert/strict";
import test from "node:test";
import { largest, nearest, plain, same, sliced } from "../../../dashboard/components/shared/frames.js";

const array = (shape, ...values) => ({ values: Float32Array.from(values), shape });
const rows = (field) => plain(field, false).map((row) => [...row]);

test("arrays are the same by their values, and two that are not numbers are", () => {
  assert.ok(same(array([2], 1, Number.NaN), array([2], 1, Number.NaN)));
  assert.ok(!same(array([2], 1, 2), array([2], 1, 3)));
  assert.ok(!same(array([2], 1, 2), array([1], 1)));
  assert.ok(!same(array([1], 1), undefined));
  assert.ok(same(undefined, undefined));
});

test("values are changed in a copy", () => {
  const field = array([3], -1, 2, -3);
  assert.deepEqual([...plain(field, Math.abs)], [1, 2, 3]);
  assert.deepEqual([...field.values], [-1, 2, -3]);
});

test("a slice of two dimensions is a row or a column", () => {
  const field = array([2, 3], 0, 1, 2, 10, 11, 12);
  assert.deepEqual([...sliced(field, 0, 1).values], [10, 11, 12]);
  assert.deepEqual([...sliced(field, 1, 2).values], [2, 12]);
});

test("a slice keeps the other two dimensions in their order", () => {
  const values = Array.from({ length: 24 }, (_, index) => index);
  const field = array([2, 3, 4], ...values);
  const at = (i, j, k) => 12 * i + 4 * j + k;
  for (const [dimension, place] of [
    [0, (i, j) => at(1, i, j)],
    [1, (i, j) => at(i, 1, j)],
    [2, (i, j) => at(i, j, 1)],
  ]) {
    const slice = sliced(field, dimension, 1);
    const expected = Array.from({ length: slice.shape[0] }, (_, i) => Array.from({ length: slice.shape[1] }, (_, j) => place(i, j)));
    assert.deepEqual(rows(slice), expected);
  }
});

test("the nearest place on an axis stays on it", () => {
  const axis = array([5], 0, 0.25, 0.5, 0.75, 1);
  assert.deepEqual(
    [-3, 0.3, 0.7, 9].map((value) => nearest(axis, value)),
    [0, 1, 3, 4],
  );
});

test("the largest value is so by its size", () => {
  assert.equal(largest(Float32Array.from([1, -4, 3])), 4);
  assert.equal(largest(new Float32Array()), 0);
});
