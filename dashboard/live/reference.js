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
    this.arrays = this.sizes = {};
    this.answered = false;
  }

  /** Each unknown's largest value. */
  largest(arrays) {
    const fields = Object.entries(arrays).filter(([name]) => name.startsWith("reference."));
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
      if (header) Object.assign(this, { header, arrays, sizes: this.largest(arrays) });
      if (missing) this.missing = missing;
      if (header || missing || first) this.changed();
      if (header || missing) return;
      await sleep(wait);
      await shown();
    }
  }

  /** A frame's arrays, with the reference and the error beside them where the frame was drawn before the reference was known. */
  beside(arrays) {
    const names = Object.keys(this.arrays).filter((name) => name.startsWith("reference."));
    const fits = (name) => arrays[name.replace("reference", "solution")]?.values.length === this.arrays[name].values.length;
    if (!names.every(fits) || names.some((name) => arrays[name])) return arrays;
    const all = { ...arrays };
    for (const name of names) {
      const solution = arrays[name.replace("reference", "solution")];
      const { values } = (all[name] = this.arrays[name]);
      const error = solution.values.map((value, index) => Math.abs(value - values[index]));
      all[name.replace("reference", "error")] = { values: error, shape: solution.shape };
    }
    return all;
  }
}
