// How far a training is, how good, and the verdict on it.

import { brief, duration, element, fill, say, whole } from "../shared/words.js";

const MARKS = 2; // seconds of training over which its speed is taken
const LEARNED = 0.01; // the largest relative error with which a problem is learned
const ROUGHLY = 0.1; // and roughly

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("../shared/server.js").Scores} Scores */
/** @typedef {{ status: string | null, step: number, seconds: number, engine: string | null, before: number }} State */

/** @typedef {"learned" | "roughly" | "failed" | "unknown" | "stopped" | "diverged"} Judgement */

/** The run's state in words, and its pace. */
export class Standing {
  /** @type {[step: number, seconds: number][]} */
  marks = [];

  constructor() {
    this.state = element("span", { class: "tg-state", "aria-live": "polite" });
    this.pace = element("span", { class: "tg-pace" });
    this.node = element("div", { class: "tg-status" }, this.state, this.pace);
  }

  forget() {
    this.marks = [];
  }

  /**
   * @param {State} state
   * @param {Pick<Data, "texts" | "limits" | "locale" | "intro">} words
   */
  show({ status, step, seconds, engine, before }, { texts, limits, locale, intro }) {
    const running = status === "running";
    const rate = this.rate(running, step, seconds);
    const left = Math.min(
      limits.steps ? (limits.steps - step) / rate : Number.POSITIVE_INFINITY,
      limits.seconds ? limits.seconds - seconds : Number.POSITIVE_INFINITY,
    );
    const by = step > 0 && engine ? texts.engines[engine] : null;
    const further = before ? texts.further : "";
    const parts = step > 0 ? [`${limits.steps ? texts.stepOf : texts.step}${further}`, by ? texts.rateBy : texts.rate, texts.elapsed] : [];
    if (running && step > 0 && Number.isFinite(left)) parts.push(texts.left);
    const values = {
      step: whole(step, locale),
      steps: whole(limits.steps ?? 0, locale),
      rate: whole(rate >= 100 ? Number(rate.toPrecision(2)) : rate, locale),
      engine: by?.name,
      elapsed: duration(seconds, texts),
      before: whole(before, locale),
      left: duration(left, texts),
    };
    this.state.dataset.status = status ?? "none";
    say(this.state, intro && !status ? texts.welcome : texts.status[status ?? "none"]);
    say(this.pace, parts.map((pattern) => fill(pattern, values)).join(" · "));
    this.pace.title = by ? fill(texts.engine, by) : "";
  }

  /** @param {Judgement | null} judgement on a run that has ended: only what was learned is told in green */
  judge(judgement) {
    this.state.dataset.judgement = judgement ?? "";
  }

  /**
   * Steps a second: lately while it trains, else over all.
   *
   * @param {boolean} running
   * @param {number} step
   * @param {number} seconds
   */
  rate(running, step, seconds) {
    if (running) this.marks = [...this.marks.filter(([, then]) => seconds - then < MARKS), [step, seconds]];
    const [first, last] = [this.marks.at(0), this.marks.at(-1)];
    if (running && first && last && last[1] > first[1]) return (last[0] - first[0]) / (last[1] - first[1]);
    return seconds > 0 ? step / seconds : 0;
  }
}

/** The numbers that say how good it is, each of every unknown. */
export class Scored {
  constructor() {
    this.node = element("dl", { class: "tg-numbers" });
    this.rows = Array.from({ length: 3 }, () => [element("dt"), element("dd")]);
    this.node.append(...this.rows.map((row) => element("div", {}, ...row)));
  }

  /**
   * @param {Data["scores"]} scores
   * @param {Scores | null} before the relative errors of the ghost
   * @param {Pick<Data, "texts" | "locale">} words
   * @param {number} error the reference's own relative error: no smaller distance from it can be known
   * @param {Record<string, number>} sizes each unknown's largest value
   */
  show(scores, before, { texts, locale }, error = 0, sizes = {}) {
    /** @type {(values: Scores | null | undefined, least: (unknown: string) => number) => string} */
    const each = (values, least) => {
      const pairs = Object.entries(values ?? {}).map(([unknown, value]) => {
        const number = brief(value, locale);
        return [unknown, value && value <= least(unknown) ? `≤ ${number}` : number];
      });
      if (pairs.length < 2) return pairs.at(0)?.at(1) ?? brief(null, locale);
      return pairs.map((pair) => pair.join(": ")).join("  ");
    };
    const relative = each(scores?.relative_l2, () => error * 1.001);
    const rows = [
      [texts.relativeL2, before ? fill(texts.before, { now: relative, before: each(before, () => 0) }) : relative],
      [texts.maxError, each(scores?.max_error, (unknown) => error * (sizes[unknown] ?? 0) * 1.001)],
      [texts.loss, brief(scores?.loss, locale)],
    ];
    rows.forEach((row, index) => {
      row.forEach((text, column) => {
        say(this.rows[index][column], text);
      });
    });
  }
}

