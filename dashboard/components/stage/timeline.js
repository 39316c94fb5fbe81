// The controls of a film below its picture: its timeline is the bar of the training's progress.

import { element, fill, say, whole } from "../shared/words.js";
import { AS_TRAINED, Player, SPEEDS } from "./player.js";

const FINE = 1000; // places of the slider

/** @typedef {Pick<import("./view.js").Data, "texts" | "locale">} Words */

/**
 * What there is to see and to do.
 *
 * @typedef {object} Shown
 * @property {number | null} step of the moment that is shown
 * @property {number} [best] the step whose network is shown in place of that moment's
 * @property {number} trained the step up to which it is trained
 * @property {number | null} steps where the training ends
 * @property {number[]} moments the steps of which there are moments
 * @property {number} reached how far the training is, from 0 to 1
 * @property {boolean} active whether it trains, or waits for it
 * @property {number} before the steps of the runs that it goes on from
 */

/** What the visitor wants of the film. */
export class Timeline {
  /** The step at the end of the timeline. */
  end = 1;
  /** @type {number[]} */
  steps = [];

  /**
   * @param {import("./player.js").Player} player
   * @param {{ toggle: () => void, go: (place: number) => void, follow: () => void, screen: () => void, help: () => void }} wishes
   */
  constructor(player, wishes) {
    this.player = player;
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, max: FINE, value: 0, step: 1 });
    this.bar = element("div", { class: "tg-bar" });
    this.track = element("div", { class: "tg-track", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.bar);
    this.moment = element("output", { class: "tg-moment" });
    this.live = element("button", { class: "tg-live-mark", type: "button" });
    this.speed = element("select", { class: "tg-speed" });
    this.loop = element("button", { class: "tg-toggle", type: "button" }, "↻");
    this.screen = element("button", { class: "tg-toggle", type: "button" }, "⤢");
    this.help = element("button", { class: "tg-toggle", type: "button" }, "?");
    const rail = element("div", { class: "tg-rail" }, this.track, this.slider);
    const extras = element("div", { class: "tg-extras" }, this.live, this.speed, this.loop, this.screen, this.help);
    this.node = element("div", { class: "tg-timeline", role: "group" }, this.play, rail, this.moment, extras);
    this.play.addEventListener("click", wishes.toggle);
    this.slider.addEventListener("input", () => wishes.go(this.nearest(this.slider.valueAsNumber / FINE)));
    this.slider.addEventListener("keydown", (event) => {
      const place = this.asked(event.key);
      if (place === null) return;
      event.preventDefault();
      wishes.go(place);
    });
    this.live.addEventListener("click", wishes.follow);
    this.screen.addEventListener("click", wishes.screen);
    this.help.addEventListener("click", wishes.help);
    this.speed.addEventListener("change", () => {
      player.speed = Player.speed = Number(this.speed.value);
    });
    this.loop.addEventListener("click", () => {
      player.loop = Player.loop = !player.loop;
      this.loop.setAttribute("aria-pressed", String(player.loop));
    });
  }

  /**
   * Where a step stands on the timeline, from 0 to 1: the first steps, in which most happens, have more room than the last.
   *
   * @param {number} step
   */
  place(step) {
    return Math.sqrt(Math.min(1, Math.max(0, step / this.end)));
  }

  /**
   * The number of the moment nearest to a place of the timeline.
   *
   * @param {number} place
   */
  nearest(place) {
    const away = this.steps.map((step) => Math.abs(this.place(step) - place));
    return away.indexOf(Math.min(...away));
  }

  /**
   * The number of the moment that a key asks for; null for other keys.
   *
   * @param {string} key
   */
  asked(key) {
    const { place, last } = this.player;
    const page = Math.max(1, Math.round(last / 10));
    /** @type {Record<string, number>} */
    const places = { Home: 0, End: last, PageDown: place - page, PageUp: place + page };
    for (const name of ["ArrowLeft", "ArrowDown"]) places[name] = place - 1;
    for (const name of ["ArrowRight", "ArrowUp"]) places[name] = place + 1;
    return places[key] ?? null;
  }

  /** @param {Words} words */
  say({ texts, locale }) {
    if (!this.speed.length) {
      const pace = (/** @type {number} */ speed) => fill(texts.times, { speed: speed.toLocaleString(locale) });
      this.speed.append(
        ...[...SPEEDS, AS_TRAINED].map((speed) => element("option", { value: speed }, speed ? pace(speed) : texts.asTrained)),
      );
      this.speed.value = String(this.player.speed);
    }
    for (const [node, text] of /** @type {[Element, string][]} */ ([
      [this.node, texts.film],
      [this.slider, texts.timeline],
      [this.speed, texts.speed],
      [this.loop, texts.loop],
      [this.screen, texts.fullScreen],
      [this.help, texts.keys],
      [this.track, texts.progress],
    ])) {
      node.setAttribute("aria-label", text);
      if (node !== this.node && node !== this.track) node.setAttribute("title", text);
    }
    this.loop.setAttribute("aria-pressed", String(this.player.loop));
    say(this.live, texts.live);
  }

  /**
   * @param {Shown} shown
   * @param {Words} words
   */
  show({ step, best, trained, moments, steps, reached, active, before }, { texts, locale }) {
    const { player } = this;
    const there = player.count > 1 || player.growing;
    this.play.disabled = this.slider.disabled = !there;
    this.play.dataset.playing = String(player.playing);
    say(this.play, player.playing ? "❚❚" : "▶");
    const name = player.playing ? texts.pauseFilm : texts.play;
    this.play.setAttribute("aria-label", name);
    this.play.title = name;
    this.steps = moments;
    const last = moments.at(-1) ?? 0;
    this.end = Math.max(1, last, reached >= 1 ? trained : (steps ?? (reached > 0 ? trained / reached : trained)));
    this.slider.value = String(Math.round(FINE * this.place(step ?? 0)));
    this.bar.style.transform = `scaleX(${this.place(Math.max(trained, last))})`;
    this.live.disabled = !active;
    this.live.setAttribute("aria-pressed", String(player.live));
    const other = best !== undefined && best !== step;
    const values = {
      best: whole(best ?? 0, locale),
      step: whole(step ?? 0, locale),
      steps: whole(steps ?? 0, locale),
      trained: whole(trained, locale),
      before: whole(before, locale),
    };
    const behind = step !== null && active && !player.live && trained > step;
    const pattern = step === null ? "" : behind ? texts.behind : other ? texts.best : steps ? texts.stepOf : texts.step;
    say(this.moment, fill(pattern && before ? `${pattern}${texts.further}` : pattern, values));
    this.moment.title = this.moment.textContent ?? "";
    this.slider.setAttribute("aria-valuetext", this.moment.textContent ?? "");
    this.track.setAttribute("aria-valuenow", String(Math.round(100 * reached)));
  }
}
