// The classical solution that the network is held against.

const SOON = 100; // milliseconds until a reference that is being computed is asked for again; twice as long each time, up to LATE
const LATE = 2000;

/** What is known of the reference: its `header` and `arrays`, or why it is `missing`; neither while it is being computed. */
class Reference {
  /** `changed` is called at each answer. */
  constructor(changed) {
    this.changed = changed;
    this.forget();
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
      return Object.fromEntries(fields.filter(([name]) => name.startsWith(begin)).map(([name, array]) => [name.replace(begin, "reference."), array]));
    });
  }

  /** Each unknown's largest value in the solution of a number, from 1. */
  sizes(number) {
    const fields = Object.entries(this.solutions[(number ?? 1) - 1] ?? {});
    return Object.fromEntries(fields.map(([name, { values }]) => [name.slice("reference.".length), largest(values)]));
  }

  /** Fetch the reference `key`, and go on asking while it is being computed. */
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
   */
  beside(arrays, chosen) {
    const { solutions } = this;
    if (!arrays) {
      const held = solutions[(chosen ?? 1) - 1] ?? {};
      return { ...this.arrays, ...held, ...this.apart(solutions, held) };
    }
    const names = Object.keys(solutions[0]);
    const told = names.some((name) => arrays[name]);
    const network = solutions.length === 1 && told ? null : this.fitting(arrays, names);
    if (!network) return arrays;
    const held = solutions[chosen - 1] ?? nearestSolution(network, solutions);
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

  /** The network of a frame on the grid of the solutions, which is the frame's or every second point of it; null where it is neither. */
  fitting(arrays, names) {
    const wanted = [...Object.keys(this.arrays).filter((name) => name.startsWith("axis.")), ...names];
    const pairs = wanted.map((name) => {
      const [array, { shape }] = [arrays[name.replace("reference", "solution")], this.arrays[name]];
      const alike = (factor) => array?.shape.every((count, index) => count - 1 === factor * (shape[index] - 1));
      return [name.replace("reference", "solution"), alike(1) ? array : alike(2) ? halved(array) : null];
    });
    return names.length && pairs.every(([, array]) => array) ? Object.fromEntries(pairs) : null;
  }

  /** The solutions but the one that is held, along one coordinate: each unknown's as a line with gaps, `others.U` over `others-axis.X`. */
  apart(solutions, held) {
    const others = solutions.filter((solution) => solution !== held);
    const axes = Object.entries(this.arrays).filter(([name]) => name.startsWith("axis."));
    if (!others.length || axes.length !== 1) return {};
    const lined = (pieces) => ({ values: Float32Array.from(pieces.flatMap(({ values }) => [...values, NaN])), shape: [pieces.length * (axes[0][1].values.length + 1)] });
    const curves = Object.keys(others[0]).map((name) => [name.replace("reference", "others"), lined(others.map((solution) => solution[name]))]);
    return { [`others-${axes[0][0]}`]: lined(others.map(() => axes[0][1])), ...Object.fromEntries(curves) };
  }
}

/** Of several solutions the one nearest to what a frame shows: in mean squares, beside each unknown's size, over all unknowns. */
function nearestSolution(arrays, solutions) {
  const squares = (values) => values.reduce((sum, value) => sum + value * value, 0);
  const names = Object.keys(solutions[0]);
  const sizes = Object.fromEntries(names.map((name) => [name, Math.max(...solutions.map((solution) => squares(solution[name].values))) || 1]));
  const distance = (solution) =>
    names.reduce((sum, name) => {
      const shown = arrays[name.replace("reference", "solution")].values;
      return sum + squares(solution[name].values.map((value, index) => shown[index] - value)) / sizes[name];
    }, 0);
  return solutions.reduce((best, solution) => (distance(solution) < distance(best) ? solution : best));
}
