// Where maps of three coordinates are cut.

const PASS = 4000; // milliseconds that it takes to play from end to end
const STILL = 1000; // between two slices for those who ask for less motion

class Slicer {
  /** `changed` is called, and waited for, when the visitor or the animation has moved to another place. */
  constructor(changed) {
    this.changed = changed;
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, step: 1 });
    this.place = element("output", { class: "tg-moment" });
    this.node = element("div", { class: "tg-slice", role: "group" }, this.play, this.slider, this.place);
    this.slider.addEventListener("input", () => {
      this.pause();
      this.move(Number(this.slider.value));
    });
    this.play.addEventListener("click", () => (this.playing ? this.pause() : this.start()));
  }

  /** Take another problem's third coordinate, or none; begin in its middle, where no condition says what the field is. */
  set(slice, words) {
    this.playing = null;
    this.slice = slice;
    this.node.hidden = !slice;
    if (!slice) return;
    this.at = (slice.low + slice.high) / 2;
    this.points = null;
    this.fit({});
    this.say(words);
  }

  /** As many places as the coordinate has points in `arrays`; the slice stays where it is. */
  fit(arrays) {
    const points = arrays[`axis.${this.slice?.name}`]?.values.length ?? this.points ?? this.slice?.points;
    if (!this.slice || points === this.points) return;
    this.points = points;
    this.slider.max = points - 1;
    this.slider.value = Math.round(((this.at - this.slice.low) / (this.slice.high - this.slice.low)) * (points - 1));
  }

  say(words = this.words) {
    this.words = words;
    if (!this.slice) return;
    const { texts, locale } = words;
    say(this.play, this.playing ? texts.stopReplay : texts.play);
    const value = this.at.toLocaleString(locale, { maximumSignificantDigits: 3 }).replaceAll("-", "−");
    say(this.place, `${this.slice.name} = ${value}`);
    this.node.setAttribute("aria-label", this.slice.label);
    this.slider.setAttribute("aria-label", this.slice.label);
    this.slider.setAttribute("aria-valuetext", this.place.textContent);
  }

  move(index) {
    const { low, high } = this.slice;
    this.slider.value = index;
    this.at = low + ((high - low) * index) / (this.points - 1);
    this.say();
    return this.changed();
  }

  /** From here to the end and round again, until it is stopped. */
  async start() {
    const turn = (this.playing = {});
    while (turn === this.playing) {
      const pause = matchMedia("(prefers-reduced-motion: reduce)").matches ? STILL : PASS / this.points;
      await Promise.all([this.move((Number(this.slider.value) + 1) % this.points), sleep(pause)]);
      await shown();
    }
  }

  pause() {
    this.playing = null;
    this.say();
  }
}
