// The stage: the film of a run, its picture as the hero, the rest beside it, its timeline and its numbers below.
//
// It knows no figure. Each figure comes from Python as a Plotly skeleton whose traces name, in `meta.fill`, the arrays that belong in their
// x, y and z. The nodes, the zoom and the film outlive the page's reruns. All that is shown belongs to the moment that is looked at.

import { mount } from "../shared/mount.js";
import { shown, sleep, themeOf } from "../shared/page.js";
import { loadPlotly } from "../shared/plotly.js";
import { fetchFilm, fetchIntro, fetchLosses } from "../shared/server.js";
import { element, say } from "../shared/words.js";
import { Board } from "./board.js";
import { Branches } from "./branches.js";
import { Constants, ways } from "./constants.js";
import { Film, pieces } from "./film.js";
import { Ghost } from "./ghost.js";
import { Help } from "./help.js";
import { keepSteps } from "./history.js";
import { listen } from "./keys.js";
import { Cost, Scored, Standing, Verdict } from "./numbers.js";
import { spanOf } from "./panel.js";
import { Player } from "./player.js";
import { Reference } from "./reference.js";
import { axes, cursor } from "./scene.js";
import { Skip } from "./skip.js";
import { Slicer } from "./slicer.js";
import { Timeline } from "./timeline.js";

const TICK = 100; // milliseconds from one look at a run to the next
const AGAIN = 30; // until the next look where there was nothing yet; longer each time, up to a TICK
const IDLE = 2000; // between two looks at a run that somebody may resume
const RETRY = 1000; // after the server did not answer
const LOSSES = 500; // milliseconds between two looks at the losses
const ACTIVE = ["queued", "running"];
const OVER = ["done", "diverged"];

/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("../shared/server.js").Scores} Scores */
/** @typedef {import("./film.js").Moment} Moment */

/**
 * What dashboard/components/stage/stage.py sends.
 *
 * @typedef {object} Data
 * @property {string} problem the key of the reference, which depends on nothing else
 * @property {Record<string, string>} settings by their labels
 * @property {string} form what pictures must have in common to be laid over each other
 * @property {{ path: string, during: string, after: string } | null} intro the film that welcomes, and what is said over it
 * @property {string | null} run
 * @property {boolean} begun whether the visitor has begun the run a moment ago
 * @property {string | null} status
 * @property {number} step
 * @property {number} before the steps of the runs that it goes on from
 * @property {number} seconds
 * @property {string | null} engine
 * @property {{ loss: number | null, relative_l2?: Scores | null, max_error?: Scores | null } | null} scores
 * @property {Record<string, string>} weights the labels of the loss's weights that change
 * @property {{ steps: number | null, seconds: number | null }} limits
 * @property {import("./scene.js").Coordinate[]} coordinates
 * @property {import("./diagram.js").Network} network
 * @property {import("./panel.js").Skeleton[]} panels
 * @property {Choice[]} choices
 * @property {Record<string, { written: string, truth: number | null, found: import("./constants.js").Found | null, seeds: import("./constants.js").Seeds | null }>} estimates constants to be found
 * @property {import("./slicer.js").Slice | null} slice
 * @property {Texts} texts
 * @property {string} locale
 * @property {string} plotly the version of plotly.js
 */
/** @typedef {{ name: string, label: string, options: [value: string, text: string][] }} Choice */

/**
 * @typedef {Record<Word, string> & Tables} Texts
 * @typedef {"step" | "stepOf" | "behind" | "rate" | "rateBy" | "elapsed" | "left" | "seconds" | "minutes" | "progress" | "relativeL2" |
 *   "maxError" | "loss" | "before" | "reference" | "exact" | "nearest" | "solutions" | "computing" | "missing" | "weights" | "trained" |
 *   "engine" | "noCharts" | "film" | "timeline" | "speed" | "times" | "asTrained" | "loop" | "live" | "fullScreen" | "keys" | "close" |
 *   "play" | "pauseFilm" | "compareWith" | "theNearest" | "solution" | "ghost" | "ghostAgain" | "dismiss" | "sweep" | "hold" | "views" | "makeHero" | "skip" |
 *   "best" | "further" | "fetching" | "welcome" | "constant" | "interval" | "seeds" | "truth"} Word
 * @typedef {object} Tables
 * @property {Record<string, string>} status
 * @property {Record<string, string>} methods
 * @property {Record<string, string>} doubts what makes one doubt a constant that was found
 * @property {Record<import("./numbers.js").Judgement, string>} verdicts
 * @property {[key: string, does: string][]} shortcuts
 * @property {Record<string, { name: string, help: string }>} engines
 * @property {import("../shared/plotly.js").Words} plotly
 */