/** The verdict on a run that has ended, in words. */
export class Verdict {
  /** @type {Judgement | null} */
  judgement = null;

  constructor() {
    this.node = element("strong", { class: "tg-verdict", role: "status" });
  }

  /**
   * @param {string | null} status of a run that has ended
   * @param {Scores | null | undefined} relative the errors of its end
   * @param {boolean} missing whether there is no reference
   * @param {Pick<Data, "texts" | "locale">} words
   */
  show(status, relative, missing, { texts, locale }) {
    const known = Object.values(relative ?? {}).filter((value) => value !== null);
    const worst = known.length ? Math.max(.../** @type {number[]} */ (known)) : null;
    this.judgement = judge(status, worst, missing);
    this.node.dataset.judgement = this.judgement ?? "";
    const off = worst === null ? "" : percent(worst, locale);
    say(this.node, this.judgement ? fill(texts.verdicts[this.judgement], { off }) : "");
  }
}

/**
 * @param {string | null} status
 * @param {number | null} worst the largest relative error
 * @param {boolean} missing
 * @returns {Judgement | null}
 */
export function judge(status, worst, missing) {
  if (status === null || status === "failed") return null;
  if (status === "diverged") return "diverged";
  if (worst === null) return missing ? "unknown" : null;
  if (worst <= LEARNED) return "learned";
  if (worst <= ROUGHLY) return "roughly";
  return status === "stopped" ? "stopped" : "failed";
}

/**
 * A part of one, in per cent with two digits.
 *
 * @param {number} part
 * @param {string} locale
 */
function percent(part, locale) {
  return part < 1e-5 ? `${brief(100 * part, locale)} %` : part.toLocaleString(locale, { style: "percent", maximumSignificantDigits: 2 });
}

/**
 * What the reference is, how exact, what that rests on, which of several solutions is nearest, and what it cost beside the network; and the
 * weights of the loss, where they change.
 */
export class Cost {
  constructor() {
    this.node = element("p", { class: "tg-cost" });
  }

  /**
   * @param {import("./reference.js").Reference} reference
   * @param {number | undefined} nearest
   * @param {number} seconds
   * @param {Record<string, number | null> | undefined} weights
   * @param {Pick<Data, "texts" | "locale" | "weights">} words
   */
  show({ header, missing }, nearest, seconds, weights, { texts, locale, weights: labels }) {
    const known = header ? this.known(header, nearest, { texts, locale }) : texts.computing;
    const parts = [];
    if (seconds > 0) parts.push(fill(texts.trained, { elapsed: duration(seconds, texts) }));
    const changing = Object.entries(labels).map(([name, label]) => `${label} ${brief(weights?.[name], locale)}`);
    if (weights && changing.length) parts.push(fill(texts.weights, { weights: changing.join(", ") }));
    const begin = missing ? fill(texts.missing, { reason: parts.length ? missing.replace(/\.$/, "") : missing }) : known;
    say(this.node, [begin, ...parts].join(" · "));
    this.node.title = this.node.textContent ?? "";
  }

  /**
   * @param {import("../shared/server.js").ReferenceHeader} header
   * @param {number | undefined} nearest
   * @param {Pick<Data, "texts" | "locale">} words
   */
  known({ method, error, seconds, claim, solutions }, nearest, { texts, locale }) {
    const values = {
      method: texts.methods[method] ?? method,
      error: brief(error, locale),
      elapsed: seconds < 1 ? fill(texts.seconds, { seconds: brief(seconds, locale) }) : duration(seconds, texts),
    };
    const several = solutions > 1 && fill(nearest ? texts.nearest : texts.solutions, { number: nearest, count: solutions });
    return [fill(error > 0 ? texts.reference : texts.exact, values), claim, several].filter(Boolean).join(", ");
  }
}
