// The classical solution that the network is held against.

import { halved, largest } from "../shared/frames.js";
import { shown, sleep } from "../shared/page.js";
import { fetchReference } from "../shared/server.js";

const SOON = 100; // milliseconds until a reference that is being computed is asked for again; twice as long each time, up to LATE
const LATE = 2000;

/** @typedef {import("../shared/frames.js").Fields} Fields */

/** What is known of the reference: its `header` and `arrays`, or why it is `missing`; neither while it is being computed. */
export class Reference {
  /** @type {string | null} */
  key = null;
  /** @type {import("../shared/server.js").ReferenceHeader | null} */
  header = null;
  /** @type {string | null} */
  missing = null;
  /** @type {Fields} */
  arrays = {};
  answered = false;

  /** @param {() => void} changed is called at each answer */
  constructor(changed) {
    this.changed = changed;
  }

  forget() {
    this.key = this.header = this.missing = null;
    this.arrays = {};
    this.answered = false;
  }

  /** Each solution's arrays, by the names that a run's frame gives them: `reference.U` of an unknown U. */
  get solutions() {
    const count = this.header?.solutions ?? 1;
    const fields = Object.entries(this.arrays).filter(([name]) => name.startsWith("reference"));
    return Array.from({ length: count }, (_, index) => {
      const begin = index ? `reference-${index + 1}.` : "reference.";
      const own = fields.filter(([name]) => name.startsWith(begin));
      return Object.fromEntries(own.map(([name, array]) => [name.replace(begin, "reference."), array]));
    });
  }

  /**
   * Each unknown's largest value in a solution.
   *
   * @param {number | undefined} number from 1
   */
  sizes(number) {
    const fields = Object.entries(this.solutions[(number ?? 1) - 1] ?? {});
    return Object.fromEntries(fields.map(([name, { values }]) => [name.slice("reference.".length), largest(values)]));
  }

  /**
   * Fetch the reference, and go on asking while it is being computed.
   *
   * @param {string} key
   */
  async load(key) {
    if (key === this.key) return;
    this.forget();
    this.key = key;
    for (let wait = SOON; ; wait = Math.min(2 * wait, LATE)) {
      const { header, arrays, missing } = await fetchReference(key);
      if (key !== this.key) return;
      const first = !this.answered;
      this.answered = true;
      if (header) Object.assign(this, { header, arrays });
      if (missing) this.missing = missing;
      if (header || missing || first) this.changed();
      if (header || missing) return;
      await sleep(wait);
      await shown();
    }
  }

  /**
   * A frame's arrays with those of the solution that is `chosen`, from 1, or of the nearest, and the error from it; and the others, which
   * curves show. What a frame says of the only solution stays. Without a frame, the solution alone.
   *
   * @param {Fields | null} arrays
   * @param {number | null} chosen
   */
  beside(arrays, chosen) {
    const { solutions } = this;
    const wanted = chosen === null ? undefined : solutions[chosen - 1];
    if (!arrays) {
      const held = wanted ?? solutions[0] ?? {};
      return { ...this.arrays, ...held, ...this.apart(solutions, held) };
    }
    const names = Object.keys(solutions[0]);
    const told = names.some((name) => arrays[name]);
    const network = solutions.length === 1 && told ? null : this.fitting(arrays, names);
    if (!network) return arrays;
    const held = wanted ?? nearestSolution(network, solutions);
    const others = this.apart(solutions, held);
    if (!chosen && told) return { ...arrays, ...others };
    const all = { ...arrays, ...network, ...held, ...others };
    for (const name of names) {
      const solution = network[name.replace("reference", "solution")];
      const error = solution.values.map((value, index) => Math.abs(value - held[name].values[index]));
      all[name.replace("reference", "error")] = { values: error, shape: solution.shape };
    }
    return all;
  }

  /**
   * The network of a frame on the grid of the solutions, which is the frame's or every second point of it; null where it is neither.
   *
   * @param {Fields} arrays
   * @param {string[]} names
   * @returns {Fields | null}
   */
  fitting(arrays, names) {
    if (!names.length) return null;
    /** @type {Fields} */
    const found = {};
    for (const name of [...Object.keys(this.arrays).filter((other) => other.startsWith("axis.")), ...names]) {
      const own = name.replace("reference", "solution");
      const [array, { shape }] = [arrays[own], this.arrays[name]];
      const alike = (/** @type {number} */ factor) => array?.shape.every((count, index) => count - 1 === factor * (shape[index] - 1));
      if (alike(1)) found[own] = array;
      else if (alike(2)) found[own] = halved(array);
      else return null;
    }
    return found;
  }

  /**
   * The solutions but the one that is held, along one coordinate: each unknown's as a line with gaps, `others.U` over `others-axis.X`.
   *
   * @param {Fields[]} solutions
   * @param {Fields} held
   * @returns {Fields}
   */
  apart(solutions, held) {
    const others = solutions.filter((solution) => solution !== held);
    const axes = Object.entries(this.arrays).filter(([name]) => name.startsWith("axis."));
    if (!others.length || axes.length !== 1) return {};
    const [[name, axis]] = axes;
    const curves = Object.keys(others[0]).map((own) => [
      own.replace("reference", "others"),
      lined(others.map((solution) => solution[own])),
    ]);
    return { [`others-${name}`]: lined(others.map(() => axis)), ...Object.fromEntries(curves) };
  }
}

/**
 * Arrays one after the other, with a gap behind each.
 *
 * @param {import("../shared/frames.js").Field[]} pieces
 */
function lined(pieces) {
  const values = Float32Array.from(pieces.flatMap((piece) => [...piece.values, Number.NaN]));
  return { values, shape: [values.length] };
}

/**
 * Of several solutions the one nearest to what a frame shows: in mean squares, beside each unknown's size, over all unknowns.
 *
 * @param {Fields} arrays
 * @param {Fields[]} solutions
 */
export function nearestSolution(arrays, solutions) {
  const squares = (/** @type {Float32Array} */ values) => values.reduce((sum, value) => sum + value * value, 0);
  const names = Object.keys(solutions[0]);
  const largestOf = (/** @type {string} */ name) => Math.max(...solutions.map((solution) => squares(solution[name].values)));
  const sizes = new Map(names.map((name) => [name, largestOf(name) || 1]));
  const distance = (/** @type {Fields} */ solution) =>
    names.reduce((sum, name) => {
      const shown = arrays[name.replace("reference", "solution")].values;
      return sum + squares(solution[name].values.map((value, index) => shown[index] - value)) / (sizes.get(name) ?? 1);
    }, 0);
  return solutions.reduce((best, solution) => (distance(solution) < distance(best) ? solution : best));
}
