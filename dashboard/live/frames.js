// Frames, as core/frames.py packs them, and their arrays.

/** The header and the arrays, each a view into the buffer: core/frames.py describes the layout. */
function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, { offset, shape }] of Object.entries(header.arrays)) {
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { values: new Float32Array(buffer, 4 + length + offset, size), shape };
  }
  return { header, arrays };
}

function decodeText(base64) {
  return decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

function same(a, b) {
  if (a === b) return true;
  if (!a || !b || a.values.length !== b.values.length) return false;
  return a.values.every((value, index) => Object.is(value, b.values[index]));
}

/** What Plotly takes: a typed array, or for two dimensions an array of typed rows; none is copied unless sizes are wanted. */
function plain({ values, shape }, absolute) {
  const source = absolute ? values.map(Math.abs) : values;
  if (shape.length === 1) return source;
  const width = shape[1];
  return Array.from({ length: shape[0] }, (_, row) => source.subarray(row * width, (row + 1) * width));
}

function largest(values) {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}
