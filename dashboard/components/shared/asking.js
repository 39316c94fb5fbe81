// A batch of errands that is asked for in the page: its buttons, what is said of it, and its events as they come.

import { followBatch } from "./server.js";
import { element, say } from "./words.js";

/** @typedef {import("./server.js").Told} Told */

/**
 * What every such section is sent (dashboard/why_pytorch/asking.py).
 *
 * @typedef {object} Asked
 * @property {string} start what the button to start says
 * @property {string | null} batch
 * @property {boolean} running
 * @property {string} locale
 * @property {string} plotly the version of plotly.js
 * @property {Texts} asking
 */
/**
 * @typedef {object} Texts
 * @property {string} stop
 * @property {string} waiting
 * @property {string} working
 * @property {string} stopped
 * @property {string} gone
 * @property {string} noCharts
 * @property {import("./plotly.js").Words} plotly
 */

/**
 * What a section does with a batch: `begin` is called where other events are to come, before the first; `take` with each of them. Where
 * `several` errands make a batch, it gets their beginnings and failures, too, which else are told here. `rest` is called once there are no
 * more.
 *
 * @template Event
 * @typedef {object} Section
 * @property {() => void} begin
 * @property {(event: Event) => void} take
 * @property {() => void} [rest]
 * @property {boolean} [several]
 */

/** @template [Event=Told] */
export class Asking {
  /** @type {string | null | undefined} */
  batch;
  /** @type {string | null} */
  failed = null;
  running = false;
  /** What has been chosen to be done. */
  choice = "";
  /** @type {(() => void) | undefined} */
  unfollow;

  /**
   * @param {Asked} data
   * @param {Section<Event>} section
   */
  constructor(data, section) {
    this.section = section;
    this.texts = data.asking;
    this.start = element("button", { class: "as-button as-first", type: "button" });
    this.stop = element("button", { class: "as-button", type: "button", hidden: "" });
    this.note = element("span", { class: "as-note", role: "status" });
    this.fault = element("pre", { class: "as-fault", hidden: "" });
    this.start.addEventListener("click", () => {
      this.busy(true);
      this.ask({ start: this.choice });
    });
    this.stop.addEventListener("click", () => this.ask({ stop: true }));
    this.node = element("div", { class: "as-buttons" }, this.start, this.stop, this.note);
  }

  /**
   * @param {Asked} data
   * @param {Pick<import("./mount.js").Component<any>, "setTriggerValue">} component
   */
  update(data, component) {
    const { batch, running, asking, start } = data;
    this.component = component;
    this.running = running;
    this.texts = asking;
    say(this.start, start);
    say(this.stop, asking.stop);
    if (batch !== this.batch) this.follow(batch);
  }

  /** @param {object} asked what dashboard/why_pytorch/asking.py is to do */
  ask(asked) {
    this.component?.setTriggerValue("asked", asked);
  }

  /** @param {string | null} batch */
  follow(batch) {
    this.unfollow?.();
    this.batch = batch;
    this.section.begin();
    if (!batch) return;
    this.busy(true);
    say(this.fault, "");
    this.fault.hidden = true;
    this.unfollow = followBatch(batch, (events) => this.hear(events));
  }

  /** @param {Told[] | null} events */
  hear(events) {
    if (!events) return this.over(this.texts.gone);
    const several = this.section.several ?? false;
    for (const event of events) {
      if (event.event === "over") this.over(this.failed ?? (event.stopped ? this.texts.stopped : ""));
      else if (event.event === "started" && !several) say(this.note, this.texts.working);
      else if (event.event === "failed" && !several) this.fail(event);
      else {
        if (event.event === "started") say(this.note, "");
        this.section.take(/** @type {Event} */ (event));
      }
    }
  }

  /** @param {Told} event */
  fail({ message = "", complained = "" }) {
    this.failed = message;
    say(this.fault, complained);
    this.fault.hidden = !complained;
  }

  /** @param {string} words */
  over(words) {
    this.busy(false);
    say(this.note, words);
    this.section.rest?.();
    if (this.running) this.ask({ over: this.batch });
  }

  /** @param {boolean} busy */
  busy(busy) {
    this.start.disabled = busy;
    this.stop.hidden = !busy;
    if (!busy) return;
    this.failed = null;
    say(this.note, this.texts.waiting);
  }

  end() {
    this.unfollow?.();
  }
}
