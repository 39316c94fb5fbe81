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
   * What stands beside a moment's fields: the solution that is `chosen`, from 1, else that which the moment was held against (`told`), else
   * the nearest; the others, which curves show; and, where the moment's own errors are from another, or there are none, the errors.
   *
   * @param {Fields | null} fields
   * @param {number | null} chosen
   * @param {number | undefined} told
   * @returns {Fields}
   */
  beside(fields, chosen, told) {
    const { solutions } = this;
    if (!this.header) return {};
    const network = fields && this.fitting(fields, Object.keys(solutions[0]));
    const held = solutions[(chosen ?? told ?? 1) - 1] ?? solutions[0];
    const nearest = chosen || told || !network ? held : nearestSolution(network, solutions);
    const axes = Object.entries(this.arrays).filter(([name]) => name.startsWith("axis."));
    const beside = {
      ...Object.fromEntries(axes.map(([name, axis]) => [`reference-${name}`, axis])),
      ...nearest,
      ...this.apart(solutions, nearest),
    };
    return network && (!told || (chosen ?? told) !== told) ? { ...beside, ...apartness(network, nearest) } : beside;
  }

  /**
   * The network of a moment on the grid of the solutions, which is the moment's or every second point of it; null where it is neither.
   *
   * @param {Fields} fields
   * @param {string[]} names
   * @returns {Fields | null}
   */
  fitting(fields, names) {
    /** @type {Fields} */
    const found = {};
    for (const name of names) {
      const own = name.replace("reference", "solution");
      const [array, { shape }] = [fields[own], this.arrays[name]];
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
 * How far a network is from a solution that it was not held against when it was drawn; unknown where that is less than its values' grain.
 *
 * @param {Fields} network
 * @param {Fields} solution
 * @returns {Fields}
 */
function apartness(network, solution) {
  const pairs = Object.entries(solution).map(([name, { values }]) => {
    const own = network[name.replace("reference", "solution")];
    const apart = own.values.map((value, index) => Math.abs(value - values[index]));
    const error = apart.map((value) => (value >= (own.grain ?? 0) ? value : Number.NaN));
    return [name.replace("reference", "error"), { values: error, shape: own.shape }];
  });
  return Object.fromEntries(pairs);
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
