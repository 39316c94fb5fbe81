// Safetensors files: a header in JSON and named tensors, https://huggingface.co/docs/safetensors.

const LENGTH = 8; // bytes in which the length of the header stands
const MISSING = -32768; // stands for what is not finite among 16-bit integers

/** @typedef {import("./frames.js").Field} Field */
/** @typedef {{ dtype: string, shape: number[], data_offsets: [begin: number, end: number] }} Place */
/**
 * The header is what the metadata say under that name; `names` are those of the tensors in the order in which they were given.
 *
 * @typedef {{ header: any, names: string[], start: number, places: Record<string, Place> }} Index
 */

/**
 * What is in a file and where, without reading the tensors.
 *
 * @param {ArrayBuffer} buffer
 * @returns {Index}
 */
export function index(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const { __metadata__: metadata, ...places } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, LENGTH, length)));
  const names = JSON.parse(metadata?.names ?? "null") ?? Object.keys(places);
  return { header: JSON.parse(metadata?.header ?? "{}"), names, start: LENGTH + length, places };
}

/**
 * A tensor, copied: its bytes may begin anywhere. Integers of 16 bits are read by the scale and the offset that the header gives them.
 *
 * @param {ArrayBuffer} buffer
 * @param {Index} index
 * @param {string} name
 * @returns {Field}
 */
export function tensor(buffer, { header, start, places }, name) {
  const {
    dtype,
    shape,
    data_offsets: [begin, end],
  } = places[name];
  const bytes = buffer.slice(start + begin, start + end);
  if (dtype === "F32") return { values: new Float32Array(bytes), shape };
  const [scale, offset] = header.scales?.[name] ?? [1, 0];
  const whole = new Int16Array(bytes);
  const values = new Float32Array(whole.length);
  for (let place = 0; place < whole.length; place++) values[place] = whole[place] === MISSING ? Number.NaN : offset + scale * whole[place];
  return { values, shape, grain: scale };
}

/**
 * The header and all tensors of a file, in their order.
 *
 * @param {ArrayBuffer} buffer
 */
export function decode(buffer) {
  const found = index(buffer);
  /** @type {import("./frames.js").Fields} */
  const arrays = Object.fromEntries(found.names.map((name) => [name, tensor(buffer, found, name)]));
  return { header: found.header, arrays };
}
