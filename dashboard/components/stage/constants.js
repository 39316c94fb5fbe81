// The constants that a run has to find: their way over the film, and what they have come to.

import { field } from "../shared/frames.js";
import { element, fill, precise, say } from "../shared/words.js";

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("./film.js").Moment} Moment */
/** @typedef {{ value: number, low: number | null, high: number | null, doubt: string | null }} Found */
/** @typedef {Pick<Data, "texts" | "locale" | "estimates">} Words */
/** @typedef {{ count: number, low: number, high: number }} Seeds */

/** What is known of them, in a line beside the numbers. */
export class Constants {
  constructor() {
    this.node = element("p", { class: "tg-constants" });
  }

  /**
   * @param {Record<string, number> | undefined} values of the moment that is looked at
   * @param {boolean} ended whether that is the run's end
   * @param {Words} words
   */
  show(values, ended, words) {
    const parts = told(values, ended, words);
    say(this.node, parts.filter(Boolean).join(" · "));
    this.node.hidden = !parts.length;
  }
}

/**
 * What is said of each constant; nothing of one that has no value yet. Intervals and other seeds are told at a run's end.
 *
 * @param {Record<string, number> | undefined} values
 * @param {boolean} ended
 * @param {Words} words
 */
export function told(values, ended, { texts, locale, estimates }) {
  const between = (/** @type {number} */ low, /** @type {number} */ high) => ({ low: precise(low, locale), high: precise(high, locale) });
  return Object.entries(estimates).map(([name, { written, truth, found, seeds }]) => {
    const value = ended && found ? found.value : values?.[name];
    if (value === undefined) return "";
    const parts = [fill(texts.constant, { name: written, value: precise(value, locale) })];
    if (ended && found && found.low !== null && found.high !== null) parts.push(fill(texts.interval, between(found.low, found.high)));
    if (ended && found?.doubt) parts.push(fill(texts.doubts[found.doubt], { name: written }));
    if (ended && seeds) parts.push(fill(texts.seeds, { count: String(seeds.count), ...between(seeds.low, seeds.high) }));
    if (truth !== null) parts.push(fill(texts.truth, { truth: precise(truth, locale) }));
    return parts.join(", ");
  });
}

/**
 * What the figure of the constants is filled from.
 *
 * @param {Moment[]} moments
 * @param {number | null} step that is looked at
 * @param {Data["estimates"]} estimates
 * @returns {Fields}
 */
export function ways(moments, step, estimates) {
  const names = Object.keys(estimates);
  const kept = moments.filter(({ header }) => header.estimates);
  if (!names.length || !kept.length) return {};
  const steps = kept.map(({ header }) => header.step);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  /** @type {Fields} */
  const found = { "estimate.steps": field(steps), "estimate.ends": field([first, last]), "estimate.end": field([last, last]) };
  for (const name of names) {
    const values = kept.map(({ header }) => header.estimates?.[name] ?? Number.NaN);
    const { truth, found: end } = estimates[name];
    found[`estimate.${name}`] = field(values);
    if (truth !== null) found[`truth.${name}`] = field([truth, truth]);
    if (end && end.low !== null && end.high !== null) found[`interval.${name}`] = field([end.low, end.high]);
    if (step !== null) found[`cursor.${name}`] = field([Math.min(...values), Math.max(...values)]);
  }
  return found;
}
