// Where maps of three coordinates are cut.

import { shown, sleep } from "../shared/page.js";
import { element, fill, say } from "../shared/words.js";

const PASS = 4000; // milliseconds that it takes to play from end to end
const STILL = 1000; // between two slices for those who ask for less motion

/** @typedef {Pick<import("./view.js").Data, "texts" | "locale">} Words */

/**
 * A third coordinate, as dashboard/components/stage/stage.py sends it.
 *
 * @typedef {{ name: string, low: number, high: number, points: number, label: string }} Slice
 */

export class Slicer {
  /** @type {Slice | null} */
  slice = null;
  at = 0;
  points = 0;
  /** @type {object | null} */
  playing = null;

  /**
   * @param {Words} words
   * @param {() => Promise<void>} changed called, and waited for, when the visitor or the animation has moved to another place
   */
  constructor(words, changed) {
    this.words = words;
    this.changed = changed;
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, step: 1 });
    this.place = element("output", { class: "tg-moment" });
    this.node = element("div", { class: "tg-slice", role: "group" }, this.play, this.slider, this.place);
    this.slider.addEventListener("input", () => {
      this.pause();
      this.move(this.slider.valueAsNumber);
    });
    this.play.addEventListener("click", () => (this.playing ? this.pause() : this.start()));
  }

  /**
   * Take another problem's third coordinate, or none; begin in its middle, where no condition says what the field is.
   *
   * @param {Slice | null} slice
   * @param {Words} words
   */
  set(slice, words = this.words) {
    this.playing = null;
    this.slice = slice;
    this.node.hidden = !slice;
    if (!slice) return;
    this.at = (slice.low + slice.high) / 2;
    this.points = 0;
    this.fit({});
    this.say(words);
  }

  /**
   * As many places as the coordinate has points in `arrays`; the slice stays where it is.
   *
   * @param {import("../shared/frames.js").Fields} arrays
   */
  fit(arrays) {
    if (!this.slice) return;
    const { name, low, high } = this.slice;
    const points = (arrays[`axis.${name}`] ?? arrays[`reference-axis.${name}`])?.values.length ?? (this.points || this.slice.points);
    if (points === this.points) return;
    this.points = points;
    this.slider.max = String(points - 1);
    this.slider.value = String(Math.round(((this.at - low) / (high - low)) * (points - 1)));
  }

  /**
   * Whether what is shown is cut, so that the visitor may choose where.
   *
   * @param {boolean} cut
   */
  offer(cut) {
    this.node.hidden = !this.slice || !cut;
    if (this.node.hidden) this.playing = null;
  }

  /** @param {Words} words */
  say(words = this.words) {
    this.words = words;
    if (!this.slice) return;
    const { texts, locale } = words;
    say(this.play, fill(this.playing ? texts.hold : texts.sweep, { name: this.slice.name }));
    const value = this.at.toLocaleString(locale, { maximumSignificantDigits: 3 }).replaceAll("-", "−");
    say(this.place, `${this.slice.name} = ${value}`);
    this.node.setAttribute("aria-label", this.slice.label);
    this.slider.setAttribute("aria-label", this.slice.label);
    this.slider.setAttribute("aria-valuetext", this.place.textContent ?? "");
  }

  /** @param {number} index */
  async move(index) {
    if (!this.slice) return;
    const { low, high } = this.slice;
    this.slider.value = String(index);
    this.at = low + ((high - low) * index) / (this.points - 1);
    this.say();
    await this.changed();
  }

  /** From here to the end and round again, until it is stopped. */
  async start() {
    const turn = {};
    this.playing = turn;
    while (turn === this.playing) {
      const pause = matchMedia("(prefers-reduced-motion: reduce)").matches ? STILL : PASS / this.points;
      await Promise.all([this.move((this.slider.valueAsNumber + 1) % this.points), sleep(pause)]);
      await shown();
    }
  }

  pause() {
    this.playing = null;
    this.say();
  }
}
