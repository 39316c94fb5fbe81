import assert from "node:assert/strict";
import test from "node:test";
import { plain } from "../../../dashboard/components/shared/frames.js";
import { decode } from "../../../dashboard/components/shared/safetensors.js";

const array = (shape, ...values) => ({ values: Float32Array.from(values), shape });
const rows = (field) => plain(field).map((row) => [...row]);

/** A frame as core/store/frames.py packs it; `shift` bytes of the header put its data where no Float32Array may view it. */
function packed(header, arrays, shift = 0) {
  const fields = Object.entries(arrays);
  const contents = { __metadata__: { header: JSON.stringify(header), names: JSON.stringify(Object.keys(arrays).reverse()) } };
  let offset = 0;
  for (const [name, { values, shape }] of fields) {
    contents[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  let text = JSON.stringify(contents);
  text = text.padEnd(text.length + ((8 - (text.length % 8)) % 8) + shift);
  const buffer = new ArrayBuffer(8 + text.length + offset);
  new DataView(buffer).setBigUint64(0, BigInt(text.length), true);
  new Uint8Array(buffer, 8, text.length).set(new TextEncoder().encode(text));
  for (const [name, { values }] of fields) {
    new Uint8Array(buffer, 8 + text.length + contents[name].data_offsets[0], values.byteLength).set(new Uint8Array(values.buffer));
  }
  return buffer;
}

test("a frame's header and arrays come out as they were packed, wherever they lie", () => {
  for (const shift of [0, 1, 4, 6]) {
    const { header, arrays } = decode(packed({ step: 7 }, { a: array([3], 1, 2, 3), b: array([2, 2], 4, 5, 6, 7) }, shift));
    assert.equal(header.step, 7);
    assert.deepEqual(Object.keys(arrays), ["b", "a"]);
    assert.deepEqual([...arrays.a.values], [1, 2, 3]);
    assert.deepEqual(arrays.b.shape, [2, 2]);
    assert.deepEqual(rows(arrays.b), [
      [4, 5],
      [6, 7],
    ]);
  }
});
