// All that is drawn of one moment, by the names that figures fill themselves from.

import { field, stretched } from "../shared/frames.js";

/** @typedef {import("../shared/frames.js").Field} Field */
/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("./film.js").Span} Span */
/** @typedef {{ name: string, low: number, high: number }} Coordinate */

const KINDS = [
  ["solution.", "axis"],
  ["error.", "error-axis"],
  ["residual.", "residual-axis"],
  ["slope.", "slope-axis"],
];

/**
 * The axes of fields, which are even: `axis.X` of the solution, `error-axis.X` and `residual-axis.X`.
 *
 * @param {Fields} fields
 * @param {Coordinate[]} coordinates
 * @returns {Fields}
 */
export function axes(fields, coordinates) {
  /** @type {Fields} */
  const found = {};
  for (const [begin, axis] of KINDS) {
    const name = Object.keys(fields).find((other) => other.startsWith(begin));
    if (!name) continue;
    coordinates.forEach((coordinate, dimension) => {
      found[`${axis}.${coordinate.name}`] = stretched(coordinate.low, coordinate.high, fields[name].shape[dimension]);
    });
  }
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
