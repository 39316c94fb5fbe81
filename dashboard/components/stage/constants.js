// The constants that a run has to find: their way over the film, and what they have come to.

import { field } from "../shared/frames.js";
import { element, fill, precise, say } from "../shared/words.js";

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("./film.js").Moment} Moment */
/** @typedef {{ value: number, low: number | null, high: number | null, doubt: string | null }} Found */

/** What is known of them, in a line beside the numbers. */
export class Constants {
  constructor() {
    this.node = element("p", { class: "tg-constants" });
  }

  /**
   * @param {Record<string, number> | undefined} values of the moment that is looked at
   * @param {boolean} ended whether that is the run's end
   * @param {Pick<Data, "texts" | "locale" | "estimates">} words
   */
  show(values, ended, { texts, locale, estimates }) {
    const parts = Object.entries(estimates).map(([name, { written, truth, found }]) => {
      const value = ended && found ? found.value : values?.[name];
      if (value === undefined) return "";
      const told = [fill(texts.constant, { name: written, value: precise(value, locale) })];
      if (ended && found && found.low !== null && found.high !== null) {
        told.push(fill(texts.interval, { low: precise(found.low, locale), high: precise(found.high, locale) }));
      }
      if (ended && found?.doubt) told.push(fill(texts.doubts[found.doubt], { name: written }));
      if (truth !== null) told.push(fill(texts.truth, { truth: precise(truth, locale) }));
      return told.join(", ");
    });
    say(this.node, parts.filter(Boolean).join(" · "));
    this.node.hidden = !parts.length;
  }
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
  const told = moments.filter(({ header }) => header.estimates);
  if (!names.length || !told.length) return {};
  const steps = told.map(({ header }) => header.step);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  /** @type {Fields} */
  const found = { "estimate.steps": field(steps), "estimate.ends": field([first, last]), "estimate.end": field([last, last]) };
  for (const name of names) {
    const values = told.map(({ header }) => header.estimates?.[name] ?? Number.NaN);
    const { truth, found: end } = estimates[name];
    found[`estimate.${name}`] = field(values);
    if (truth !== null) found[`truth.${name}`] = field([truth, truth]);
    if (end && end.low !== null && end.high !== null) found[`interval.${name}`] = field([end.low, end.high]);
    if (step !== null) found[`cursor.${name}`] = field([Math.min(...values), Math.max(...values)]);
  }
  return found;
}
