// One figure in its reserved place.

import { largest, nearest, plain, same, sliced } from "../shared/frames.js";
import { configuration, dragging, variable } from "../shared/plotly.js";
import { element, say } from "../shared/words.js";

/** @typedef {import("../shared/frames.js").Field} Field */
/** @typedef {import("../shared/frames.js").Fields} Fields */
/** @typedef {import("../shared/page.js").Theme} Theme */

/**
 * A figure, as dashboard/components/live/live.py sends it.
 *
 * @typedef {object} Skeleton
 * @property {string} name
 * @property {string} title
 * @property {string} label
 * @property {string} hint
 * @property {number} span
 * @property {boolean} tall
 * @property {boolean} reference whether there is nothing to see without one
 * @property {string} figure as JSON
 */

/**
 * What a trace's `meta` says: `fill` names the arrays that belong in its x, y and z, `limits` those that set its colour scale, `slice` the
 * dimension across which it is cut and that dimension's axis.
 *
 * @typedef {object} Meta
 * @property {Record<string, string>} fill
 * @property {{ of: string[], signed: boolean }} [limits]
 * @property {{ dimension: number, along: string }} [slice]
 * @property {boolean} [absolute]
 */
/** @typedef {Record<string, unknown> & { meta: Meta }} Trace */
/** @typedef {{ [name: string]: string | number, at: number }} Choices what {unknown} and the like stand for; `at`, where slices are cut */

/**
 * What a figure shows, or is to show.
 *
 * @typedef {object} Drawing
 * @property {[place: string, array: Field | undefined][][]} places
 * @property {(Field | undefined)[]} scales
 * @property {(Field | undefined)[]} sources
 * @property {string[]} colours
 * @property {(number | undefined)[]} cuts
 * @property {string} look
 */

/** A figure in its reserved place: its title, its chart, and a hint while there is nothing to draw. */
export class Panel {
  last = 0;
  figure = "";
  /** @type {Trace[]} */
  data = [];
  /** @type {Record<string, unknown>} */
  layout = {};
  /** @type {[object: Record<string, unknown>, name: string, variable: string][]} */
  themed = [];
  /** @type {Drawing | null} */
  drawn = null;
  /** @type {Drawing | null} */
  next = null;

  constructor() {
    this.title = element("h4", { class: "tg-title" });
    this.plot = element("div", { class: "tg-plot", role: "img" });
    this.hint = element("p", { class: "tg-hint" });
    this.place = element("div", { class: "tg-place tg-empty" }, this.plot, this.hint);
    this.node = element("section", { class: "tg-panel" }, this.title, this.place);
  }

  /**
   * Take a skeleton; what was drawn from an equal one stays.
   *
   * @param {Skeleton} skeleton
   * @param {string | null} missing why there is no reference, should the figure need one
   */
  set({ title, hint, span, tall, label, figure, reference }, missing) {
    say(this.title, title);
    say(this.hint, (reference && missing) || hint);
    Object.assign(this.node.dataset, { span, tall });
    this.plot.setAttribute("aria-label", label);
    if (figure === this.figure) return;
    this.figure = figure;
    const { data, layout } = JSON.parse(figure);
    Object.assign(this, { data, layout, drawn: null, last: 0 });
    layout.dragmode = dragging();
    this.themed = [];
    this.findThemed(data);
    this.findThemed(layout);
  }

  /** @param {Record<string, unknown>} object */
  findThemed(object) {
    for (const [name, value] of Object.entries(object)) {
      const found = variable(value);
      if (found) this.themed.push([object, name, found]);
      else if (value && typeof value === "object") this.findThemed(/** @type {Record<string, unknown>} */ (value));
    }
  }

  /**
   * Whether there is something to draw that is not drawn.
   *
   * @param {Fields} arrays
   * @param {Choices} choices
   * @param {Theme} theme
   */
  prepare(arrays, choices, theme) {
    /** @type {(name: string) => Field | undefined} */
    const wanted = (name) => arrays[name.replace(/\{(\w+)\}/g, (_, choice) => String(choices[choice]))];
    /** @type {(meta: Meta) => [string, Field | undefined][]} */
    const filled = ({ fill }) => Object.entries(fill).map(([place, name]) => [place, wanted(name)]);
    const places = this.data.map(({ meta }) => filled(meta));
    const scales = this.data.map(({ meta }) => meta.limits?.of.map(wanted).find((array) => array));
    const sources = [...places.flat().map(([, array]) => array), ...scales];
    const axes = this.data.map(({ meta }) => meta.slice && arrays[meta.slice.along]);
    const cuts = axes.map((axis) => axis && nearest(axis, choices.at));
    const colours = this.themed.map(([, , name]) => theme(name));
    const look = [...colours, ...cuts].join();
    this.next = { places, scales, sources, colours, cuts, look };
    const { drawn } = this;
    return !drawn || drawn.look !== look || sources.some((source, index) => !same(source, drawn.sources[index]));
  }

  /**
   * Draw what was prepared.
   *
   * @param {import("../shared/plotly.js").Plotly} Plotly
   * @param {import("../shared/plotly.js").Words} words
   */
  draw(Plotly, words) {
    if (!this.next) return;
    this.drawn = this.next;
    const { places, scales, colours, cuts } = this.drawn;
    this.last = performance.now();
    this.themed.forEach(([object, name], index) => {
      object[name] = colours[index];
    });
    let empty = true;
    this.data.forEach((trace, index) => {
      const complete = places[index].every(([, array]) => array);
      for (const [place, array] of places[index]) trace[place] = complete && array ? filling(trace.meta, place, array, cuts[index]) : [];
      const scale = scales[index];
      if (scale) limit(trace, largest(scale.values) || 1);
      empty &&= !complete;
    });
    this.place.classList.toggle("tg-empty", empty);
    Plotly.react(this.plot, this.data, this.layout, configuration(words));
  }
}

/**
 * What stands in a trace's x, y or z; a z may be a slice, or sizes.
 *
 * @param {Meta} meta
 * @param {string} place
 * @param {Field} array
 * @param {number | undefined} cut
 */
function filling(meta, place, array, cut) {
  const slice = place === "z" && meta.slice && cut !== undefined ? sliced(array, meta.slice.dimension, cut) : array;
  return plain(slice, Boolean(meta.absolute) && place === "z");
}

/**
 * @param {Trace} trace
 * @param {number} reach
 */
function limit(trace, reach) {
  trace.zmin = trace.meta.limits?.signed ? -reach : 0;
  trace.zmax = reach;
}
