// All that is drawn of one moment, by the names that figures fill themselves from.

import { field, stretched } from "../shared/frames.js";

/** @typedef {import("../shared/frames.js").Field} Field */
/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("./film.js").Span} Span */
/** @typedef {{ name: string, low: number, high: number }} Coordinate */

/**
 * The axes of a moment's fields, which are even: `axis.X`, and of the residuals, which have fewer points, `residual-axis.X`.
 *
 * @param {Fields} fields
 * @param {Coordinate[]} coordinates
 * @returns {Fields}
 */
export function axes(fields, coordinates) {
  const [solution, residual] = ["solution.", "residual."].map((begin) => Object.keys(fields).find((name) => name.startsWith(begin)));
  /** @type {Fields} */
  const found = {};
  coordinates.forEach(({ name, low, high }, dimension) => {
    if (solution) found[`axis.${name}`] = stretched(low, high, fields[solution].shape[dimension]);
    if (residual) found[`residual-axis.${name}`] = stretched(low, high, fields[residual].shape[dimension]);
  });
  return found;
}

/**
 * The line in the loss that says which step is looked at, from the least to the largest loss there is.
 *
 * @param {Fields} losses
 * @param {number | null} step
 * @returns {Fields}
 */
export function cursor(losses, step) {
  if (step === null) return {};
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const [name, { values }] of Object.entries(losses)) {
    if (!name.startsWith("loss.") || name === "loss.steps") continue;
    for (const value of values) {
      if (value > 0 && value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low <= high)) return {};
  const at = Math.max(step, 1);
  return { "cursor.step": field([at, at]), "cursor.loss": field([low, high]) };
}