class Stage {
  watch = 0; // counts the loops that look at a run; only the newest goes on
  fresh = true;
  film = new Film();
  /** @type {Fields} */
  losses = {};
  lossesAt = 0;
  /** @type {Moment | null} */
  moment = null;
  /** @type {string | null} */
  status = null;
  trained = 0;
  /** @type {string | null} */
  told = null;
  /** @type {string | null} */
  opened = null;
  /** @type {(status: string) => void} */
  notify = () => {};
  /** @type {Record<string, string>} */
  choices = {};
  /** @type {WeakMap<import("../shared/frames.js").Field, import("./film.js").Span>} */
  spans = new WeakMap();
  animation = 0;

  /**
   * @param {HTMLElement} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.parent = parent;
    this.data = data;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.player = new Player(this.calm);
    this.timeline = new Timeline(this.player, {
      toggle: () => this.toggle(),
      go: (place) => this.go(place),
      follow: () => this.follow(),
      screen: () => this.fillScreen(),
      help: () => this.help.open(),
    });
    this.help = new Help();
    this.skip = new Skip();
    this.standing = new Standing();
    this.scores = new Scored();
    this.verdict = new Verdict();
    this.constants = new Constants();
    this.cost = new Cost();
    this.ghost = new Ghost(() => this.changed());
    this.reference = new Reference(() => this.compare());
    this.slicer = new Slicer(data, () => this.draw(false));
    this.branches = new Branches(() => this.draw(false));
    this.board = new Board(() => this.rearranged());
    this.choosers = element("div", { class: "tg-choosers" });
    this.caption = element("p", { class: "tg-caption", role: "status" });
    const scenery = element("div", { class: "tg-scenery" }, this.board.node, this.caption);
    const looks = element("div", { class: "tg-looks" }, this.board.tabs, this.choosers, this.branches.node, this.slicer.node);
    const line = element("div", { class: "tg-line" }, this.scores.node, this.ghost.node, this.verdict.node);
    const below = element("div", { class: "tg-below" }, this.standing.node, this.cost.node);
    const nodes = [looks, scenery, this.timeline.node, line, this.constants.node, below, this.help.node];
    this.root = element("div", { class: "tg-stage" }, ...nodes);
    parent.append(this.root);
    this.forgetful = keepSteps();
    this.deaf = listen({
      " ": () => this.toggle(),
      ArrowLeft: () => this.go(this.player.place - 1),
      ArrowRight: () => this.go(this.player.place + 1),
      f: () => this.fillScreen(),
      "?": () => this.help.open(),
    });
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, { setTriggerValue }) {
    const { data: before, fresh } = this;
    const other = fresh || before.problem !== data.problem || before.form !== data.form;
    const reset = other || before.run !== data.run;
    if (fresh) this.ghost.inherit(data.settings);
    else if (reset) this.haunt(before);
    this.fresh = false;
    this.data = data;
    this.notify = (status) => setTriggerValue("status", status);
    this.told = null;
    this.root.lang = data.locale;
    this.timeline.say(data);
    this.help.say(data);
    this.skip.say(data);
    this.slicer.say(data);
    if (other) this.setChoices();
    if (reset) this.reset();
    if (other) this.reference.load(data.problem);
    this.compare();
    if (data.run && (reset || before.status !== data.status)) this.look(data.run);
    if (data.intro && !data.run && (reset || !before.intro)) this.welcome(data.intro.path);
  }

  end() {
    this.watch += 1;
    this.haunt(this.data);
    this.deaf();
    this.forgetful();
    this.skip.end();
    this.slicer.set(null);
    this.reference.forget();
    this.board.end();
    cancelAnimationFrame(this.animation);
    this.root.remove();
  }

  /**
   * What was shown becomes the ghost of what comes.
   *
   * @param {Data} before
   */
  haunt(before) {
    const { moment } = this;
    if (!moment || before.intro) return;
    const fields = this.film.fields(moment);
    this.ghost.keep(
      before.form,
      { ...fields, ...axes(fields, before.coordinates), ...this.losses },
      moment.header.relative_l2 ?? null,
      before.settings,
    );
  }

  /** Another run, another problem or none. */
  reset() {
    this.watch += 1;
    this.film = new Film();
    this.losses = {};
    this.lossesAt = 0;
    this.moment = null;
    this.status = this.data.status;
    this.trained = this.data.step;
    this.player.pause();
    this.player.take(0, 0, Boolean(this.data.run)); // how far its film goes is not known yet
    this.standing.forget();
    this.standing.show(this.data, this.data);
  }

  /** Hold what is shown against what is known of the reference. */
  compare() {
    const { header, missing } = this.reference;
    const waits = this.data.run && !this.film.length ? this.data.texts.fetching : null;
    this.board.set(this.data, header ? null : (missing ?? this.data.texts.computing), waits);
    this.offerSlices();
    this.branches.set(this.reference.header?.solutions ?? 1, this.data);
    this.changed();
  }

