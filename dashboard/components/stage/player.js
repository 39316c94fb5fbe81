// Which moment of a film is looked at, and when the next one is.

const FASTEST = 1000 / 15; // milliseconds a moment, at the usual speed: faster than that nobody can follow
const SHOWING = 5000; // milliseconds that a whole film takes, at least
const SLOWEST = 700; // milliseconds a moment, however few there are
const CALM = 1000; // for those who ask for less motion

export const SPEEDS = [0.25, 0.5, 1, 2, 4];
/** The speed at which moments follow each other as they did in the training. */
export const AS_TRAINED = 0;

const PATIENCE = 500; // milliseconds that it waits for what is to be drawn before a moment that was drawn ahead of its turn

/** @typedef {{ header: { step: number, seconds: number, ahead?: boolean } }} Taken */

/**
 * A place in a film that goes on as time goes by. It knows nothing of where moments come from or how they are drawn: `take` tells it of the
 * film, `tick` of the time.
 */
export class Player {
  static speed = 1; // as it was chosen last: another player goes on with it
  static loop = false;
  place = 0; // the number of the moment looked at, from 0
  count = 0;
  playing = false;
  live = false; // whether it follows the newest moment
  loop = Player.loop;
  speed = Player.speed;
  growing = false; // whether more moments may come
  due = 0; // when the next moment is

  /** @param {boolean} calm whether less motion is asked for */
  constructor(calm = false) {
    this.calm = calm;
  }

  get last() {
    return Math.max(0, this.count - 1);
  }

  get atEnd() {
    return this.place >= this.last;
  }

  /**
   * The film has `count` moments now, the one looked at among them at `place`; `growing` says whether more may come.
   *
   * @param {number} count
   * @param {number} place
   * @param {boolean} growing
   */
  take(count, place, growing) {
    this.count = count;
    this.growing = growing;
    this.place = this.live ? this.last : Math.min(place, this.last);
    if (!growing) this.live = false;
  }

  /** Open a film at its end, at rest. */
  open() {
    this.playing = this.live = false;
    this.place = this.last;
  }

  /**
   * Show a film from its beginning, though more may come.
   *
   * @param {number} now milliseconds
   */
  start(now) {
    this.play(now);
    this.place = 0;
  }

  /**
   * Show a film from where it stands, or, where that is its end, from its beginning.
   *
   * @param {number} now milliseconds
   */
  play(now) {
    if (this.atEnd && !this.growing) this.place = 0;
    this.playing = true;
    this.live = false;
    this.due = now;
  }

  pause() {
    this.playing = this.live = false;
  }

  /** Follow the training: the newest moment, as soon as it is there; at rest at the end of a film to which none comes. */
  follow() {
    this.live = this.growing;
    this.playing = this.growing;
    this.place = this.last;
  }

  /**
   * Go to a moment, and stay there.
   *
   * @param {number} place
   */
  go(place) {
    this.pause();
    this.place = Math.min(Math.max(place, 0), this.last);
  }

  /**
   * Whether, at `now`, another moment is to be shown; then it is the one looked at.
   *
   * @param {number} now milliseconds
   * @param {Taken[]} moments
   */
  tick(now, moments) {
    if (!this.playing || this.live || now < this.due) return false;
    if (this.atEnd) {
      if (this.growing) return false;
      if (!this.loop) this.pause();
      else this.place = 0;
      this.due = now + this.wait(moments);
      return this.loop;
    }
    if (this.growing && moments[this.place + 1].header.ahead && now < this.due + PATIENCE) return false;
    this.place += 1;
    this.due = Math.max(this.due, now - FASTEST) + this.wait(moments);
    return true;
  }

  /**
   * Milliseconds from the moment looked at to the next.
   *
   * @param {Taken[]} moments
   */
  wait(moments) {
    if (this.speed === AS_TRAINED) {
      const [now, next] = [moments[this.place], moments[this.place + 1]];
      return next ? Math.max(0, 1000 * (next.header.seconds - now.header.seconds)) : FASTEST;
    }
    const even = this.growing ? FASTEST : SHOWING / Math.max(1, this.last);
    const pace = Math.min(Math.max(FASTEST, even), SLOWEST) / this.speed;
    return this.calm ? Math.max(pace, CALM) : pace;
  }
}
