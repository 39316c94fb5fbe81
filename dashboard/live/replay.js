// A run once more, by the moments that were kept.

const REPLAY = 150; // milliseconds between two moments

class Replay {
  /** `show` is given a frame to show. */
  constructor(show) {
    this.show = show;
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, value: 0, step: 1 });
    this.moment = element("output", { class: "tg-moment" });
    this.node = element("div", { class: "tg-replay" }, this.play, this.slider, this.moment);
    this.steps = [];
    this.slider.addEventListener("input", () => {
      this.playing = null;
      this.rewind();
    });
    this.play.addEventListener("click", () => (this.playing ? this.pause() : this.start()));
  }

  /** Offer the moments of a run at rest, and last the frame that it was left in. */
  async load(run, last) {
    if (this.run === run) return;
    this.run = run;
    const steps = (await fetchSnapshots(run)).filter((step) => step < last.header.step);
    if (this.run !== run) return;
    this.last = last;
    this.steps = [...steps, last.header.step];
    this.slider.max = this.slider.value = steps.length;
    this.say();
  }

  forget() {
    if (!this.run) return;
    this.run = this.playing = null;
    this.steps = [];
    this.say();
  }

  say(words = this.words) {
    this.words = words;
    const { texts, locale } = words;
    const ready = this.steps.length > 1;
    this.node.classList.toggle("tg-off", !ready);
    this.play.disabled = this.slider.disabled = !ready;
    say(this.play, this.playing ? texts.stopReplay : texts.replay);
    say(this.moment, ready ? fill(texts.step, { step: whole(this.steps[this.slider.value], locale) }) : "");
    this.slider.setAttribute("aria-label", texts.replayStep);
    this.slider.setAttribute("aria-valuetext", this.moment.textContent);
  }

  /** Show the moment that the slider stands at. */
  async rewind() {
    const { run, slider } = this;
    const index = Number(slider.value);
    this.say();
    const frame = index === this.steps.length - 1 ? this.last : await fetchSnapshot(run, this.steps[index]);
    if (frame && run === this.run && index === Number(slider.value)) await this.show(frame);
  }

  async start() {
    const turn = (this.playing = {});
    const at = Number(this.slider.value);
    for (let index = at < this.steps.length - 1 ? at : 0; index < this.steps.length && turn === this.playing; index++) {
      this.slider.value = index;
      await Promise.all([this.rewind(), sleep(REPLAY)]);
    }
    if (turn === this.playing) this.pause();
  }

  pause() {
    this.playing = null;
    this.say();
  }
}
