// A run once more, by the moments that were kept.

import { sleep } from "../shared/page.js";
import { fetchSnapshot, fetchSnapshots } from "../shared/server.js";
import { element, fill, say, whole } from "../shared/words.js";

const REPLAY = 150; // milliseconds between two moments

/** @typedef {import("../shared/server.js").RunFrame} RunFrame */
/** @typedef {Pick<import("./view.js").Data, "texts" | "locale">} Words */

export class Replay {
  /** @type {string | null} */
  run = null;
  /** @type {number[]} */
  steps = [];
  /** @type {RunFrame | null} */
  last = null;
  /** @type {object | null} */
  playing = null;

  /**
   * @param {Words} words
   * @param {(frame: RunFrame) => Promise<void>} show
   */
  constructor(words, show) {
    this.words = words;
    this.show = show;
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, value: 0, step: 1 });
    this.moment = element("output", { class: "tg-moment" });
    this.node = element("div", { class: "tg-replay" }, this.play, this.slider, this.moment);
    this.slider.addEventListener("input", () => {
      this.playing = null;
      this.rewind();
    });
    this.play.addEventListener("click", () => (this.playing ? this.pause() : this.start()));
  }

  /**
   * Offer the moments of a run at rest, and last the frame that it was left in.
   *
   * @param {string} run
   * @param {RunFrame} last
   */
  async load(run, last) {
    if (this.run === run) return;
    this.run = run;
    const steps = (await fetchSnapshots(run)).filter((step) => step < last.header.step);
    if (this.run !== run) return;
    this.last = last;
    this.steps = [...steps, last.header.step];
    this.slider.max = this.slider.value = String(steps.length);
    this.say();
  }

  forget() {
    if (!this.run) return;
    this.run = this.playing = null;
    this.steps = [];
    this.say();
  }

  /** @param {Words} words */
  say(words = this.words) {
    this.words = words;
    const { texts, locale } = words;
    const ready = this.steps.length > 1;
    this.node.classList.toggle("tg-off", !ready);
    this.play.disabled = this.slider.disabled = !ready;
    say(this.play, this.playing ? texts.stopReplay : texts.replay);
    say(this.moment, ready ? fill(texts.step, { step: whole(this.steps[this.slider.valueAsNumber], locale) }) : "");
    this.slider.setAttribute("aria-label", texts.replayStep);
    this.slider.setAttribute("aria-valuetext", this.moment.textContent ?? "");
  }

  /** Show the moment that the slider stands at. */
  async rewind() {
    const { run, slider } = this;
    if (!run) return;
    const index = slider.valueAsNumber;
    this.say();
    const frame = index === this.steps.length - 1 ? this.last : await fetchSnapshot(run, this.steps[index]);
    if (frame && run === this.run && index === slider.valueAsNumber) await this.show(frame);
  }

  async start() {
    const turn = {};
    this.playing = turn;
    const at = this.slider.valueAsNumber;
    for (let index = at < this.steps.length - 1 ? at : 0; index < this.steps.length && turn === this.playing; index++) {
      this.slider.value = String(index);
      await Promise.all([this.rewind(), sleep(REPLAY)]);
    }
    if (turn === this.playing) this.pause();
  }

  pause() {
    this.playing = null;
    this.say();
  }
}
