// The controls of a film below its picture: its timeline is the bar of the training's progress.

import { element, fill, say, whole } from "../shared/words.js";
import { AS_TRAINED, SPEEDS } from "./player.js";

/** @typedef {Pick<import("./view.js").Data, "texts" | "locale">} Words */

/**
 * What there is to see and to do.
 *
 * @typedef {object} Shown
 * @property {number | null} step of the moment that is shown
 * @property {number} [best] the step whose network is shown in place of that moment's
 * @property {number} trained the step up to which it is trained
 * @property {number | null} steps where the training ends
 * @property {number} reached how far the training is, from 0 to 1
 */

/** What the visitor wants of the film. */
export class Timeline {
  /**
   * @param {import("./player.js").Player} player
   * @param {{ toggle: () => void, go: (place: number) => void, follow: () => void, screen: () => void, help: () => void }} wishes
   */
  constructor(player, wishes) {
    this.player = player;
    this.play = element("button", { class: "tg-play", type: "button" });
    this.slider = element("input", { class: "tg-slider", type: "range", min: 0, max: 0, value: 0, step: 1 });
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
    this.slider.addEventListener("input", () => wishes.go(this.slider.valueAsNumber));
    this.live.addEventListener("click", wishes.follow);
    this.screen.addEventListener("click", wishes.screen);
    this.help.addEventListener("click", wishes.help);
    this.speed.addEventListener("change", () => {
      player.speed = Number(this.speed.value);
    });
    this.loop.addEventListener("click", () => {
      player.loop = !player.loop;
      this.loop.setAttribute("aria-pressed", String(player.loop));
    });
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
  show({ step, best, trained, steps, reached }, { texts, locale }) {
    const { player } = this;
    const there = player.count > 1 || player.growing;
    this.play.disabled = this.slider.disabled = !there;
    this.play.dataset.playing = String(player.playing);
    say(this.play, player.playing ? "❚❚" : "▶");
    const name = player.playing ? texts.pauseFilm : texts.play;
    this.play.setAttribute("aria-label", name);
    this.play.title = name;
    this.slider.max = String(player.last);
    this.slider.value = String(player.place);
    this.slider.style.width = player.growing ? `calc(${100 * reached}% + ${16 * (1 - reached)}px)` : "100%";
    this.bar.style.transform = `scaleX(${reached})`;
    this.live.disabled = !player.growing;
    this.live.setAttribute("aria-pressed", String(player.live));
    const other = best !== undefined && best !== step;
    const values = {
      best: whole(best ?? 0, locale),
      step: whole(step ?? 0, locale),
      steps: whole(steps ?? 0, locale),
      trained: whole(trained, locale),
    };
    const behind = step !== null && player.growing && !player.live && trained > step;
    const pattern = step === null ? "" : behind ? texts.behind : other ? texts.best : steps ? texts.stepOf : texts.step;
    say(this.moment, fill(pattern, values));
    this.slider.setAttribute("aria-valuetext", this.moment.textContent ?? "");
    this.track.setAttribute("aria-valuenow", String(Math.round(100 * reached)));
  }
}
