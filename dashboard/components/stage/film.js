// The film of a run: its moments in the order of their steps, fetched as they come, read when they are looked at.

import { field } from "../shared/frames.js";
import { decode, index } from "../shared/safetensors.js";

const KEPT = 12; // moments whose fields are kept once they are read
const WHOLE = 32767; // the largest whole number of a field

/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("../shared/server.js").RunHeader} RunHeader */
/** @typedef {{ header: RunHeader, buffer: ArrayBuffer }} Moment */
/**
 * The least and the largest value of a field, and the least of the moments' largest sizes.
 *
 * @typedef {{ low: number, high: number, peak: number }} Span
 */

export class Film {
  /** @type {Moment[]} */
  moments = [];
  newest = 0;
  /**
   * How far each field reaches over the film.
   *
   * @type {Map<string, Span>}
   */
  spans = new Map();
  /**
   * The fields that were read lately.
   *
   * @type {Map<Moment, Fields>}
   */
  read = new Map();
  told = 0;
  /** @type {Fields} */
  held = {};

  get length() {
    return this.moments.length;
  }

  /**
   * Take in what was fetched, in any order; a moment of a step that is there takes the other's place.
   *
   * @param {{ number: number, buffer: ArrayBuffer }[]} pieces
   */
  add(pieces) {
    for (const { number, buffer } of pieces) {
      const { header } = index(buffer);
      const place = this.after(header.step);
      const same = place > 0 && this.moments[place - 1].header.step === header.step;
      this.moments.splice(same ? place - 1 : place, same ? 1 : 0, { header, buffer });
      this.newest = Math.max(this.newest, number);
      this.widen(header.scales ?? {});
    }
  }

  /**
   * The loss at the data that are held out, by the step, where moments tell it: `validation.steps` and `validation.loss`, the same arrays
   * until there are more. A moment of the best network is of an earlier step.
   *
   * @returns {Fields}
   */
  validation() {
    if (this.told !== this.moments.length) {
      this.told = this.moments.length;
      const known = this.moments.map(({ header }) => header).filter(({ validation, best }) => validation != null && best === undefined);
      this.held = known.length
        ? {
            "validation.steps": field(known.map(({ step }) => step)),
            "validation.loss": field(known.map(({ validation }) => Number(validation))),
          }
        : {};
    }
    return this.held;
  }

  /**
   * How many moments are not after a step.
   *
   * @param {number} step
   */
  after(step) {
    let place = this.moments.length;
    while (place > 0 && this.moments[place - 1].header.step > step) place -= 1;
    return place;
  }

  /** @param {Record<string, [scale: number, offset: number]>} scales */
  widen(scales) {
    for (const [name, [scale, offset]] of Object.entries(scales)) {
      const [low, high] = [offset - scale * WHOLE, offset + scale * WHOLE];
      const peak = Math.max(Math.abs(low), Math.abs(high));
      const known = this.spans.get(name) ?? { low, high, peak };
      this.spans.set(name, { low: Math.min(known.low, low), high: Math.max(known.high, high), peak: Math.min(known.peak, peak) });
    }
  }

  /**
   * The fields of a moment.
   *
   * @param {Moment} moment
   * @returns {Fields}
   */
  fields(moment) {
    const known = this.read.get(moment);
    if (known) return known;
    const fields = decode(moment.buffer).arrays;
    this.read.set(moment, fields);
    if (this.read.size > KEPT) this.read.delete([...this.read.keys()][0]);
    return fields;
  }
}

/**
 * The moments of an answer, each behind its number and its length.
 *
 * @param {ArrayBuffer} answer
 */
export function pieces(answer) {
  const view = new DataView(answer);
  const found = [];
  for (let at = 0; at + 8 <= answer.byteLength; ) {
    const [number, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    found.push({ number, buffer: answer.slice(at + 8, at + 8 + length) });
    at += 8 + 8 * Math.ceil(length / 8);
  }
  return found;
}