  /** Another figure is the hero, or all have another size, or show another part. */
  rearranged() {
    this.offerSlices();
    this.draw(false);
  }

  offerSlices() {
    this.slicer.offer(this.board.cut || this.data.coordinates.length > 2);
  }

  changed() {
    this.say();
    this.draw(false);
  }

  /** The numbers, which are the moment's, and what the reference is. */
  say() {
    const { data, moment, reference, ghost } = this;
    const header = moment?.header ?? null;
    const nearest = header?.reference?.nearest;
    const over = !ACTIVE.includes(this.status ?? "queued") && this.status !== "paused";
    const before = data.form === ghost.form ? ghost.error : null;
    this.scores.show(header ?? data.scores, before, data, reference.header?.error, reference.sizes(nearest));
    this.ghost.show(data.form, data);
    this.cost.show(reference, nearest, header?.seconds ?? data.seconds, header?.weights, data);
    const last = this.film.moments.at(-1)?.header;
    const ended = over && this.player.atEnd && !this.player.playing;
    this.verdict.show(ended ? this.status : null, (last ?? data.scores)?.relative_l2, Boolean(reference.missing), data);
    this.standing.judge(this.verdict.judgement);
    this.constants.show(header?.estimates, ended, data);
    const { steps, seconds } = data.limits;
    const reached = Math.min(1, Math.max(steps ? this.trained / steps : 0, seconds ? (last?.seconds ?? 0) / seconds : 0));
    const done = this.status === "done" ? 1 : reached;
    this.root.dataset.moments = String(this.film.length);
    this.root.dataset.whole = String(!this.player.growing); // whether all moments that there are have come
    const { intro } = data;
    const seen = moment && this.player.atEnd && !this.player.playing;
    say(this.caption, intro ? (seen ? intro.after : intro.during) : ""); // before the film is there, so that nothing moves then
    const active = ACTIVE.includes(this.status ?? "");
    const at = {
      step: header?.step ?? null,
      best: header?.best,
      trained: this.trained,
      moments: this.film.moments.map((moment) => moment.header.step),
      steps,
    };
    this.timeline.show({ ...at, reached: done, active, before: data.before }, data);
  }

  /** What {unknown} and the like stand for in the names of arrays: the first, until the visitor chooses. */
  setChoices() {
    this.choices = Object.fromEntries(this.data.choices.map(({ name, options }) => [name, options[0][0]]));
    const several = this.data.choices.filter(({ options }) => options.length > 1);
    const made = several.map(({ name, label, options }) => {
      const select = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
      select.addEventListener("change", () => {
        this.choices[name] = select.value;
        this.draw(false);
      });
      return element("label", { class: "tg-chooser" }, label, " ", select);
    });
    this.choosers.replaceChildren(...made);
    this.slicer.set(this.data.slice, this.data);
  }

  // The film.

  toggle() {
    if (this.player.playing) this.player.pause();
    else this.player.play(performance.now());
    this.arrive(false);
    this.animate();
  }

  /** @param {number} place */
  go(place) {
    if (!this.film.length) return;
    this.player.go(place);
    this.arrive(false);
  }

  follow() {
    this.player.follow();
    this.arrive(false);
    this.animate();
  }

  fillScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.().catch(() => {});
  }

  /** Let the film run, picture by picture, for as long as it plays. */
  animate() {
    cancelAnimationFrame(this.animation);
    this.animation = requestAnimationFrame(async (now) => {
      if (this.player.tick(now, this.film.moments)) await this.arrive(true);
      else if (!this.player.playing) return this.arrive(false); // figures that had no time while it played are drawn
      this.animate();
    });
  }

  /**
   * Show the moment that is looked at now.
   *
   * @param {boolean} quick
   */
  async arrive(quick) {
    this.moment = this.film.moments[this.player.place] ?? null;
    this.say();
    await this.draw(quick);
  }

  /**
   * Look at a run, again and again, until it is over. What was drawn stays where the run is deleted, or the server gone or busy.
   *
   * @param {string} run
   */
  async look(run) {
    this.watch += 1;
    const watch = this.watch;
    const plays = (this.data.begun || ACTIVE.includes(this.data.status ?? "")) && this.opened !== run;
    let misses = 0;
    for (let first = true; watch === this.watch; first = false) {
      await shown();
      const answer = await fetchFilm(run, this.film.newest);
      if (watch !== this.watch || answer === "gone") return;
      if (!answer) {
        await sleep(RETRY);
        continue;
      }
      const { status, step, seconds, newest, moments } = answer;
      const active = ACTIVE.includes(status);
      this.status = status;
      this.trained = Math.max(step, this.film.moments.at(-1)?.header.step ?? 0);
      if (moments) this.take(moments, active, newest);
      else this.player.take(this.film.length, this.player.place, active || newest > this.film.newest);
      const rest = !active && newest <= this.film.newest;
      if (this.film.length && this.opened !== run && (plays || active || rest)) {
        this.opened = run;
        this.begin(plays);
      } else if (first && active && this.opened === run && this.player.atEnd) this.goOn();
      if (first || rest || performance.now() - this.lossesAt > LOSSES) await this.loadLosses(run, watch);
      if (watch !== this.watch) return;
      const engine = this.film.moments.at(-1)?.header.engine ?? this.data.engine;
      this.standing.show({ status, step: this.trained, seconds, engine, before: this.data.before }, this.data);
      this.say();
      if (moments && !this.player.playing) await this.arrive(false);
      this.tell(status);
      misses = moments ? 0 : misses + 1;
      if (rest && OVER.includes(status)) return;
      if (!rest || active) await sleep(active ? (moments ? TICK : Math.min(AGAIN + 2 * misses, TICK)) : 0);
      else await sleep(IDLE);
    }
  }

  /**
   * Take in moments of a run that is `active`, or has others up to number `newest`.
   *
   * @param {ArrayBuffer} moments
   * @param {boolean} active
   * @param {number} newest
   */
  take(moments, active, newest) {
    const looked = this.moment;
    const follows = this.player.atEnd && !this.player.playing;
    this.film.add(pieces(moments));
    const place = looked ? Math.max(0, this.film.after(looked.header.step) - 1) : this.player.place;
    const growing = active || newest > this.film.newest;
    this.player.take(this.film.length, follows ? this.film.length - 1 : place, growing);
    if (this.player.live) this.arrive(true);
  }

  /**
   * The first moments are there: a film that `plays` is shown from its beginning, or to those who ask for less motion as it comes; another
   * opens at its end.
   *
   * @param {boolean} plays
   */
  begin(plays) {
    if (!plays) this.player.open();
    else if (this.calm) this.player.follow();
    else this.player.start(performance.now());
    this.arrive(false);
    this.animate();
  }

  /** A run that is taken up again is watched on from where it was left. */
  goOn() {
    this.player.play(performance.now());
    this.animate();
  }

  /**
   * Show the film that is shipped with the app.
   *
   * @param {string} path
   */
  async welcome(path) {
    this.watch += 1;
    const watch = this.watch;
    const found = await fetchIntro(path);
    if (watch !== this.watch || !found) return;
    this.losses = found.losses;
    this.film.add(pieces(found.moments));
    this.trained = this.film.moments.at(-1)?.header.step ?? 0;
    this.player.take(this.film.length, 0, false);
    this.begin(true);
  }

  /**
   * @param {string} run
   * @param {number} watch
   */
  async loadLosses(run, watch) {
    this.lossesAt = performance.now();
    const losses = await fetchLosses(run);
    if (watch === this.watch && Object.keys(losses).length) this.losses = losses;
  }

  /**
   * Tell the page, once, of a status that it does not know.
   *
   * @param {string} status
   */
  tell(status) {
    if (status === this.data.status || status === this.told) return;
    this.told = status;
    this.notify(status);
  }

  /** @returns {import("./panel.js").Scene} */
  scene() {
    const { data, film, moment, reference, branches, slicer } = this;
    const fields = moment ? film.fields(moment) : null;
    const told = moment?.header.reference?.nearest;
    const beside = reference.beside(fields, branches.chosen, told);
    const own = { ...fields, ...beside };
    const step = moment?.header.step ?? null;
    const ghost = this.ghost.beside(data.form);
    const drawn = { ...axes(own, data.coordinates), ...this.losses, ...film.validation(), ...cursor(this.losses, step), ...own };
    const arrays = { ...ghost, ...ways(film.moments, step, data.estimates), ...drawn };
    slicer.fit(arrays);
    const span = (/** @type {string} */ name) => {
      if (film.spans.has(name)) return film.spans.get(name);
      const field = arrays[name];
      if (!field) return undefined;
      const known = this.spans.get(field) ?? spanOf(field);
      this.spans.set(field, known);
      return known;
    };
    return { arrays, choices: this.choices, at: slicer.at, span };
  }

  /**
   * Draw what has changed; `quick` while a film plays.
   *
   * @param {boolean} quick
   */
  async draw(quick) {
    const Plotly = await loadPlotly(this.data.plotly);
    if (!Plotly) return say(this.standing.pace, this.data.texts.noCharts);
    this.board.draw(Plotly, this.scene(), themeOf(this.parent), this.data.texts.plotly, quick);
    this.root.dataset.step = String(this.moment?.header.step ?? "");
  }
}

export default mount(Stage);
