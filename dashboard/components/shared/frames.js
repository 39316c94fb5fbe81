// Arrays of numbers, of up to three dimensions.

/** @typedef {{ values: Float32Array, shape: number[], grain?: number }} Field whose values may be rounded to multiples of a grain */
/** @typedef {Record<string, Field>} Fields some of which may not be there */

/**
 * @param {Field | undefined} a
 * @param {Field | undefined} b
 */
export function same(a, b) {
  if (a === b) return true;
  if (!a || !b || a.values.length !== b.values.length) return false;
  return a.values.every((value, index) => Object.is(value, b.values[index]));
}

/**
 * What Plotly takes: a typed array, or for two dimensions an array of typed rows; none is copied unless its values are `changed`.
 *
 * @param {Field} field
 * @param {((value: number) => number)} [changed]
 */
export function plain({ values, shape }, changed) {
  const source = changed ? values.map(changed) : values;
  if (shape.length === 1) return source;
  const width = shape[1];
  return Array.from({ length: shape[0] }, (_, row) => source.subarray(row * width, (row + 1) * width));
}

/**
 * An array of two or three dimensions at `index` of one of them: an array of the others.
 *
 * @param {Field} field
 * @param {number} dimension
 * @param {number} index
 * @returns {Field}
 */
export function sliced({ values, shape }, dimension, index) {
  if (shape.length === 2) {
    const [stride, begin] = dimension === 0 ? [1, index * shape[1]] : [shape[1], index];
    const line = Float32Array.from({ length: shape[1 - dimension] }, (_, place) => values[begin + place * stride]);
    return { values: line, shape: [line.length] };
  }
  const strides = [shape[1] * shape[2], shape[2], 1];
  const [a, b] = [0, 1, 2].filter((other) => other !== dimension);
  const slice = new Float32Array(shape[a] * shape[b]);
  const start = index * strides[dimension];
  let place = 0;
  for (let i = 0; i < shape[a]; i++) for (let j = 0; j < shape[b]; j++) slice[place++] = values[start + i * strides[a] + j * strides[b]];
  return { values: slice, shape: [shape[a], shape[b]] };
}

/**
 * Every second point of an array, along each of its dimensions.
 *
 * @param {Field} field
 * @returns {Field}
 */
export function halved({ values, shape, grain }) {
  const half = shape.map((count) => (count + 1) / 2);
  const kept = new Float32Array(half.reduce((product, count) => product * count, 1));
  for (let place = 0; place < kept.length; place++) {
    let [rest, from, stride] = [place, 0, 1];
    for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
      from += 2 * (rest % half[dimension]) * stride;
      rest = Math.floor(rest / half[dimension]);
      stride *= shape[dimension];
    }
    kept[place] = values[from];
  }
  return { values: kept, shape: half, grain };
}

/**
 * Where an even axis is nearest to `value`.
 *
 * @param {Field} axis
 * @param {number} value
 */
export function nearest({ values }, value) {
  const last = values.length - 1;
  const index = Math.round(((value - values[0]) / (values[last] - values[0])) * last);
  return Math.min(Math.max(index, 0), last);
}

/** @param {Float32Array} values */
export function largest(values) {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/**
 * A row of numbers as an array.
 *
 * @param {number[]} numbers
 * @returns {Field}
 */
export function field(numbers) {
  return { values: Float32Array.from(numbers), shape: [numbers.length] };
}

/**
 * `count` numbers, evenly from `low` to `high`.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function stretched(low, high, count) {
  return field(Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1)));
}
