import assert from "node:assert/strict";
import test from "node:test";
import { Film, pieces } from "../../../dashboard/components/stage/film.js";
import { axes, cursor } from "../../../dashboard/components/stage/scene.js";

/** A safetensors file: tensors of 16-bit integers, or of floats, behind a header of `bytes` that need not be a multiple of anything. */
function packed(header, tensors) {
  const places = { __metadata__: { header: JSON.stringify(header) } };
  let offset = 0;
  for (const [name, { shape, numbers }] of Object.entries(tensors)) {
    places[name] = { dtype: "I16", shape, data_offsets: [offset, offset + 2 * numbers.length] };
    offset += 2 * numbers.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(places));
  const buffer = new ArrayBuffer(8 + text.length + offset);
  const view = new DataView(buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  new Uint8Array(buffer).set(text, 8);
  let at = 8 + text.length;
  for (const number of Object.values(tensors).flatMap(({ numbers }) => numbers)) {
    view.setInt16(at, number, true);
    at += 2;
  }
  return buffer;
}

const moment = (step, offset = 0) =>
  packed(
    { step, seconds: step, scales: { "solution.u": [0.5, offset] } },
    { "solution.u": { shape: [2, 2], numbers: [-32767, 0, 2, -32768] } },
  );

test("moments come in any order, and one of a step takes the other's place", () => {
  const film = new Film();
  film.add([
    { number: 1, buffer: moment(0) },
    { number: 2, buffer: moment(9) },
  ]);
  film.add([
    { number: 3, buffer: moment(4) },
    { number: 4, buffer: moment(9, 1) },
  ]);
  assert.deepEqual(
    film.moments.map(({ header }) => header.step),
    [0, 4, 9],
  );
  assert.equal(film.newest, 4);
  assert.equal(film.after(4), 2);
  assert.equal(film.fields(film.moments[2])["solution.u"].values[1], 1);
});

test("whole numbers are read by scale and offset, and what is missing as such", () => {
  const film = new Film();
  film.add([{ number: 1, buffer: moment(3, 10) }]);
  const { values, shape } = film.fields(film.moments[0])["solution.u"];
  assert.deepEqual([...values], [10 - 16383.5, 10, 11, Number.NaN]);
  assert.deepEqual(shape, [2, 2]);
  assert.deepEqual(film.spans.get("solution.u"), { low: 10 - 16383.5, high: 10 + 16383.5, peak: 10 + 16383.5 });
});

test("an answer holds moments behind their number and length, padded", () => {
  const parts = [moment(0), moment(12)];
  const lengths = parts.map((part) => 8 + 8 * Math.ceil(part.byteLength / 8));
  const answer = new ArrayBuffer(lengths[0] + lengths[1]);
  const view = new DataView(answer);
  parts.forEach((part, index) => {
    const at = index * lengths[0];
    view.setUint32(at, index + 5, true);
    view.setUint32(at + 4, part.byteLength, true);
    new Uint8Array(answer).set(new Uint8Array(part), at + 8);
  });
  const found = pieces(answer);
  assert.deepEqual(
    found.map(({ number }) => number),
    [5, 6],
  );
  const film = new Film();
  film.add(found);
  assert.deepEqual(
    film.moments.map(({ header }) => header.step),
    [0, 12],
  );
});

test("axes are even, from end to end, with as many points as the fields", () => {
  const fields = {
    "solution.u": { values: new Float32Array(6), shape: [3, 2] },
    "residual.1": { values: new Float32Array(4), shape: [2, 2] },
  };
  const found = axes(fields, [
    { name: "x", low: -1, high: 1 },
    { name: "t", low: 0, high: 2 },
  ]);
  assert.deepEqual([...found["axis.x"].values], [-1, 0, 1]);
  assert.deepEqual([...found["axis.t"].values], [0, 2]);
  assert.deepEqual([...found["residual-axis.x"].values], [-1, 1]);
});

test("the cursor of the loss stands at the step, from the least to the largest loss", () => {
  const row = (...values) => ({ values: Float32Array.from(values), shape: [values.length] });
  const losses = { "loss.steps": row(0, 1, 2), "loss.total": row(4, 2, 0), "loss.equation-1": row(1, 0.5, 0.25) };
  const { "cursor.step": step, "cursor.loss": loss } = cursor(losses, 2);
  assert.deepEqual([...step.values], [2, 2]);
  assert.deepEqual([...loss.values], [0.25, 4]);
  assert.deepEqual(cursor({}, 2), {});
});

test("the loss at data held out is a curve of the moments that tell it, but for that of the best network", () => {
  const film = new Film();
  const told = (step, validation, more = {}) => packed({ step, seconds: step, validation, ...more }, {});
  film.add([
    { number: 1, buffer: told(0, 2) },
    { number: 2, buffer: told(8, 0.5) },
  ]);
  assert.deepEqual([...film.validation()["validation.steps"].values], [0, 8]);
  assert.deepEqual([...film.validation()["validation.loss"].values], [2, 0.5]);
  assert.equal(film.validation(), film.validation());
  film.add([{ number: 3, buffer: told(20, 0.25, { best: 4 }) }]);
  assert.deepEqual([...film.validation()["validation.steps"].values], [0, 8]);
  const other = new Film();
  other.add([{ number: 1, buffer: moment(0) }]);
  assert.deepEqual(other.validation(), {});
});
